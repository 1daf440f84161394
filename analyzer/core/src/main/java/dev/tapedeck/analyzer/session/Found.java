// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

/**
 * What a shard found in some of its events: exchanges, session summaries, and numbers without a
 * session, each with the number of the event at which it was complete. Those of one event follow
 * each other; events come in any order.
 *
 * <p><b>Threads:</b> filled by one, then handed over; does not change.
 */
final class Found {
  static final Found NOTHING = new Found(new Object[0], new long[0], 0);

  private final Object[] items;
  private final long[] ordinals;
  private final int size;

  /** Takes over the arrays. */
  Found(Object[] items, long[] ordinals, int size) {
    this.items = items;
    this.ordinals = ordinals;
    this.size = size;
  }

  int size() {
    return size;
  }

  Object item(int index) {
    return items[index];
  }

  long ordinal(int index) {
    return ordinals[index];
  }
}
