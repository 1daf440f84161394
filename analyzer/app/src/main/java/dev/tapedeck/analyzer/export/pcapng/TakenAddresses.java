// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.pcapng;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses and ports packets of a file have had, so that no two connections with the same
 * ones are taken for one.
 *
 * <p>Captures of several hosts have the same private addresses, both ends of one connection may be
 * in two captures, and decrypted connections to several ports are all written with one. Those that
 * follow one another have sequence numbers of their own, by which readers tell them apart; those
 * that overlap need other addresses.
 *
 * <p><b>Limits:</b> remembers {@value #MAX_REMEMBERED} combinations, and forgets first those that
 * were taken first.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class TakenAddresses {
  private static final int MAX_REMEMBERED = 200_000;

  /** How far apart the sequence numbers of connections begin that follow one another. */
  private static final int SEQUENCE_STEP = 0x3779_b9b1;

  private final Map<ByteBuffer, Taken> taken =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Taken> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  /** The connection that has, or had, a combination of addresses. */
  static final class Taken {
    /** The initial sequence number of its packets. */
    final int firstSequence;

    private boolean isOpen = true;
    private long lastNanos;

    Taken(int firstSequence) {
      this.firstSequence = firstSequence;
    }

    /** Says that there are no more packets, and when the last one was, in ns since the epoch. */
    void ended(long epochNanos) {
      isOpen = false;
      lastNanos = epochNanos;
    }
  }

  /**
   * Takes addresses for a connection.
   *
   * @param fromStart whether it begins with a handshake; else it may go on with one before, as in
   *     the next file of a recording, and has its sequence numbers
   * @param epochNanos time of its first packet
   * @return null when another connection has them at that time
   */
  @Nullable Taken take(
      byte[] client,
      int clientPort,
      byte[] server,
      int serverPort,
      boolean fromStart,
      long epochNanos) {
    ByteBuffer key = ByteBuffer.allocate(client.length + server.length + 2 * Short.BYTES);
    key.put(client).put(server).putShort((short) clientPort).putShort((short) serverPort).flip();
    Taken before = taken.get(key);
    if (before != null && (before.isOpen || epochNanos < before.lastNanos)) {
      return null;
    }
    int first = before == null ? 0 : before.firstSequence + (fromStart ? SEQUENCE_STEP : 0);
    Taken now = new Taken(first);
    taken.put(key, now);
    return now;
  }
}
