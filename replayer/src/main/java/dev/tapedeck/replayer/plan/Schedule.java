// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Maps recorded times onto one replayed timeline that begins with 0.
 *
 * <p>While it ramps up, the timeline's speed grows evenly from 0 to its full one. So after {@code
 * t} of a ramp of length {@code r} the timeline is at {@code t² / 2r}, and half a ramp behind one
 * that began at full speed when the ramp has ended.
 *
 * <p><b>Units:</b> recorded times in nanoseconds since the Unix epoch, replayed ones in nanoseconds
 * from the replay's origin.
 */
final class Schedule {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long originEpochNanos;

  /** Replayed nanoseconds for a recorded one; 0 when everything is due at once. */
  private final double scale;

  private final double rampNanos;

  private Schedule(long originEpochNanos, double scale, long rampNanos) {
    this.originEpochNanos = originEpochNanos;
    this.scale = scale;
    this.rampNanos = rampNanos;
  }

  /**
   * Returns the schedule of requests that were recorded from {@code first} to {@code last}.
   *
   * @param count how many they are
   * @param ramp how long it takes to full speed
   */
  static Schedule of(
      Pace pace, long firstEpochNanos, long lastEpochNanos, int count, Duration ramp) {
    double scale;
    if (pace instanceof Pace.Times times) {
      scale = 1 / times.factor();
    } else if (pace instanceof Pace.Rate rate) {
      long span = lastEpochNanos - firstEpochNanos;
      scale = span == 0 ? 0 : (count - 1) / rate.perSecond() * NANOS_PER_SECOND / span;
    } else {
      scale = 0;
    }
    return new Schedule(firstEpochNanos, scale, ramp.toNanos());
  }

  /** Returns how long a recorded nanosecond takes at full speed; 0 when all is due at once. */
  double timeScale() {
    return scale;
  }

  /** Returns when something recorded at that time is due; negative before the first request. */
  long dueNanos(long epochNanos) {
    double full = (epochNanos - originEpochNanos) * scale;
    if (full <= 0 || rampNanos == 0) {
      return Math.round(full);
    }
    return Math.round(
        full < rampNanos / 2 ? Math.sqrt(2 * rampNanos * full) : full + rampNanos / 2);
  }
}
