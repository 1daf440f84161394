// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.EventLayout.Header;
import dev.tapedeck.recorder.bpf.RingRecordHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns ring records, laid out as in {@link EventLayout}, into events.
 *
 * <p>Nothing is believed: lengths, kinds and numbers are checked before they are used, and a record
 * that does not hold what it says is counted and left out. What a kind of records holds is known to
 * its {@link KindDecoder}.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class RecordDecoder implements RingRecordHandler {
  /** Kinds are small numbers ({@code enum event_kind}), looked up for every record. */
  private static final int KINDS = 64;

  private final @Nullable KindDecoder[] byKind = new KindDecoder[KINDS];
  private final int[] fixedBytes = new int[KINDS];
  private long malformed;

  RecordDecoder(ProcessKeys keys, EventSink sink) {
    RecordFields fields = new RecordFields(keys);
    List<KindDecoder> decoders =
        List.of(
            new StreamRecords(fields, sink),
            new SocketRecords(fields, sink),
            new TlsRecords(fields, sink),
            new ProcessRecords(fields, sink));
    for (KindDecoder decoder : decoders) {
      for (int kind = 0; kind < KINDS; kind++) {
        int bytes = decoder.fixedBytes(kind);
        if (bytes >= 0) {
          byKind[kind] = decoder;
          fixedBytes[kind] = bytes;
        }
      }
    }
  }

  /** Returns how many records were left out because they are not what they say. */
  long malformed() {
    return malformed;
  }

  @Override
  public void record(ByteBuffer memory, int offset, int lengthBytes) throws IOException {
    if (!isDecoded(memory, offset, lengthBytes)) {
      malformed++;
    }
  }

  private boolean isDecoded(ByteBuffer memory, int offset, int lengthBytes) throws IOException {
    if (lengthBytes < Header.BYTES) {
      return false;
    }
    // Size, kind, version and flags are one 64-bit number: reading each on its own takes longer.
    long start = memory.getLong(offset + Header.SIZE);
    int size = (int) start;
    int kind = (int) (start >>> (8 * Header.KIND)) & 0xFFFF;
    KindDecoder decoder = kind < KINDS ? byKind[kind] : null;
    if (decoder == null
        || (byte) (start >>> (8 * Header.VERSION)) != EventLayout.VERSION
        || size < fixedBytes[kind]
        || size > lengthBytes
        || memory.getLong(offset + Header.ENTER_NS) < 0
        || memory.getLong(offset + Header.EXIT_NS) < 0
        || memory.getInt(offset + Header.TGID) < 0) {
      return false;
    }
    return decoder.decode(kind, memory, offset, size - fixedBytes[kind]);
  }
}
