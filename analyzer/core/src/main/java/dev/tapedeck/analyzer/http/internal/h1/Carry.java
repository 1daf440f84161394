// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.format.Bytes;
import java.util.Arrays;

/**
 * Bytes of runs that have gone by, kept until what follows says what they are.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the array is used again.
 */
final class Carry {
  private byte[] array = new byte[0];
  private int length;

  int length() {
    return length;
  }

  boolean isEmpty() {
    return length == 0;
  }

  /**
   * Returns the array, of which the first {@link #length} bytes count; another one after growth.
   */
  byte[] array() {
    return array;
  }

  void clear() {
    length = 0;
  }

  void append(byte[] source, int from, int to) {
    int needed = length + to - from;
    if (needed > array.length) {
      array = Arrays.copyOf(array, Math.max(needed, array.length * 2));
    }
    System.arraycopy(source, from, array, length, to - from);
    length = needed;
  }

  /** Returns a copy of a part. */
  Bytes copy(int from, int to) {
    byte[] part = Arrays.copyOfRange(array, from, to);
    return Bytes.wrap(part, 0, part.length);
  }
}
