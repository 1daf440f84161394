// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import java.util.Arrays;

/** When which bytes of a body moved. */
final class DataTimes {
  private static final int STRIDE = 3;

  private long[] marks = new long[4 * STRIDE];
  private int used;

  /** Adds a piece that ends at an offset, greater than or the same as the one before. */
  void add(long endOffset, long firstNanos, long lastNanos) {
    if (used == marks.length) {
      marks = Arrays.copyOf(marks, used * 2);
    }
    marks[used] = endOffset;
    marks[used + 1] = firstNanos;
    marks[used + 2] = lastNanos;
    used += STRIDE;
  }

  /** Returns when the byte at an offset began to move, monotonic. */
  long firstNanos(long offset) {
    return marks[at(offset) + 1];
  }

  /** Returns when the byte at an offset had moved. */
  long lastNanos(long offset) {
    return marks[at(offset) + 2];
  }

  private int at(long offset) {
    int low = 0;
    int high = used / STRIDE - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (marks[middle * STRIDE] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low * STRIDE;
  }
}
