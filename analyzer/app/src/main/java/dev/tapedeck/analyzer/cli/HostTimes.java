// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.ClockMap;
import dev.tapedeck.format.EventStamp;
import java.util.HashMap;
import java.util.Map;

/**
 * The clocks of a capture's hosts, and when the capture begins.
 *
 * <p><b>Lifecycle:</b> {@link #add} for all events, then the questions.
 */
final class HostTimes {
  private static final ClockMap NO_READING = new ClockMap();

  private final Map<Long, ClockMap> clocks = new HashMap<>();
  private final Map<Long, Long> firstNanos = new HashMap<>();

  void add(CaptureEvent event) {
    EventStamp stamp = event.stamp();
    firstNanos.merge(stamp.process().hostId(), stamp.exitNanos(), Math::min);
    if (event instanceof ClockEvent reading) {
      clocks.computeIfAbsent(stamp.process().hostId(), unused -> new ClockMap()).add(reading);
    }
  }

  /**
   * Returns when something happened on a host, in nanoseconds since the Unix epoch; its monotonic
   * time when the capture has no clock reading.
   */
  long realNanos(long hostId, long monotonicNanos) {
    return clocks.getOrDefault(hostId, NO_READING).toEpochNanos(monotonicNanos);
  }

  /** Returns when the first event happened; 0 when there is none. */
  long startRealNanos() {
    return firstNanos.entrySet().stream()
        .mapToLong(first -> realNanos(first.getKey(), first.getValue()))
        .min()
        .orElse(0);
  }
}
