// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.util.Arrays;

/**
 * Row numbers that are added one by one while others look.
 *
 * <p><b>Threads:</b> any.
 */
final class Numbers {
  /** Guarded by this. */
  private int[] values = new int[1024];

  /** Guarded by this. */
  private int size;

  synchronized void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size] = value;
    size++;
  }

  synchronized int size() {
    return size;
  }

  /** Returns the bytes that they take. */
  synchronized long bytes() {
    return (long) values.length * Integer.BYTES;
  }

  synchronized int[] range(int from, int to) {
    int end = Math.min(to, size);
    return from >= end ? new int[0] : Arrays.copyOfRange(values, from, end);
  }

  /** Returns where a number is; −1 when it is not there. */
  synchronized int indexOf(int value) {
    for (int i = 0; i < size; i++) {
      if (values[i] == value) {
        return i;
      }
    }
    return -1;
  }

  synchronized void replaceBy(int[] others) {
    values = others;
    size = others.length;
  }
}
