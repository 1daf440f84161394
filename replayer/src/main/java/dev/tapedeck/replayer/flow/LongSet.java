// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

/**
 * Digests of texts: eight bytes each, where a set of the texts themselves would take as much memory
 * as the capture. That two texts share one is as good as impossible.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class LongSet {
  private static final int FIRST_CAPACITY = 1 << 10;

  private long[] slots = new long[FIRST_CAPACITY];
  private int size;

  /** Adds a text. */
  public void add(String text) {
    add(digest(text));
  }

  private void add(long digest) {
    int at = slot(slots, digest);
    if (slots[at] == 0) {
      slots[at] = digest;
      size++;
      if (size > slots.length / 2) {
        long[] larger = new long[slots.length * 2];
        for (long one : slots) {
          if (one != 0) {
            larger[slot(larger, one)] = one;
          }
        }
        slots = larger;
      }
    }
  }

  /** Returns whether a text was added. */
  public boolean contains(String text) {
    return slots[slot(slots, digest(text))] != 0;
  }

  int size() {
    return size;
  }

  private static int slot(long[] slots, long digest) {
    int mask = slots.length - 1;
    int at = (int) (digest ^ (digest >>> 32)) & mask;
    while (slots[at] != 0 && slots[at] != digest) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /** Never 0, which stands for an empty slot. */
  private static long digest(String text) {
    long digest = 0x9e3779b97f4a7c15L + text.length();
    for (int i = 0; i < text.length(); i++) {
      digest = (digest ^ text.charAt(i)) * 0xff51afd7ed558ccdL;
      digest ^= digest >>> 32;
    }
    return digest == 0 ? 1 : digest;
  }
}
