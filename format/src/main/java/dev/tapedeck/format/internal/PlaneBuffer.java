// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import java.util.Arrays;

/**
 * A growing array that takes protobuf's wire format.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> {@link #array()} is the storage
 * itself, valid until the next call that writes.
 */
public final class PlaneBuffer {
  private static final int WIRE_VARINT = 0;
  private static final int WIRE_LENGTH = 2;
  private static final int MAX_VARINT_BYTES = 10;

  private byte[] array;
  private int length;

  /** Makes an empty buffer. */
  public PlaneBuffer(int initialBytes) {
    array = new byte[initialBytes];
  }

  /** Returns the storage, of which the first {@link #length()} bytes count. */
  public byte[] array() {
    return array;
  }

  /** Returns how many bytes were written. */
  public int length() {
    return length;
  }

  /** Forgets what was written and keeps the storage. */
  public void clear() {
    length = 0;
  }

  /** Makes room for {@code more} bytes after {@link #length()}. */
  public void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > array.length) {
      array = Arrays.copyOf(array, Math.max(needed, array.length + (array.length >> 1)));
    }
  }

  /** Counts {@code more} bytes, which the caller put into the reserved storage, as written. */
  public void advance(int more) {
    length += more;
  }

  /** Writes an unsigned base-128 number, as protobuf's uint64. */
  public void varint(long value) {
    reserve(MAX_VARINT_BYTES);
    length = putVarint(array, length, value);
  }

  /** Writes a field whose value is a number. */
  public void varintField(int field, long value) {
    varint(field << 3 | WIRE_VARINT);
    varint(value);
  }

  /** Writes what comes before {@code valueBytes} bytes of a string, message or packed column. */
  public void lengthField(int field, int valueBytes) {
    varint(field << 3 | WIRE_LENGTH);
    varint(valueBytes);
  }

  /** Writes bytes. */
  public void bytes(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, array, length, count);
    length += count;
  }

  /** Returns the bytes that {@link #lengthField} and the value take. */
  public static int sizeOfField(int field, int valueBytes) {
    return sizeOfVarint(field << 3) + sizeOfVarint(valueBytes) + valueBytes;
  }

  /** Returns the bytes of an unsigned base-128 number. */
  public static int sizeOfVarint(long value) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
    return (bits + 6) / 7;
  }

  /** Writes a base-128 number at {@code at}; returns the place after it. */
  static int putVarint(byte[] target, int at, long value) {
    int next = at;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[next++] = (byte) rest;
    return next;
  }
}
