// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.EventLayout.Header;
import dev.tapedeck.recorder.EventLayout.Kind;
import dev.tapedeck.recorder.EventLayout.Library;
import dev.tapedeck.recorder.EventLayout.ProcessLife;
import dev.tapedeck.recorder.bpf.RingRecordHandler;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Turns records of the ring of notices into notices.
 *
 * <p>They are checked as those of events are; one that is not what it says is left out.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class NoticeDecoder implements RingRecordHandler {
  private final long hostId;
  private final Consumer<Notice> sink;

  NoticeDecoder(long hostId, Consumer<Notice> sink) {
    this.hostId = hostId;
    this.sink = sink;
  }

  @Override
  public void record(ByteBuffer memory, int offset, int lengthBytes) {
    if (lengthBytes < Header.BYTES
        || memory.get(offset + Header.VERSION) != EventLayout.VERSION
        || memory.getLong(offset + Header.EXIT_NS) < 0
        || memory.getInt(offset + Header.TGID) < 0) {
      return;
    }
    long atNanos = memory.getLong(offset + Header.EXIT_NS);
    ProcessKey process =
        new ProcessKey(
            hostId,
            memory.getInt(offset + Header.TGID),
            memory.getLong(offset + Header.PROCESS_START_NS));
    int kind = Short.toUnsignedInt(memory.getShort(offset + Header.KIND));
    if (kind == Kind.LIBRARY && lengthBytes >= Library.BYTES) {
      sink.accept(
          new Notice.Mapped(
              process,
              atNanos,
              memory.getLong(offset + Library.ADDRESS),
              RecordFields.text(memory, offset + Library.NAME, EventLayout.NAME_BYTES),
              new Notice.Mapped.File(
                  memory.getLong(offset + Library.INODE),
                  memory.getLong(offset + Library.PROCESS_START_NS),
                  memory.getInt(offset + Library.DEVICE),
                  memory.getInt(offset + Library.GENERATION),
                  memory.getInt(offset + Library.TGID))));
    } else if (kind == Kind.PROCESS_FORK && lengthBytes >= ProcessLife.BYTES) {
      sink.accept(
          new Notice.Forked(process, memory.getInt(offset + ProcessLife.PARENT_TGID), atNanos));
    } else if (kind == Kind.TLS_BINDING) {
      sink.accept(new Notice.MemoryBio(process));
    }
  }
}
