// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Map;
import java.util.TreeMap;

/**
 * Maps a host's monotonic time to real time, from the clock readings of a capture.
 *
 * <p>Between two readings the offset is interpolated, so that times keep their order and durations
 * stay right while the real clock is being adjusted; outside them the nearest one counts.
 *
 * <p><b>Threads:</b> confined to one while readings are added, then read-only.
 */
public final class ClockMap {
  private final TreeMap<Long, Long> offsets = new TreeMap<>();

  /** Takes a reading in; of several at one time the first counts. */
  public void add(ClockEvent reading) {
    offsets.putIfAbsent(reading.stamp().exitNanos(), reading.realOffsetNanos());
  }

  /** Returns whether there is no reading. */
  public boolean isEmpty() {
    return offsets.isEmpty();
  }

  /** Returns a map in which real time never runs backwards, for who orders by it. */
  ClockMap monotonic() {
    ClockMap forwards = new ClockMap();
    long latest = Long.MIN_VALUE;
    for (Map.Entry<Long, Long> reading : offsets.entrySet()) {
      latest = Math.max(latest, reading.getKey() + reading.getValue());
      forwards.offsets.put(reading.getKey(), latest - reading.getKey());
    }
    return forwards;
  }

  /** Takes a moment in as a reading would. */
  void add(long monotonicNanos, long realNanos) {
    offsets.putIfAbsent(monotonicNanos, realNanos - monotonicNanos);
  }

  /**
   * Returns nanoseconds since the Unix epoch; the monotonic time itself when the capture has no
   * clock reading.
   */
  public long toEpochNanos(long monotonicNanos) {
    Map.Entry<Long, Long> before = offsets.floorEntry(monotonicNanos);
    Map.Entry<Long, Long> after = offsets.ceilingEntry(monotonicNanos);
    if (before == null) {
      return after == null ? monotonicNanos : monotonicNanos + after.getValue();
    }
    if (after == null || after.getKey().equals(before.getKey())) {
      return monotonicNanos + before.getValue();
    }
    double part =
        (double) (monotonicNanos - before.getKey()) / (double) (after.getKey() - before.getKey());
    long drift = Math.round((after.getValue() - before.getValue()) * part);
    return monotonicNanos + before.getValue() + drift;
  }
}
