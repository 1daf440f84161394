// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Arrays;

/**
 * Maps a host's monotonic time to real time, from the clock readings of a capture.
 *
 * <p>Between two readings the offset is interpolated, so that times keep their order and durations
 * stay right while the real clock is being adjusted; outside them the nearest one counts.
 *
 * <p><b>Threads:</b> confined to one while readings are added, then read-only.
 */
public final class ClockMap {
  private static final int INITIAL_READINGS = 4;

  /** Ascending; the first {@link #size} places are used. */
  private long[] times = new long[INITIAL_READINGS];

  /** What to add to a time at the same place to get real time. */
  private long[] offsets = new long[INITIAL_READINGS];

  private int size;

  /** Takes a reading in; of several at one time the first counts. */
  public void add(ClockEvent reading) {
    put(reading.stamp().exitNanos(), reading.realOffsetNanos());
  }

  private void put(long monotonicNanos, long offsetNanos) {
    int found = Arrays.binarySearch(times, 0, size, monotonicNanos);
    if (found >= 0) {
      return;
    }
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      offsets = Arrays.copyOf(offsets, 2 * size);
    }
    int at = -found - 1;
    System.arraycopy(times, at, times, at + 1, size - at);
    System.arraycopy(offsets, at, offsets, at + 1, size - at);
    times[at] = monotonicNanos;
    offsets[at] = offsetNanos;
    size++;
  }

  /** Returns whether there is no reading. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Returns a map in which real time never runs backwards, for who orders by it. */
  ClockMap monotonic() {
    ClockMap forwards = new ClockMap();
    long latest = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      latest = Math.max(latest, times[i] + offsets[i]);
      forwards.put(times[i], latest - times[i]);
    }
    return forwards;
  }

  /** Takes a moment in as a reading would. */
  void add(long monotonicNanos, long realNanos) {
    put(monotonicNanos, realNanos - monotonicNanos);
  }

  /**
   * Returns nanoseconds since the Unix epoch; the monotonic time itself when the capture has no
   * clock reading.
   */
  public long toEpochNanos(long monotonicNanos) {
    if (size == 0) {
      return monotonicNanos;
    }
    int found = Arrays.binarySearch(times, 0, size, monotonicNanos);
    int after = -found - 1;
    if (found >= 0) {
      return monotonicNanos + offsets[found];
    }
    if (after == 0 || after == size) {
      return monotonicNanos + offsets[Math.min(after, size - 1)];
    }
    int before = after - 1;
    double part =
        (double) (monotonicNanos - times[before]) / (double) (times[after] - times[before]);
    long drift = Math.round((offsets[after] - offsets[before]) * part);
    return monotonicNanos + offsets[before] + drift;
  }
}
