// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import java.util.concurrent.TimeUnit;

/**
 * Maps recorded times onto one replayed timeline that begins with 0.
 *
 * <p><b>Units:</b> recorded times in nanoseconds since the Unix epoch, replayed ones in nanoseconds
 * from the replay's origin.
 */
final class Schedule {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long originEpochNanos;

  /** Replayed nanoseconds for a recorded one; 0 when everything is due at once. */
  private final double scale;

  private Schedule(long originEpochNanos, double scale) {
    this.originEpochNanos = originEpochNanos;
    this.scale = scale;
  }

  /**
   * Returns the schedule of requests that were recorded from {@code first} to {@code last}.
   *
   * @param count how many they are
   */
  static Schedule of(Pace pace, long firstEpochNanos, long lastEpochNanos, int count) {
    double scale;
    if (pace instanceof Pace.Times times) {
      scale = 1 / times.factor();
    } else if (pace instanceof Pace.Rate rate) {
      long span = lastEpochNanos - firstEpochNanos;
      scale = span == 0 ? 0 : (count - 1) / rate.perSecond() * NANOS_PER_SECOND / span;
    } else {
      scale = 0;
    }
    return new Schedule(firstEpochNanos, scale);
  }

  /** Returns when something recorded at that time is due; negative before the first request. */
  long dueNanos(long epochNanos) {
    return Math.round((epochNanos - originEpochNanos) * scale);
  }
}
