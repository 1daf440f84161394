// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DataRecord;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.recorder.EventLayout.Account;
import dev.tapedeck.recorder.EventLayout.Header;
import java.nio.ByteBuffer;

/**
 * Reads what several kinds of ring records have: who and when, names of sockets, accounts, text.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class RecordFields {
  private final ProcessKeys keys;

  RecordFields(ProcessKeys keys) {
    this.keys = keys;
  }

  /** Reads two accounts of streams that did not end by a reset. */
  static StreamEnds ends(ByteBuffer memory, int egressAt, int ingressAt, boolean last) {
    return ends(memory, egressAt, ingressAt, last, false);
  }

  /** Reads two accounts; {@code reset} as in {@link StreamEnds}. */
  static StreamEnds ends(
      ByteBuffer memory, int egressAt, int ingressAt, boolean last, boolean reset) {
    return new StreamEnds(
        memory.getLong(egressAt + Account.NEXT_POSITION),
        memory.getLong(ingressAt + Account.NEXT_POSITION),
        notCaptured(memory, egressAt),
        notCaptured(memory, ingressAt),
        memory.getLong(egressAt + Account.SKIPPED_BYTES),
        memory.getLong(ingressAt + Account.SKIPPED_BYTES),
        last,
        reset);
  }

  private static long notCaptured(ByteBuffer memory, int at) {
    return memory.getLong(at + Account.LOST_BYTES) + memory.getLong(at + Account.SKIPPED_BYTES);
  }

  EventStamp stamp(ByteBuffer memory, int at) {
    return new EventStamp(
        processKey(memory, at),
        memory.getInt(at + Header.TID),
        memory.getLong(at + Header.ENTER_NS),
        memory.getLong(at + Header.EXIT_NS),
        new EventOrigin(
            memory.getInt(at + Header.RING),
            memory.getInt(at + Header.CPU),
            memory.getLong(at + Header.SEQUENCE) - 1));
  }

  /** Sets who and when, as {@link #stamp(ByteBuffer, int)} returns it. */
  void stamp(ByteBuffer memory, int at, ProcessKey process, DataRecord target) {
    target.stamp(
        process,
        memory.getInt(at + Header.TID),
        memory.getLong(at + Header.ENTER_NS),
        memory.getLong(at + Header.EXIT_NS));
    target.origin(
        memory.getInt(at + Header.RING),
        memory.getInt(at + Header.CPU),
        memory.getLong(at + Header.SEQUENCE) - 1);
  }

  ProcessKey process(int tgid, long startNanos) {
    return keys.of(tgid, startNanos);
  }

  ProcessKey processKey(ByteBuffer memory, int at) {
    return keys.of(memory.getInt(at + Header.TGID), memory.getLong(at + Header.PROCESS_START_NS));
  }

  ConnectionId connection(long socket, int generation) {
    return new ConnectionId(keys.hostId(), socket, Integer.toUnsignedLong(generation));
  }

  /** Reads text up to its end or its first NUL; a leading NUL is kept. */
  static String text(ByteBuffer memory, int at, int length) {
    byte[] bytes = new byte[length];
    memory.get(at, bytes);
    int end = Math.min(1, length);
    while (end < length && bytes[end] != 0) {
      end++;
    }
    return length > 0 && bytes[0] == 0 && end <= 1 ? "" : new String(bytes, 0, end, UTF_8);
  }
}
