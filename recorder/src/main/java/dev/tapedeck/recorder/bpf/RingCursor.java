// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks the records of a ring buffer's memory, as the kernel's {@code kernel/bpf/ringbuf.c} lays
 * them out.
 *
 * <pre>
 * record: offset size
 *              0    4 length of the data; bit 31 busy (not committed), bit 30 discarded
 *              4    4 page offset, for the kernel only
 *              8    n data, padded so that the next record starts at a multiple of 8
 * </pre>
 *
 * Positions only grow; the place of a position in the data is its remainder by the size. The data
 * area is mapped twice in a row, so every record is in one piece.
 *
 * <p><b>Threads:</b> one reader. Producers are CPUs in the kernel: lengths and the producer's
 * position are read with acquire, the consumer's position is written with release.
 */
final class RingCursor {
  static final int HEADER_BYTES = 8;
  static final int BUSY = 1 << 31;
  static final int DISCARDED = 1 << 30;

  /** Space is given back to the producers at least this often. */
  private static final int PUBLISH_BYTES = 32 * 1024;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INTS =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private final ByteBuffer consumer;
  private final ByteBuffer producer;
  private final ByteBuffer data;
  private final int sizeBytes;
  private final int publishBytes;
  private long position;

  /**
   * A cursor at the consumer's position.
   *
   * @param consumer at least 8 bytes: the consumer's position, writable
   * @param producer at least 8 bytes: the producer's position
   * @param data the data area, mapped twice in a row
   * @param sizeBytes size of the data area, a power of two
   */
  RingCursor(ByteBuffer consumer, ByteBuffer producer, ByteBuffer data, int sizeBytes) {
    if (Integer.bitCount(sizeBytes) != 1 || data.capacity() < 2 * (long) sizeBytes) {
      throw new IllegalArgumentException(
          "sizeBytes=" + sizeBytes + " dataBytes=" + data.capacity());
    }
    this.consumer = consumer;
    this.producer = producer;
    this.data = data;
    this.sizeBytes = sizeBytes;
    this.publishBytes = Math.min(PUBLISH_BYTES, sizeBytes / 8);
    this.position = (long) LONGS.getAcquire(consumer, 0);
  }

  /**
   * Hands out committed records until there are none, or as many as asked.
   *
   * @return how many were handed out; discarded ones do not count
   * @throws IOException from the handler, after its record was consumed
   */
  int drain(RingRecordHandler handler, int maxRecords) throws IOException {
    int count = 0;
    long published = position;
    try {
      long end = (long) LONGS.getAcquire(producer, 0);
      while (count < maxRecords) {
        if (position >= end) {
          end = (long) LONGS.getAcquire(producer, 0);
          if (position >= end) {
            break;
          }
        }
        int at = place();
        int word = (int) INTS.getAcquire(data, at);
        if ((word & BUSY) != 0) {
          break;
        }
        int length = word & ~DISCARDED;
        position += recordBytes(length);
        if ((word & DISCARDED) == 0) {
          count++;
          handler.record(data, at + HEADER_BYTES, checkedLength(length));
        }
        if (position - published >= publishBytes) {
          LONGS.setRelease(consumer, 0, position);
          published = position;
        }
      }
    } finally {
      if (position != published) {
        LONGS.setRelease(consumer, 0, position);
      }
    }
    return count;
  }

  private int checkedLength(int length) throws IOException {
    if (length > sizeBytes - HEADER_BYTES) {
      throw new IOException(
          "ring record of " + length + " bytes in a ring of " + sizeBytes + " bytes");
    }
    return length;
  }

  private static long recordBytes(int length) {
    return ((long) length + HEADER_BYTES + 7) & ~7L;
  }

  /**
   * Returns whether the next record is there and not finished: nothing can be read before it is.
   */
  boolean isHeldUp() {
    return unreadBytes() > 0 && ((int) INTS.getAcquire(data, place()) & BUSY) != 0;
  }

  private int place() {
    return (int) (position & (sizeBytes - 1));
  }

  /** Returns how many bytes of records have been read since the ring was made. */
  long readBytes() {
    return position;
  }

  /** Returns how many bytes of records, finished or not, wait to be read. */
  long unreadBytes() {
    return (long) LONGS.getAcquire(producer, 0) - position;
  }
}
