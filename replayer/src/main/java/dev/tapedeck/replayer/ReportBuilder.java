// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.replayer.compare.ComparisonQueue;
import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.engine.RunAccount;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.Findings;
import dev.tapedeck.replayer.result.Grouping;
import dev.tapedeck.replayer.result.NoisyField;
import dev.tapedeck.replayer.result.PaceReport;
import dev.tapedeck.replayer.result.Quantiles;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import dev.tapedeck.replayer.result.SlowEndpoint;
import dev.tapedeck.replayer.rules.LatencyRule;
import dev.tapedeck.replayer.rules.ReplayRules;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the report of a run that is over. Used once. */
final class ReportBuilder {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double NANOS_PER_MICRO = TimeUnit.MICROSECONDS.toNanos(1);

  private final RunAccount run;
  private final ReplayPlan plan;
  private final ComparisonQueue comparisons;
  private final Map<Integer, String> missing;
  private final Map<SkipReason, Integer> skipped;
  private final Map<FailureReason, Integer> failed = new EnumMap<>(FailureReason.class);
  private final List<RequestResult> results = new ArrayList<>();
  private final List<ExchangeDifference> differences = new ArrayList<>();
  private final Quantiles.Collector lateness = new Quantiles.Collector();
  private final Quantiles.Collector blocked = new Quantiles.Collector();
  private final Quantiles.Collector fromDue = new Quantiles.Collector();
  private final Quantiles.Collector fromSent = new Quantiles.Collector();
  private final Grouping grouping = new Grouping();
  private final List<SlowEndpoint> slow = new ArrayList<>();
  private final PlanEndpoints endpoints;
  private final SlowEndpoints latencies;
  private final IntFunction<@Nullable Long> baselineNanos;
  private int answered;
  private long wireCount;
  private long firstSent = Long.MAX_VALUE;
  private long lastSent = Long.MIN_VALUE;
  private long lastEnded;
  private @Nullable Double driftMicros;

  /**
   * Makes a builder.
   *
   * @param baselineNanos how long the answer took that the answer to a request is compared with
   * @param endpoints by which differences are grouped
   */
  ReportBuilder(
      RunAccount run,
      ComparisonQueue comparisons,
      Map<Integer, String> missing,
      IntFunction<@Nullable Long> baselineNanos,
      PlanEndpoints endpoints) {
    this.baselineNanos = baselineNanos;
    this.missing = missing;
    this.run = run;
    this.plan = run.plan();
    this.comparisons = comparisons;
    this.endpoints = endpoints;
    this.latencies = new SlowEndpoints(latencyRules(run.options().comparison(), plan));
    this.skipped = new EnumMap<>(SkipReason.class);
    this.skipped.putAll(plan.skippedByReason());
  }

  /** Faster than recorded, answers may take longer: then only declared limits count. */
  private static List<LatencyRule> latencyRules(ComparatorOptions options, ReplayPlan plan) {
    List<LatencyRule> rules = new ArrayList<>(options.rules().latency());
    if (plan.pace() instanceof Pace.Times times && times.factor() <= 1) {
      rules.add(LatencyRule.defaults());
    }
    return rules;
  }

  private String endpoint(PlannedRequest request) {
    return endpoints.label(request.exchange());
  }

  ReplayReport build() {
    for (PlannedRequest request : plan.requests()) {
      add(request);
    }
    latencies.forEach(
        (endpoint, difference) -> {
          slow.add(endpoint);
          differences.add(difference);
          grouping.add(endpoint.endpoint(), difference);
        });
    int different = comparisons.different().size();
    int compared = comparisons.equal() + different;
    Map<String, Integer> notCompared =
        comparisons.noBaseline() == 0
            ? Map.of()
            : Map.of("no_recorded_answer", comparisons.noBaseline());
    return new ReplayReport(
        run.options().target(),
        plan.recorded(),
        answered,
        skipped,
        failed,
        compared,
        comparisons.equal(),
        different,
        notCompared,
        comparisons.ignored(),
        plan.recordedConnections(),
        run.connectionsOpened(),
        run.connectionsReopened(),
        lastEnded,
        pace(),
        fromDue.build(),
        fromSent.build(),
        differences,
        notes(),
        run.options().comparison().rules().unused(),
        run.stopReason(),
        plan.skipped(),
        results,
        new Findings(grouping.groups(), slow, noise()));
  }

  private List<NoisyField> noise() {
    List<NoisyField> noise = new ArrayList<>();
    ReplayRules found = run.options().comparison().noise();
    Stream.concat(found.volatiles().stream(), found.unordered().stream())
        .filter(rule -> rule.uses() > 0)
        .forEach(rule -> noise.add(new NoisyField(rule.description(), rule.uses())));
    return noise;
  }

  private void add(PlannedRequest request) {
    int number = request.number();
    SkipReason skip = run.skip(number);
    FailureReason failure = run.failure(number);
    if (skip != null) {
      skipped.merge(skip, 1, Integer::sum);
    } else if (failure != null) {
      failed.merge(failure, 1, Integer::sum);
    } else {
      answered++;
    }
    addTimes(request);
    Comparison comparison = comparisons.different().get(number);
    if (comparison != null) {
      for (Difference difference : comparison.differences()) {
        ExchangeDifference one = new ExchangeDifference(request.exchange(), difference);
        differences.add(one);
        grouping.add(endpoint(request), one);
      }
    }
    results.add(
        new RequestResult(
            request,
            skip,
            failure,
            run.readyNanos(number),
            run.sentNanos(number),
            run.firstByteNanos(number),
            run.endedNanos(number),
            comparison));
  }

  private void addTimes(PlannedRequest request) {
    int number = request.number();
    Long sent = run.sentNanos(number);
    if (sent == null) {
      return;
    }
    long due = request.dueNanos();
    Long ready = run.readyNanos(number);
    long late = sent - (ready == null ? due : Math.max(due, ready));
    lateness.add(late);
    if (ready != null && ready > due) {
      blocked.add(ready - due);
    }
    wireCount++;
    firstSent = Math.min(firstSent, sent);
    lastSent = Math.max(lastSent, sent);
    driftMicros = (sent - due) / NANOS_PER_MICRO;
    Long ended = run.endedNanos(number);
    if (ended != null) {
      fromDue.add(ended - due);
      fromSent.add(ended - sent);
      Long before = failureOrSkip(number) ? null : baselineNanos.apply(number);
      if (before != null) {
        // At pace max it is how long a request stood in the queue.
        long own = plan.pace() instanceof Pace.Max ? 0 : late;
        latencies.add(endpoint(request), request, before, ended - sent, own);
      }
      lastEnded = Math.max(lastEnded, ended);
    }
  }

  private boolean failureOrSkip(int number) {
    return run.failure(number) != null || run.skip(number) != null;
  }

  private PaceReport pace() {
    int count = plan.requests().size();
    long span = plan.lastDueNanos();
    return new PaceReport(
        plan.pace(),
        span > 0 ? (count - 1) * NANOS_PER_SECOND / span : null,
        lastSent > firstSent ? (wireCount - 1) * NANOS_PER_SECOND / (lastSent - firstSent) : null,
        lateness.build(),
        blocked.build(),
        plan.pace() instanceof Pace.Max ? null : driftMicros);
  }

  private Map<String, List<String>> notes() {
    Map<String, List<String>> notes = new TreeMap<>();
    comparisons
        .notes()
        .forEach(
            (number, texts) ->
                notes.put(plan.requests().get(number).exchange().id(), new ArrayList<>(texts)));
    for (RequestResult result : results) {
      String lacks = result.request().exchange().lacks();
      if (lacks != null && result.sentNanos() != null) {
        notes
            .computeIfAbsent(result.request().exchange().id(), id -> new ArrayList<>())
            .add("request_incomplete: " + lacks + ", sent without what the capture lacks");
      }
    }
    missing.forEach(
        (number, what) -> notes.put(plan.requests().get(number).exchange().id(), List.of(what)));
    return notes;
  }
}
