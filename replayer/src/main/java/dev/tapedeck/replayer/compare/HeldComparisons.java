// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Comparisons that wait for what is found out later, in the order in which the answers came. The
 * oldest go when there are too many: what concerns them is most likely known by then.
 *
 * <p><b>Threads:</b> any.
 */
final class HeldComparisons {
  private final int most;
  private final long mostBytes;

  /** Guarded by this. */
  private final Deque<Held> held = new ArrayDeque<>();

  /** Guarded by this. */
  private long heldBytes;

  private record Held(long bytes, Runnable comparison) {}

  /**
   * Makes one that holds nothing.
   *
   * @param most how many may wait
   * @param mostBytes of their answers together
   */
  HeldComparisons(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /**
   * Holds a comparison.
   *
   * @param bytes of its answer
   * @return those that need not wait any more
   */
  synchronized List<Runnable> add(long bytes, Runnable comparison) {
    held.add(new Held(bytes, comparison));
    heldBytes += bytes;
    List<Runnable> due = new ArrayList<>(1);
    while (held.size() > most || heldBytes > mostBytes) {
      Held oldest = held.remove();
      heldBytes -= oldest.bytes();
      due.add(oldest.comparison());
    }
    return due;
  }

  /** Returns all that wait; then none do. */
  synchronized List<Runnable> release() {
    List<Runnable> all = held.stream().map(Held::comparison).toList();
    held.clear();
    heldBytes = 0;
    return all;
  }
}
