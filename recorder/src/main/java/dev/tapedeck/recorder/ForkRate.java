// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How often targets start children: more than {@value #MAX_FORKS} times in 10 s is often.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class ForkRate {
  static final int MAX_FORKS = 16;

  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final Deque<Long> recent = new ArrayDeque<>();

  /** Takes a fork, and returns whether there have been many. */
  boolean isHigh(long atNanos) {
    recent.addLast(atNanos);
    while (atNanos - recent.getFirst() > WINDOW_NANOS) {
      recent.removeFirst();
    }
    return recent.size() > MAX_FORKS;
  }
}
