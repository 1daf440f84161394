// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import java.util.Arrays;

/**
 * One column of a table: numbers in protobuf's packed form. A column of zeros takes no room.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class ColumnWriter {
  private static final int MAX_VARINT_BYTES = 10;

  private byte[] array = new byte[64];
  private int length;
  private boolean zero = true;

  /** Adds a number, as protobuf's uint64. */
  public void unsigned(long value) {
    if (array.length - length < MAX_VARINT_BYTES) {
      array = Arrays.copyOf(array, array.length * 2);
    }
    if ((value & ~0x7FL) == 0) {
      array[length++] = (byte) value;
      zero &= value == 0;
    } else {
      length = PlaneBuffer.putVarint(array, length, value);
      zero = false;
    }
  }

  /** Adds a number, as protobuf's sint64: small for small magnitudes. */
  public void signed(long value) {
    unsigned(value << 1 ^ value >> 63);
  }

  /** Adds bytes to a column that is a run of bytes instead of numbers. */
  public void bytes(byte[] source) {
    if (array.length - length < source.length) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + source.length));
    }
    System.arraycopy(source, 0, array, length, source.length);
    length += source.length;
    zero &= source.length == 0;
  }

  void clear() {
    length = 0;
    zero = true;
  }

  int lengthBytes() {
    return length;
  }

  int sizeAsField(int field) {
    return zero ? 0 : PlaneBuffer.sizeOfField(field, length);
  }

  void writeTo(PlaneBuffer target, int field) {
    if (!zero) {
      target.lengthField(field, length);
      target.bytes(array, 0, length);
    }
  }
}
