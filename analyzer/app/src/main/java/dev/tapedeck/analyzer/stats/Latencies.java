// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stats;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.IntCountsHistogram;

/**
 * A distribution of times in microseconds, each kept within one percent.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class Latencies {
  private static final int SIGNIFICANT_DIGITS = 2;

  private final IntCountsHistogram histogram = new IntCountsHistogram(SIGNIFICANT_DIGITS);
  private long max;

  Latencies() {
    histogram.setAutoResize(true);
  }

  /** Adds a time; clocks that went back count as none. */
  void add(long micros) {
    long time = Math.max(0, micros);
    max = Math.max(max, time);
    histogram.recordValue(time);
  }

  /** Returns how many times there are. */
  public long count() {
    return histogram.getTotalCount();
  }

  /** Returns the time that so many percent do not exceed, within one percent of it. */
  public long percentile(double percent) {
    return Math.min(max, histogram.getValueAtPercentile(percent));
  }

  /** Returns the longest, exactly. */
  public long max() {
    return max;
  }

  /**
   * One step of the distribution.
   *
   * @param belowMicros the power of two that its times are below, and half of which they reach
   * @param count how many
   */
  public record Step(long belowMicros, long count) {}

  /** Returns the steps from the shortest to the longest time, those between them included. */
  public List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    if (count() == 0) {
      return steps;
    }
    long from = 0;
    for (long below = 1; from <= max; below *= 2) {
      long inStep = histogram.getCountBetweenValues(from, below - 1);
      if (inStep > 0 || !steps.isEmpty()) {
        steps.add(new Step(below, inStep));
      }
      from = below;
    }
    return steps;
  }
}
