// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import java.util.Arrays;

/**
 * Numbers distinct longs 0, 1, 2 ... in the order of their first appearance, without boxing.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class LongIndex {
  private static final long FIBONACCI = 0x9E3779B97F4A7C15L;

  private long[] keys = new long[64];
  private int[] numbers = new int[64];
  private int size;

  /** Makes an empty index. */
  public LongIndex() {
    Arrays.fill(numbers, -1);
  }

  /** Returns the key's number, or −1 − n when it was not there and now has number n. */
  public int find(long key) {
    int mask = keys.length - 1;
    int slot = (int) ((key * FIBONACCI) >>> 33) & mask;
    while (numbers[slot] >= 0) {
      if (keys[slot] == key) {
        return numbers[slot];
      }
      slot = (slot + 1) & mask;
    }
    keys[slot] = key;
    numbers[slot] = size++;
    int added = numbers[slot];
    if (size * 2 > keys.length) {
      grow();
    }
    return -1 - added;
  }

  /** Forgets all keys. */
  public void clear() {
    if (size > 0) {
      Arrays.fill(numbers, -1);
      size = 0;
    }
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldNumbers = numbers;
    keys = new long[oldKeys.length * 2];
    numbers = new int[keys.length];
    Arrays.fill(numbers, -1);
    int mask = keys.length - 1;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldNumbers[i] >= 0) {
        int slot = (int) ((oldKeys[i] * FIBONACCI) >>> 33) & mask;
        while (numbers[slot] >= 0) {
          slot = (slot + 1) & mask;
        }
        keys[slot] = oldKeys[i];
        numbers[slot] = oldNumbers[i];
      }
    }
  }
}
