// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import java.util.Arrays;

/**
 * Who showed a thing on either of two sides, in little memory: the things by a 64-bit hash, who by
 * a number.
 *
 * <p>A side that several have shown proves nothing. What comes out does not depend on the order in
 * which things were seen, as long as no more than {@value #MAX_ENTRIES} others lie between two
 * sights of one thing.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Limits:</b> about 12 MiB.
 */
final class SightTable {
  /** Nobody has shown it on that side. */
  static final int NOBODY = -1;

  /** Several have. */
  static final int SEVERAL = -2;

  private static final int MAX_ENTRIES = 1 << 17;
  private static final int FIRST_SLOTS = 1 << 8;

  private final Taker taker;
  private Generation young = new Generation();
  private Generation old = new Generation();

  SightTable(Taker taker) {
    this.taker = taker;
  }

  /** Takes a thing of which no further sight is expected. */
  @FunctionalInterface
  interface Taker {
    /**
     * Takes one.
     *
     * @param left who showed it on the one side, {@link #NOBODY} or {@link #SEVERAL}
     * @param right who on the other
     * @param firstNanos when it was first seen
     */
    void take(int left, int right, long firstNanos);
  }

  void seen(long hash, boolean isLeft, int who, long nanos) {
    long key = hash == 0 ? 1 : hash;
    int slot = young.find(key);
    if (slot >= 0) {
      young.merge(slot, isLeft, who, nanos);
      return;
    }
    int older = old.find(key);
    if (older >= 0) {
      old.merge(older, isLeft, who, nanos);
      return;
    }
    if (young.used == MAX_ENTRIES) {
      old.drain(taker);
      Generation empty = old;
      old = young;
      young = empty;
    }
    young.insert(key, isLeft, who, nanos);
  }

  /** Hands out all that is left. */
  void finish() {
    old.drain(taker);
    young.drain(taker);
  }

  /** A hash table with open addressing; key 0 is a free slot. */
  private static final class Generation {
    private long[] keys = new long[FIRST_SLOTS];
    private long[] nanos = new long[FIRST_SLOTS];
    private int[] lefts = new int[FIRST_SLOTS];
    private int[] rights = new int[FIRST_SLOTS];
    private int used;

    /** Returns the slot of the key, or a negative number. */
    int find(long key) {
      int slot = slot(key);
      return keys[slot] == key ? slot : -1;
    }

    private int slot(long key) {
      int mask = keys.length - 1;
      int slot = (int) (key ^ (key >>> 32)) & mask;
      while (keys[slot] != 0 && keys[slot] != key) {
        slot = (slot + 1) & mask;
      }
      return slot;
    }

    void insert(long key, boolean isLeft, int who, long at) {
      if (2 * (used + 1) > keys.length) {
        grow();
      }
      int slot = slot(key);
      keys[slot] = key;
      nanos[slot] = at;
      lefts[slot] = isLeft ? who : NOBODY;
      rights[slot] = isLeft ? NOBODY : who;
      used++;
    }

    void merge(int slot, boolean isLeft, int who, long at) {
      nanos[slot] = Math.min(nanos[slot], at);
      int[] side = isLeft ? lefts : rights;
      if (side[slot] == NOBODY) {
        side[slot] = who;
      } else if (side[slot] != who) {
        side[slot] = SEVERAL;
      }
    }

    private void grow() {
      long[] oldKeys = keys;
      long[] oldNanos = nanos;
      int[] oldLefts = lefts;
      int[] oldRights = rights;
      keys = new long[2 * oldKeys.length];
      nanos = new long[keys.length];
      lefts = new int[keys.length];
      rights = new int[keys.length];
      for (int i = 0; i < oldKeys.length; i++) {
        if (oldKeys[i] != 0) {
          int slot = slot(oldKeys[i]);
          keys[slot] = oldKeys[i];
          nanos[slot] = oldNanos[i];
          lefts[slot] = oldLefts[i];
          rights[slot] = oldRights[i];
        }
      }
    }

    void drain(Taker taker) {
      for (int i = 0; i < keys.length && used > 0; i++) {
        if (keys[i] != 0) {
          taker.take(lefts[i], rights[i], nanos[i]);
        }
      }
      Arrays.fill(keys, 0);
      used = 0;
    }
  }
}
