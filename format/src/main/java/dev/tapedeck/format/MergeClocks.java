// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells the real time of events of several hosts, the same for all captures of a host, and never
 * backwards.
 *
 * <p>A host without clock reading is placed by the creation time of its capture; where that is not
 * known either, by its monotonic time alone.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class MergeClocks {
  private final Map<Long, ClockMap> readings = new HashMap<>();
  private final Map<Long, ClockMap> clocks = new HashMap<>();
  private final List<Long> guessed = new ArrayList<>();

  /**
   * Takes the clock readings of a capture in; payload is not read.
   *
   * @return the hosts whose events it holds
   */
  Set<Long> add(CaptureReader reader) throws IOException {
    Set<Long> hosts = new HashSet<>();
    reader.read(
        Projection.METADATA,
        event -> {
          long hostId = event.stamp().process().hostId();
          hosts.add(hostId);
          if (event instanceof ClockEvent reading) {
            readings.computeIfAbsent(hostId, unused -> new ClockMap()).add(reading);
          }
        });
    hosts.forEach(hostId -> readings.computeIfAbsent(hostId, unused -> new ClockMap()));
    return hosts;
  }

  /** Says that all captures were read. */
  void finish(List<CaptureReader> inputs) throws IOException {
    for (CaptureReader input : inputs) {
      CaptureHeader header = input.header();
      ClockMap clock = readings.get(header.hostId());
      if (clock != null && clock.isEmpty() && header.createdRealNanos() != 0) {
        clock.add(input.summary().firstNanos(), header.createdRealNanos());
        guessed.add(header.hostId());
      }
    }
    readings.forEach(
        (hostId, clock) -> {
          if (clock.isEmpty()) {
            guessed.add(hostId);
          }
          clocks.put(hostId, clock.monotonic());
        });
  }

  /** Returns the hosts that have no clock reading. */
  List<Long> guessed() {
    return List.copyOf(guessed);
  }

  /** Returns the real time of a moment on a host. */
  long realNanos(long hostId, long monotonicNanos) {
    ClockMap clock = clocks.get(hostId);
    return clock == null ? monotonicNanos : clock.toEpochNanos(monotonicNanos);
  }

  /** Returns the earliest real time that a moment is on any of the hosts. */
  long earliestRealNanos(Set<Long> hosts, long monotonicNanos) {
    long earliest = Long.MAX_VALUE;
    for (long hostId : hosts) {
      earliest = Math.min(earliest, realNanos(hostId, monotonicNanos));
    }
    return earliest;
  }
}
