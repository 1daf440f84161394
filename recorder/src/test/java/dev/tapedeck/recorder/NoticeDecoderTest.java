// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.EventLayout.Header;
import dev.tapedeck.recorder.EventLayout.Kind;
import dev.tapedeck.recorder.EventLayout.Library;
import dev.tapedeck.recorder.EventLayout.ProcessLife;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NoticeDecoderTest {
  private final List<Notice> notices = new ArrayList<>();
  private final NoticeDecoder decoder = new NoticeDecoder(7, notices::add);

  private static ByteBuffer record(int kind) {
    ByteBuffer record = ByteBuffer.allocate(Library.BYTES).order(ByteOrder.nativeOrder());
    record.putShort(Header.KIND, (short) kind);
    record.put(Header.VERSION, (byte) EventLayout.VERSION);
    record.putLong(Header.EXIT_NS, 99);
    record.putLong(Header.PROCESS_START_NS, 5);
    record.putInt(Header.TGID, 12);
    return record;
  }

  @Test
  void record_mappedFile_isRead() {
    ByteBuffer record = record(Kind.LIBRARY);
    record.putLong(Library.INODE, 1);
    record.putLong(Library.PROCESS_START_NS, 2);
    record.putInt(Library.DEVICE, 3);
    record.putInt(Library.GENERATION, 4);
    record.putInt(Library.TGID, 6);
    record.putLong(Library.ADDRESS, 0x7f00);
    record.put(Library.NAME, "libssl.so.3".getBytes(StandardCharsets.US_ASCII));

    decoder.record(record, 0, Library.BYTES);

    assertThat(notices)
        .containsExactly(
            new Notice.Mapped(
                new ProcessKey(7, 12, 5),
                99,
                0x7f00,
                "libssl.so.3",
                new Notice.Mapped.File(1, 2, 3, 4, 6)));
  }

  @Test
  void record_fork_isRead() {
    ByteBuffer record = record(Kind.PROCESS_FORK);
    record.putInt(ProcessLife.PARENT_TGID, 11);

    decoder.record(record, 0, ProcessLife.BYTES);

    assertThat(notices).containsExactly(new Notice.Forked(new ProcessKey(7, 12, 5), 11, 99));
  }

  @Test
  void record_sessionWithoutSocket_isRead() {
    decoder.record(record(Kind.TLS_BINDING), 0, Header.BYTES);

    assertThat(notices).containsExactly(new Notice.MemoryBio(new ProcessKey(7, 12, 5)));
  }

  @Test
  void record_thatIsNotWhatItSays_isLeftOut() {
    decoder.record(record(Kind.LIBRARY), 0, Library.BYTES - 1);
    decoder.record(record(Kind.PROCESS_FORK), 0, Header.BYTES - 1);
    decoder.record(record(Kind.DATA), 0, Library.BYTES);
    decoder.record(record(Kind.LIBRARY).put(Header.VERSION, (byte) 9), 0, Library.BYTES);
    decoder.record(record(Kind.LIBRARY).putInt(Header.TGID, -1), 0, Library.BYTES);

    assertThat(notices).isEmpty();
  }
}
