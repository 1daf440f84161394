// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.stream.HostTimes;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.TimeRange;

/**
 * A span of real time, by the clocks of a capture.
 *
 * @param times the clocks
 * @param fromRealNanos inclusive, since the Unix epoch
 * @param toRealNanos exclusive; {@link Long#MAX_VALUE} for no end
 */
record TimeWindow(HostTimes times, long fromRealNanos, long toRealNanos) {
  /** Returns whether the event happened in it. */
  boolean contains(EventStamp stamp) {
    return overlaps(stamp.process().hostId(), stamp.exitNanos(), stamp.exitNanos());
  }

  /** Returns monotonic times between which everything in it happened, on whatever host. */
  TimeRange monotonic() {
    return times.monotonicRange(fromRealNanos, toRealNanos);
  }

  /** Returns whether a time on a host between these two, both inclusive, may be in it. */
  boolean overlaps(long hostId, long firstNanos, long lastNanos) {
    if (fromRealNanos == Long.MIN_VALUE && toRealNanos == Long.MAX_VALUE) {
      return true;
    }
    return times.realNanos(hostId, lastNanos) >= fromRealNanos
        && times.realNanos(hostId, firstNanos) < toRealNanos;
  }
}
