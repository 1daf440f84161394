// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import org.HdrHistogram.Histogram;

/**
 * The distribution of a duration.
 *
 * <p><b>Units:</b> microseconds, at three significant digits.
 *
 * @param count how many were measured; the rest is 0 when none was
 */
public record Quantiles(long count, double p50, double p90, double p99, double max) {
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MICRO = 1000;

  /** Collects durations; confined to one thread. */
  public static final class Collector {
    private final Histogram histogram = new Histogram(DIGITS);

    public void add(long nanos) {
      histogram.recordValue(Math.max(0, nanos));
    }

    public Quantiles build() {
      return new Quantiles(
          histogram.getTotalCount(),
          histogram.getValueAtPercentile(50) / NANOS_PER_MICRO,
          histogram.getValueAtPercentile(90) / NANOS_PER_MICRO,
          histogram.getValueAtPercentile(99) / NANOS_PER_MICRO,
          histogram.getMaxValue() / NANOS_PER_MICRO);
    }
  }
}
