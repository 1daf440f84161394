// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.KernelSide.LossCount;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Turns counters that only grow into loss events, one for each cause that grew.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class LossReporter {
  private static final LossCount NONE = new LossCount(0, 0);

  private final long hostId;
  private final Map<LossEvent.Cause, LossCount> reported = new EnumMap<>(LossEvent.Cause.class);
  private long sequence;

  LossReporter(long hostId) {
    this.hostId = hostId;
  }

  /**
   * Returns what has been lost since the last call.
   *
   * @param counts totals since the start
   * @param nowNanos monotonic time of the counts
   */
  List<LossEvent> report(Map<LossEvent.Cause, LossCount> counts, long nowNanos) {
    List<LossEvent> events = new ArrayList<>();
    counts.forEach(
        (cause, count) -> {
          LossCount before = reported.getOrDefault(cause, NONE);
          if (!count.equals(before)) {
            events.add(
                new LossEvent(
                    stamp(nowNanos),
                    cause,
                    count.events() - before.events(),
                    count.bytes() - before.bytes(),
                    null));
            reported.put(cause, count);
          }
        });
    return events;
  }

  /**
   * Returns an event that says that from now on more or less is lost of a cause.
   *
   * @param level how much, as FORMAT.md 7.4 numbers it
   */
  LossEvent mark(LossEvent.Cause cause, int level, long nowNanos) {
    return new LossEvent(stamp(nowNanos), cause, 0, 0, null, level);
  }

  private EventStamp stamp(long nowNanos) {
    return new EventStamp(
        new ProcessKey(hostId, 0, 0), 0, 0, nowNanos, EventOrigin.userSpace(sequence++));
  }

  /** Returns the totals that have been reported. */
  Map<LossEvent.Cause, LossCount> totals() {
    return Map.copyOf(reported);
  }
}
