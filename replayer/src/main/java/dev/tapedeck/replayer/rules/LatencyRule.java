// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * How much slower than recorded an endpoint may be: the median of its answers at most {@code
 * factor} times the recorded one, and {@code add} more.
 *
 * <p><b>Threads:</b> any; uses are counted.
 */
public final class LatencyRule implements CountedRule {
  /** Default of {@link #factor}. */
  public static final double DEFAULT_FACTOR = 3;

  /** Default of {@link #add}. */
  public static final Duration DEFAULT_ADD = Duration.ofMillis(100);

  /** Default of {@link #samples}: the median of fewer says little. */
  public static final int DEFAULT_SAMPLES = 8;

  private final RuleLine at;
  private final EndpointPattern endpoint;
  private final double factor;
  private final Duration add;
  private final int samples;
  private final LongAdder uses = new LongAdder();

  LatencyRule(RuleLine at, EndpointPattern endpoint, double factor, Duration add, int samples) {
    if (!(factor >= 1) || add.isNegative() || samples < 1) {
      throw new IllegalArgumentException(
          "latency: expected a factor and samples of at least 1 and no negative add");
    }
    this.at = at;
    this.endpoint = endpoint;
    this.factor = factor;
    this.add = add;
    this.samples = samples;
  }

  /** Returns what holds where no rule does. */
  public static LatencyRule defaults() {
    return new LatencyRule(
        RuleLine.NONE, EndpointPattern.ANY, DEFAULT_FACTOR, DEFAULT_ADD, DEFAULT_SAMPLES);
  }

  @Override
  public RuleLine at() {
    return at;
  }

  @Override
  public String description() {
    return endpoint.text().isEmpty() ? "latency" : "latency of " + endpoint.text();
  }

  /** Returns whether the rule is for answers to that request. */
  public boolean isFor(String method, String target) {
    return endpoint.matches(method, target);
  }

  /** Returns how many times the recorded median the median may be. */
  public double factor() {
    return factor;
  }

  /** Returns how much more it may be. */
  public Duration add() {
    return add;
  }

  /** Returns how many answers there have to be. */
  public int samples() {
    return samples;
  }

  /** Counts that it applied to something. */
  public void used() {
    uses.increment();
  }

  @Override
  public long uses() {
    return uses.sum();
  }
}
