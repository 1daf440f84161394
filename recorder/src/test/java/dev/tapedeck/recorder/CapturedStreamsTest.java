// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.Codec;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.WriterOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CapturedStreamsTest {
  private static final ProcessKey SERVER = new ProcessKey(3, 10, 1);
  private static final ProcessKey CHILD = new ProcessKey(3, 11, 2);

  @TempDir Path folder;

  private static EventStamp stamp(ProcessKey process, int sequence) {
    return new EventStamp(
        process, process.pid(), 0, 100 + sequence, new EventOrigin(0, 0, sequence));
  }

  @Test
  void streams_childThatWasGoneBeforeItWasLookedAt_isItsParentsProgram() throws Exception {
    Path file = folder.resolve("x.tape");
    StreamId stream = new StreamId(new ConnectionId(3, 7, 1), Direction.EGRESS);
    try (CaptureWriter writer =
        CaptureWriter.create(
            file,
            CaptureHeader.newBuilder()
                .fileId(Bytes.copyOf(new byte[CaptureHeader.FILE_ID_BYTES]))
                .hostId(3)
                .build(),
            WriterOptions.newBuilder().codec(Codec.ZSTD).build())) {
      writer.write(
          new ProcessEvent.Exec(
              stamp(SERVER, 0),
              new ProcessEvent.ProgramInfo("python3", "/usr/bin/python3", 1, "", List.of()),
              true));
      writer.write(new ProcessEvent.Fork(stamp(SERVER, 1), CHILD));
      writer.write(
          new StreamEvent.Data(
              stamp(CHILD, 2),
              stream,
              0,
              1,
              1,
              Bytes.copyOf(new byte[1]),
              new CallRef(CallKind.WRITE, 1, 0, 1, 1)));
    }

    assertThat(CapturedStreams.read(file).streams("python3", Direction.EGRESS, false))
        .containsExactly(stream);
  }
}
