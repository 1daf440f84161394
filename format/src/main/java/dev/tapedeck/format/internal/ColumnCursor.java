// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/**
 * Walks over one column without copying it. A column that is not there gives zeros.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class ColumnCursor {
  /** A column that is not there. It does not change, so all share it. */
  static final ColumnCursor ABSENT = new ColumnCursor(new byte[0], 0, 0);

  private static final int MAX_VARINT_SHIFT = 63;

  private final byte[] array;
  private final int end;
  private final boolean absent;
  private int next;

  ColumnCursor(byte[] array, int from, int to) {
    this.array = array;
    this.next = from;
    this.end = to;
    this.absent = from == to;
  }

  /** Returns the next number, as protobuf's uint64. */
  public long unsigned() throws MalformedPlaneException {
    int at = next;
    if (at < end) {
      byte first = array[at];
      if (first >= 0) {
        next = at + 1;
        return first;
      }
      // Times and lengths mostly take two or three bytes: a loop would cost as much as they do.
      if (end - at > 2) {
        byte second = array[at + 1];
        if (second >= 0) {
          next = at + 2;
          return (first & 0x7F) | second << 7;
        }
        byte third = array[at + 2];
        if (third >= 0) {
          next = at + 3;
          return (first & 0x7F) | (second & 0x7F) << 7 | third << 14;
        }
      }
      return longVarint();
    }
    if (absent) {
      return 0;
    }
    throw new MalformedPlaneException("a column has fewer values than its table has rows");
  }

  /** Returns the next number, as protobuf's sint64. */
  public long signed() throws MalformedPlaneException {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }

  /** Returns the next number, which must lie in {@code [0, limit)}. */
  public int index(int limit) throws MalformedPlaneException {
    long value = unsigned();
    if (value < 0 || value >= limit) {
      throw new MalformedPlaneException("an index points outside its table");
    }
    return (int) value;
  }

  /** Returns the next {@code count} bytes of a column that is a run of bytes. */
  public byte[] bytes(int count) throws MalformedPlaneException {
    if (count > end - next) {
      throw new MalformedPlaneException("a run of bytes is shorter than its lengths say");
    }
    byte[] copy = new byte[count];
    System.arraycopy(array, next, copy, 0, count);
    next += count;
    return copy;
  }

  /** Returns true when every value was taken. */
  boolean isAtEnd() {
    return next == end;
  }

  private long longVarint() throws MalformedPlaneException {
    long value = 0;
    for (int shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
      if (next == end) {
        throw new MalformedPlaneException("a column ends inside a number");
      }
      byte more = array[next++];
      value |= (long) (more & 0x7F) << shift;
      if (more >= 0) {
        return value;
      }
    }
    throw new MalformedPlaneException("a number has more than ten bytes");
  }
}
