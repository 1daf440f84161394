// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How much TLS moved on one socket, as the headers of its records say; the order in which they were
 * read does not matter.
 *
 * <p><b>Units:</b> bytes of ciphertext; times monotonic.
 */
final class CipherTotals {
  /** RFC 8446, 5.1: type, version, length. */
  private static final int HEADER_BYTES = 5;

  private static final int APPLICATION_DATA = 23;

  /** More than the encrypted part of a handshake has in a direction, tickets included. */
  static final int FIRST_RECORDS = 8;

  final Side egress = new Side();
  final Side ingress = new Side();
  long firstNanos = Long.MAX_VALUE;
  long lastNanos = Long.MIN_VALUE;

  /** Who moved the first record. */
  @Nullable ProcessKey process;

  /** One direction. */
  static final class Side {
    /** All records, with their headers. */
    long bytes;

    /** Records that say they hold application data; in TLS 1.3 so do those of the handshake. */
    long dataRecords;

    /** Their lengths, without headers. */
    long dataBytes;

    /** The first of these, by position, as most of a handshake is; {@link Long#MAX_VALUE}: none. */
    private final long[] firstPositions = new long[FIRST_RECORDS];

    private final int[] firstLengths = new int[FIRST_RECORDS];
    private long lastPosition = -1;
    private int lastLength;
    private long startPosition = Long.MAX_VALUE;
    private long endPosition;

    Side() {
      Arrays.fill(firstPositions, Long.MAX_VALUE);
    }

    private void data(long position, int length) {
      dataRecords++;
      dataBytes += length;
      if (position > lastPosition) {
        lastPosition = position;
        lastLength = length;
      }
      int at = FIRST_RECORDS;
      while (at > 0 && position < firstPositions[at - 1]) {
        at--;
      }
      if (at < FIRST_RECORDS) {
        int moved = FIRST_RECORDS - at - 1;
        System.arraycopy(firstPositions, at, firstPositions, at + 1, moved);
        System.arraycopy(firstLengths, at, firstLengths, at + 1, moved);
        firstPositions[at] = position;
        firstLengths[at] = length;
      }
    }

    /** Returns the length of the one of the first records of data; −1 when there are fewer. */
    int firstLength(int index) {
      return index < Math.min(FIRST_RECORDS, dataRecords) ? firstLengths[index] : -1;
    }

    /** Returns the length of the last record of data; −1 when there is none. */
    int lastLength() {
      return dataRecords == 0 ? -1 : lastLength;
    }

    /** Returns the position after the last record. */
    long endPosition() {
      return endPosition;
    }

    /** Returns whether no record between the first and the last one is missing. */
    boolean isWhole() {
      return bytes == 0 || bytes == endPosition - startPosition;
    }
  }

  Side side(Direction direction) {
    return direction == Direction.EGRESS ? egress : ingress;
  }

  void add(StreamEvent.CipherRecord seen) {
    long nanos = seen.stamp().exitNanos();
    if (process == null || nanos < firstNanos) {
      process = seen.stamp().process();
    }
    firstNanos = Math.min(firstNanos, nanos);
    lastNanos = Math.max(lastNanos, nanos);
    Side side = side(seen.stream().direction());
    long length = (long) HEADER_BYTES + seen.lengthBytes();
    side.bytes += length;
    side.startPosition = Math.min(side.startPosition, seen.position());
    side.endPosition = Math.max(side.endPosition, seen.position() + length);
    if (seen.prefix().length() > 0 && seen.prefix().get(0) == APPLICATION_DATA) {
      side.data(seen.position(), seen.lengthBytes());
    }
  }
}
