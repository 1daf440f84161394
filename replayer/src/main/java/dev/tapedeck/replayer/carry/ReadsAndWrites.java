// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.carry;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds what each request among those that carry the same minted value waits for: the ones whose
 * recorded answers had ended before it began, when either of the two may change something on the
 * target. A cart that was filled on one connection and then read on another is read after it has
 * been filled again, however fast the replay is; pages that only read need not wait for each other.
 *
 * <p>Where one of them had itself waited for another one, the later one is enough.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class ReadsAndWrites {
  private final List<Past> reads = new ArrayList<>();
  private final List<Past> writes = new ArrayList<>();
  private long settledBefore = Long.MIN_VALUE;

  private record Past(int number, long startedNanos, long endedNanos) {}

  /** Adds the next request, by start time, and to its set the numbers of those it waits for. */
  void add(PlannedRequest request, Set<Integer> waitedFor) {
    Exchange exchange = request.exchange().exchange();
    long started = exchange.startedEpochNanos();
    forget(started);
    boolean safe = request.exchange().isSafe();
    collect(writes, request.number(), started, waitedFor);
    if (!safe) {
      collect(reads, request.number(), started, waitedFor);
    }
    boolean answered = exchange.response() != null;
    (safe ? reads : writes)
        .add(
            new Past(
                request.number(), started, answered ? exchange.endedEpochNanos() : Long.MAX_VALUE));
  }

  /** What a write had waited for that has ended itself is waited for by waiting for the write. */
  private void forget(long started) {
    long before = settledBefore;
    for (Past write : writes) {
      if (write.endedNanos() <= started && write.startedNanos() < write.endedNanos()) {
        before = Math.max(before, write.startedNanos());
      }
    }
    if (before > settledBefore) {
      settledBefore = before;
      reads.removeIf(past -> past.endedNanos() <= settledBefore);
      writes.removeIf(past -> past.endedNanos() <= settledBefore);
    }
  }

  private static void collect(List<Past> past, int number, long started, Set<Integer> waitedFor) {
    for (Past one : past) {
      if (one.endedNanos() <= started && one.number() < number) {
        waitedFor.add(one.number());
      }
    }
  }
}
