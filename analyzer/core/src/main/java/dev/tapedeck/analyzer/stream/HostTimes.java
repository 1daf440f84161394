// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.ClockMap;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.TimeRange;
import java.util.HashMap;
import java.util.Map;

/**
 * The clocks of a capture's hosts, and when the capture begins.
 *
 * <p><b>Lifecycle:</b> {@link #add} for all events, then the questions.
 */
public final class HostTimes {
  private static final ClockMap NO_READING = new ClockMap();

  private final Map<Long, ClockMap> clocks = new HashMap<>();
  private final Map<Long, Long> firstNanos = new HashMap<>();
  private long leastOffsetNanos = Long.MAX_VALUE;
  private long mostOffsetNanos = Long.MIN_VALUE;

  /** Takes an event of the capture. */
  public void add(CaptureEvent event) {
    EventStamp stamp = event.stamp();
    firstNanos.merge(stamp.process().hostId(), stamp.exitNanos(), Math::min);
    if (event instanceof ClockEvent reading) {
      clocks.computeIfAbsent(stamp.process().hostId(), unused -> new ClockMap()).add(reading);
      leastOffsetNanos = Math.min(leastOffsetNanos, reading.realOffsetNanos());
      mostOffsetNanos = Math.max(mostOffsetNanos, reading.realOffsetNanos());
    }
  }

  /**
   * Returns when something happened on a host, in nanoseconds since the Unix epoch; its monotonic
   * time when the capture has no clock reading.
   */
  public long realNanos(long hostId, long monotonicNanos) {
    return clocks.getOrDefault(hostId, NO_READING).toEpochNanos(monotonicNanos);
  }

  /**
   * Returns a range of monotonic times that holds all moments of a span of real time, whatever
   * host's they are: between two readings the offset is between theirs.
   *
   * @param toRealNanos exclusive; {@link Long#MAX_VALUE} for no end
   */
  public TimeRange monotonicRange(long fromRealNanos, long toRealNanos) {
    boolean everyHostHasReadings = clocks.keySet().containsAll(firstNanos.keySet());
    long least = everyHostHasReadings ? leastOffsetNanos : Math.min(0, leastOffsetNanos);
    long most = everyHostHasReadings ? mostOffsetNanos : Math.max(0, mostOffsetNanos);
    if (firstNanos.isEmpty() || toRealNanos <= fromRealNanos) {
      return new TimeRange(0, 0);
    }
    long from = fromRealNanos == Long.MIN_VALUE ? fromRealNanos : difference(fromRealNanos, most);
    long to = toRealNanos == Long.MAX_VALUE ? toRealNanos : difference(toRealNanos, least);
    return new TimeRange(from, to);
  }

  private static long difference(long one, long other) {
    long difference = one - other;
    boolean overflow = ((one ^ other) & (one ^ difference)) < 0;
    return overflow ? (one < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : difference;
  }

  /** Returns when the first event happened; 0 when there is none. */
  public long startRealNanos() {
    return firstNanos.entrySet().stream()
        .mapToLong(first -> realNanos(first.getKey(), first.getValue()))
        .min()
        .orElse(0);
  }
}
