// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When exchanges that may be outer legs ran. Confined to one thread. */
final class LegWindows {
  /** So many that ran at once are looked at. */
  private static final int MAX_CONCURRENT = 1000;

  private static final Comparator<LegFacts> BY_START =
      Comparator.comparingLong((LegFacts facts) -> facts.startedNanos)
          .thenComparing(facts -> facts.id);

  private final List<LegFacts> exchanges = new ArrayList<>();
  private boolean sorted = true;

  /**
   * What was open at a time.
   *
   * @param exchanges the latest first
   * @param all whether no more were; false when too many ran at once to look at each
   */
  record Open(List<LegFacts> exchanges, boolean all) {}

  /** For each exchange the latest end of all that began up to it. */
  private long[] latestEnds = new long[0];

  void add(LegFacts facts) {
    exchanges.add(facts);
    sorted = false;
  }

  /** Forgets what had ended at a time. */
  void forget(long endedNanos) {
    if (exchanges.removeIf(facts -> facts.endedNanos <= endedNanos)) {
      sorted = false;
    }
  }

  boolean isEmpty() {
    return exchanges.isEmpty();
  }

  /** Returns those that began before a time and were open then. */
  Open openAt(long epochNanos) {
    sort();
    List<LegFacts> open = new ArrayList<>(1);
    int last = countBefore(epochNanos) - 1;
    int first = Math.max(0, last - MAX_CONCURRENT);
    int i = last;
    for (; i >= first && latestEnds[i] >= epochNanos; i--) {
      if (exchanges.get(i).endedNanos >= epochNanos) {
        open.add(exchanges.get(i));
      }
    }
    return new Open(open, i < 0 || latestEnds[i] < epochNanos);
  }

  private void sort() {
    if (sorted) {
      return;
    }
    exchanges.sort(BY_START);
    latestEnds = new long[exchanges.size()];
    long latest = Long.MIN_VALUE;
    for (int i = 0; i < latestEnds.length; i++) {
      latest = Math.max(latest, exchanges.get(i).endedNanos);
      latestEnds[i] = latest;
    }
    sorted = true;
  }

  private int countBefore(long epochNanos) {
    int low = 0;
    int high = exchanges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (exchanges.get(middle).startedNanos < epochNanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
