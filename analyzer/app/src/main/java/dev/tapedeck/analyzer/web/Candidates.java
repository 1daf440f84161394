// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.util.Arrays;

/**
 * Rows of a capture that a filter means or may mean, in ascending order.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Candidates {
  /** Numbers of those that are meant, complements of those that may be. */
  private int[] values = new int[256];

  private int size;
  private int doubts;

  void add(int number, boolean isSure) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size] = isSure ? number : ~number;
    size++;
    doubts += isSure ? 0 : 1;
  }

  int size() {
    return size;
  }

  /** Returns how many only may be meant. */
  int doubts() {
    return doubts;
  }

  int number(int i) {
    return isSure(i) ? values[i] : ~values[i];
  }

  boolean isSure(int i) {
    return values[i] >= 0;
  }
}
