// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.replayer.diff.Change;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.DifferenceKind;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.SlowEndpoint;
import dev.tapedeck.replayer.rules.LatencyRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds endpoints whose answers took longer than they may, compared with the recorded ones. An
 * endpoint is slow when its median is beyond the limit and three quarters of its answers took
 * longer than three quarters of the recorded ones, so that some late answers make none slow. On a
 * host that is too busy to send in time, answers are read late as well: as late as the endpoint's
 * requests were sent at the median, up to a bound, its answers may be.
 */
final class SlowEndpoints {
  private static final double NANOS_PER_MICRO = 1000;
  private static final double NANOS_PER_MILLI = 1e6;

  /** A target that is slow to take connections makes requests late, too. */
  private static final long MAX_OWN_NANOS = 250_000_000;

  private final List<LatencyRule> rules;
  private final Map<String, Times> endpoints = new TreeMap<>();

  /**
   * Makes one.
   *
   * @param rules the first that is for a request counts
   */
  SlowEndpoints(List<LatencyRule> rules) {
    this.rules = List.copyOf(rules);
  }

  private static final class Times {
    private final LatencyRule rule;
    private final List<Long> before = new ArrayList<>();
    private final List<Long> now = new ArrayList<>();
    private final List<Long> own = new ArrayList<>();
    private SelectedExchange slowest;
    private long most;

    Times(LatencyRule rule, SelectedExchange first) {
      this.rule = rule;
      this.slowest = first;
    }
  }

  /**
   * Takes an answer.
   *
   * @param baselineNanos how long the one took that it is compared with
   * @param nanos how long it took
   * @param ownNanos how late the replayer was at sending its request
   */
  void add(String endpoint, PlannedRequest request, long baselineNanos, long nanos, long ownNanos) {
    SelectedExchange exchange = request.exchange();
    Times known = endpoints.get(endpoint);
    LatencyRule rule = known == null ? rule(exchange) : known.rule;
    if (rule == null) {
      return;
    }
    Times times = endpoints.computeIfAbsent(endpoint, unused -> new Times(rule, exchange));
    times.before.add(baselineNanos);
    times.now.add(nanos);
    times.own.add(ownNanos);
    if (nanos > times.most) {
      times.most = nanos;
      times.slowest = exchange;
    }
  }

  private @Nullable LatencyRule rule(SelectedExchange exchange) {
    for (LatencyRule rule : rules) {
      if (rule.isFor(exchange.method(), exchange.target())) {
        return rule;
      }
    }
    return null;
  }

  /** Gives each slow endpoint and the difference that it is. */
  void forEach(Found found) {
    endpoints.forEach(
        (endpoint, times) -> {
          if (times.now.size() < times.rule.samples()) {
            return;
          }
          times.rule.used();
          long[] before = sorted(times.before);
          long[] now = sorted(times.now);
          double limit =
              at(before, 0.5) * times.rule.factor()
                  + times.rule.add().toNanos()
                  + Math.min(MAX_OWN_NANOS, at(sorted(times.own), 0.5));
          if (at(now, 0.5) > limit && at(now, 0.25) > at(before, 0.75)) {
            Difference difference =
                new Difference(
                    "latency",
                    DifferenceKind.LATENCY,
                    Change.VALUE,
                    shown(before),
                    shown(now)
                        + String.format(Locale.ROOT, "; at most %.1f ms", limit / NANOS_PER_MILLI));
            found.slow(
                new SlowEndpoint(
                    endpoint,
                    now.length,
                    at(before, 0.5) / NANOS_PER_MICRO,
                    at(now, 0.5) / NANOS_PER_MICRO,
                    limit / NANOS_PER_MICRO,
                    times.rule.samples()),
                new ExchangeDifference(times.slowest, difference));
          }
        });
  }

  /** Takes a slow endpoint. */
  @FunctionalInterface
  interface Found {
    void slow(SlowEndpoint endpoint, ExchangeDifference difference);
  }

  private static String shown(long[] sorted) {
    return String.format(
        Locale.ROOT,
        "median %.1f ms of %d answers",
        at(sorted, 0.5) / NANOS_PER_MILLI,
        sorted.length);
  }

  private static long[] sorted(List<Long> values) {
    long[] sorted = values.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  private static long at(long[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))];
  }
}
