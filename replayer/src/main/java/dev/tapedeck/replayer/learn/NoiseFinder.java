// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.replayer.compare.Answers;
import dev.tapedeck.replayer.compare.Baseline;
import dev.tapedeck.replayer.diff.AnswerComparator;
import dev.tapedeck.replayer.diff.Change;
import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.Mismatch;
import dev.tapedeck.replayer.diff.Moments;
import dev.tapedeck.replayer.diff.Renaming;
import dev.tapedeck.replayer.learn.FieldNoise.Evidence;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import dev.tapedeck.replayer.volatility.TimeType;
import dev.tapedeck.replayer.volatility.TypeInference;
import dev.tapedeck.replayer.volatility.ValueType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds what changes from answer to answer, and of which types it is.
 *
 * <p>A value that changes between two sendings is noise. A value that is another one than recorded
 * but the same in both sendings is none: it may be what a test is there to find; but a time that
 * follows the clock is. Of equal requests in the capture only values that are made anew each time
 * tell something, because anything else may have changed with the state of the server.
 *
 * <p><b>Lifecycle:</b> {@link #repeats} and {@link #trials} in any order, then {@link #learned}.
 *
 * <p><b>Threads:</b> confined to one.
 *
 * <p><b>Limits:</b> places and samples of them are kept, answers are not: at most {@value
 * #MAX_PLACES} places.
 */
public final class NoiseFinder {
  private static final int MAX_PLACES = 10_000;
  private static final int MAX_ROUNDS = 4;

  /** Lines of a text that vary in so many places vary everywhere. */
  private static final int MANY_PLACES = 3;

  private final ReplayPlan plan;
  private final ComparatorOptions options;
  private final boolean keepHost;
  private final PlanEndpoints endpoints;
  private final Map<Place, FieldNoise> noise = new TreeMap<>();
  private final Map<String, Integer> steady = new TreeMap<>();
  private final Map<String, Integer> unstable = new TreeMap<>();
  private NoiseThresholds.Counts leftOver = new NoiseThresholds.Counts();
  private ReplayRules learnt = ReplayRules.NONE;

  /**
   * Makes a finder.
   *
   * @param options with the rules that are already there
   * @param keepHost whether requests name the recorded host
   */
  public NoiseFinder(ReplayPlan plan, ComparatorOptions options, boolean keepHost) {
    this.plan = plan;
    this.options = options;
    this.keepHost = keepHost;
    this.endpoints = PlanEndpoints.of(plan);
  }

  private String endpoint(SelectedExchange exchange) {
    String label = endpoints.label(exchange);
    // What is no endpoint that rules can name is none.
    return label.matches("[A-Z]+ /\\S*") ? label : "";
  }

  /** Looks for equal requests that the capture holds different answers to. */
  public void repeats() {
    AnswerComparator comparator = comparator();
    new Repeats(plan)
        .forEach(
            (one, other) -> {
              HttpResponse before = one.exchange().bodies().response(one.exchange().exchange());
              HttpResponse now = other.exchange().bodies().response(other.exchange().exchange());
              if (before == null || now == null || !isComparable(before) || !isComparable(now)) {
                return;
              }
              Moments moments =
                  new Moments(
                      one.exchange().exchange().endedEpochNanos(),
                      other.exchange().exchange().endedEpochNanos());
              for (Mismatch mismatch : find(comparator, one, Renaming.NONE, moments, before, now)) {
                Place place = Place.of(endpoint(one.exchange()), mismatch.difference());
                FieldNoise seen = new FieldNoise();
                seen.add(mismatch, moments, Evidence.REPEATS);
                if (place != null && TypeInference.isAnewEachTime(seen.type())) {
                  note(place, mismatch, moments, Evidence.REPEATS);
                }
              }
            });
    learn();
  }

  private static boolean isComparable(HttpResponse answer) {
    return answer.status() != 0 && answer.completeness() == Completeness.COMPLETE;
  }

  private AnswerComparator comparator() {
    ReplayRules rules = options.all().with(learnt.volatiles(), learnt.unordered());
    return new AnswerComparator(
        new ComparatorOptions(rules, options.includeSecrets(), Integer.MAX_VALUE));
  }

  private static List<Mismatch> find(
      AnswerComparator comparator,
      PlannedRequest request,
      Renaming renaming,
      Moments moments,
      HttpResponse before,
      HttpResponse now) {
    return comparator
        .find(
            request.exchange().method(),
            request.exchange().target(),
            renaming,
            moments,
            before,
            now)
        .mismatches()
        .stream()
        .flatMap(mismatch -> mismatch.byLine().stream())
        .toList();
  }

  private FieldNoise at(Place place) {
    FieldNoise known = noise.get(place);
    if (known != null) {
      return known;
    }
    FieldNoise created = new FieldNoise();
    if (noise.size() < MAX_PLACES) {
      noise.put(place, created);
    }
    return created;
  }

  private void note(Place place, Mismatch mismatch, Moments moments, Evidence evidence) {
    Change change = mismatch.difference().change();
    Place array = place.array();
    boolean comesOrGoes = change == Change.MISSING || change == Change.ADDED;
    if (comesOrGoes && array != null) {
      at(array).addElements(evidence);
    } else {
      at(place).add(mismatch, moments, evidence);
    }
  }

  /**
   * Compares two sendings of the plan's requests with each other, and with the recorded answers.
   *
   * @throws IOException when answers cannot be read
   */
  public void trials(Trial one, Trial other) throws IOException {
    int before = -1;
    for (int round = 0; round < MAX_ROUNDS && before != differences(); round++) {
      before = differences();
      steady.clear();
      unstable.clear();
      leftOver = new NoiseThresholds.Counts();
      AnswerComparator comparator = comparator();
      for (PlannedRequest request : plan.requests()) {
        Baseline.Answer first = one.answers().of(request.number());
        Baseline.Answer second = other.answers().of(request.number());
        if (first != null && second != null) {
          compare(comparator, request, new Pair(one, first), new Pair(other, second));
        }
      }
      learn();
    }
  }

  private int differences() {
    return noise.values().stream().mapToInt(FieldNoise::count).sum();
  }

  private record Pair(Trial trial, Baseline.Answer answer) {}

  private void compare(AnswerComparator comparator, PlannedRequest request, Pair one, Pair other) {
    String endpoint = endpoint(request.exchange());
    Moments between = new Moments(one.answer().cameEpochNanos(), other.answer().cameEpochNanos());
    List<Mismatch> changes =
        find(
            comparator,
            request,
            Answers.renaming(
                one.trial().target(),
                other.trial().target(),
                one.trial().to(other.trial().fromRecorded())),
            between,
            one.answer().response(),
            other.answer().response());
    leftOver.add(
        endpoints.label(request.exchange()), changes.stream().map(Mismatch::difference).toList());
    for (Mismatch mismatch : changes) {
      Place place = Place.of(endpoint, mismatch.difference());
      if (place == null) {
        unstable.merge(name(null, mismatch, endpoint), 1, Integer::sum);
      } else {
        note(place, mismatch, between, Evidence.TRIALS);
      }
    }
    HttpResponse recorded = request.exchange().bodies().response(request.exchange().exchange());
    if (recorded == null || !isComparable(recorded)) {
      return;
    }
    for (Pair sending : List.of(one, other)) {
      compareWithRecorded(comparator, request, endpoint, recorded, sending);
    }
  }

  private void compareWithRecorded(
      AnswerComparator comparator,
      PlannedRequest request,
      String endpoint,
      HttpResponse recorded,
      Pair sending) {
    Moments moments =
        new Moments(
            request.exchange().exchange().endedEpochNanos(), sending.answer().cameEpochNanos());
    Renaming renaming =
        Answers.renaming(
            request, sending.trial().target(), keepHost, sending.trial().fromRecorded());
    for (Mismatch mismatch :
        find(comparator, request, renaming, moments, recorded, sending.answer().response())) {
      Place place = Place.of(endpoint, mismatch.difference());
      if (place != null && isKnown(place)) {
        note(place, mismatch, moments, Evidence.TRIALS);
      } else if (place != null && followsTheClock(mismatch, moments)) {
        note(place, mismatch, moments, Evidence.CLOCK);
      } else {
        steady.merge(name(place, mismatch, endpoint), 1, Integer::sum);
      }
    }
  }

  private static String name(@Nullable Place place, Mismatch mismatch, String endpoint) {
    return place == null ? mismatch.difference().path() + " of " + endpoint : place.toString();
  }

  private boolean isKnown(Place place) {
    Place array = place.array();
    return noise.containsKey(place)
        || (array != null && noise.containsKey(array))
        || noise.containsKey(place.anywhere());
  }

  private static boolean followsTheClock(Mismatch mismatch, Moments moments) {
    FieldNoise seen = new FieldNoise();
    seen.add(mismatch, moments, Evidence.CLOCK);
    return seen.type() instanceof TimeType time && time.within() != null;
  }

  /** Makes rules of what was noted so far. */
  private void learn() {
    String yaml = written().yaml(List.of(), Map.of());
    try {
      learnt = RulesReader.parse("learnt rules", yaml);
    } catch (RulesException e) {
      throw new IllegalStateException("rules=" + yaml.length() + " characters", e);
    }
  }

  private RulesWriter written() {
    RulesWriter writer = new RulesWriter();
    generalized()
        .forEach(
            (place, seen) -> {
              if (!writer.add(place, seen)) {
                unstable.put(place.toString(), seen.count());
              }
            });
    return writer;
  }

  /**
   * Returns a rules file with what was found at some endpoints, for a test of a part of the plan.
   *
   * @param some their exchanges
   * @param latency how slow endpoints may be: the lines of each rule after its endpoint
   * @return empty when there is nothing
   */
  public String yamlFor(
      Collection<SelectedExchange> some, List<String> comments, Map<String, String> latency) {
    Set<String> labels = some.stream().map(this::endpoint).collect(Collectors.toSet());
    RulesWriter writer = new RulesWriter();
    generalized()
        .forEach(
            (place, seen) -> {
              if (labels.contains(place.endpoint())) {
                writer.add(place, seen);
              }
            });
    return writer.rules() == 0 && latency.isEmpty() ? "" : writer.yaml(comments, latency);
  }

  /** Where many neighbours vary in the same way, one rule is for all of them. */
  private Map<Place, FieldNoise> generalized() {
    Map<Place, List<Place>> groups = new TreeMap<>();
    noise.keySet().stream()
        .filter(place -> !place.anywhere().equals(place) && !place.text().startsWith("$"))
        .forEach(
            place -> groups.computeIfAbsent(place.anywhere(), p -> new ArrayList<>()).add(place));
    Map<Place, FieldNoise> all = new TreeMap<>(noise);
    groups.forEach(
        (anywhere, places) -> {
          boolean lines = anywhere.text().startsWith("line[");
          FieldNoise joined = new FieldNoise();
          places.forEach(place -> joined.addAll(at(place)));
          ValueType type = joined.type();
          boolean alike = type != null && (!lines || joined.isWordwise());
          if (places.size() > MANY_PLACES && alike) {
            all.keySet().removeAll(places);
            all.put(anywhere, joined);
          }
        });
    return all;
  }

  /**
   * Returns which differences between two targets are noise, by the requests' numbers.
   *
   * @param different what differs, by the requests' numbers
   */
  public BiPredicate<Integer, Difference> dismissed(
      NoiseThresholds thresholds, Map<Integer, Comparison> different) {
    return thresholds.judge(plan, endpoints, leftOver, different);
  }

  /** Returns what was found. */
  public Learned learned() {
    return new Learned(written(), learnt, steady, unstable);
  }
}
