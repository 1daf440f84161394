// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.DifferenceKind;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import dev.tapedeck.replayer.result.SlowEndpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How a change of the target shows in one exchange, or in the time that an endpoint takes.
 *
 * @param exchangeId in which; empty for an endpoint
 * @param what differs there, without values that differ from run to run
 */
record Symptom(String exchangeId, String what) {
  private static final String SLOW = "latency of ";

  /** Returns everything that shows in a report, in its order. */
  static Set<Symptom> of(ReplayReport report) {
    Set<Symptom> symptoms = new LinkedHashSet<>();
    for (RequestResult result : report.results()) {
      if (failed(result)) {
        symptoms.add(new Symptom(result.request().exchange().id(), failure(result)));
      }
    }
    for (ExchangeDifference one : inAnswers(report)) {
      symptoms.add(new Symptom(one.exchange().id(), what(one.difference())));
    }
    for (SlowEndpoint slow : report.findings().slow()) {
      symptoms.add(of(slow));
    }
    return symptoms;
  }

  private static Symptom of(SlowEndpoint slow) {
    return new Symptom("", SLOW + slow.endpoint());
  }

  /** Which exchange of a slow endpoint is named says little: each time it may be another one. */
  private static List<ExchangeDifference> inAnswers(ReplayReport report) {
    return report.differences().stream()
        .filter(one -> one.difference().kind() != DifferenceKind.LATENCY)
        .toList();
  }

  /**
   * Returns one symptom for each cause, the first: what differs alike at the same endpoint is taken
   * for one.
   */
  static List<Symptom> representatives(ReplayReport report, PlanEndpoints endpoints, int most) {
    Map<String, Symptom> causes = new LinkedHashMap<>();
    for (RequestResult result : report.results()) {
      if (failed(result)) {
        causes.putIfAbsent(
            endpoints.label(result.request().exchange()) + " " + failure(result),
            new Symptom(result.request().exchange().id(), failure(result)));
      }
    }
    for (ExchangeDifference one : inAnswers(report)) {
      String what = what(one.difference());
      causes.putIfAbsent(
          endpoints.label(one.exchange()) + " " + what.replaceAll("\\[[0-9]+]", "[*]"),
          new Symptom(one.exchange().id(), what));
    }
    for (SlowEndpoint slow : report.findings().slow()) {
      causes.putIfAbsent(SLOW + slow.endpoint(), of(slow));
    }
    return causes.values().stream().limit(most).toList();
  }

  /**
   * Returns the numbers of the requests in which these show: of a slow endpoint as many as it takes
   * to say so, those that took longest.
   */
  static Set<Integer> numbers(
      List<Symptom> symptoms, ReplayReport report, PlanEndpoints endpoints) {
    Set<String> ids = symptoms.stream().map(Symptom::exchangeId).collect(Collectors.toSet());
    Set<Integer> numbers =
        report.results().stream()
            .map(RequestResult::request)
            .filter(request -> ids.contains(request.exchange().id()))
            .map(PlannedRequest::number)
            .collect(Collectors.toCollection(TreeSet::new));
    for (SlowEndpoint slow : report.findings().slow()) {
      if (symptoms.contains(of(slow))) {
        report.results().stream()
            .filter(one -> endpoints.label(one.request().exchange()).equals(slow.endpoint()))
            .sorted(Comparator.comparingLong(Symptom::tookNanos).reversed())
            .limit(slow.minAnswers())
            .forEach(one -> numbers.add(one.request().number()));
      }
    }
    return numbers;
  }

  private static long tookNanos(RequestResult result) {
    Long sent = result.sentNanos();
    Long ended = result.endedNanos();
    return sent == null || ended == null ? -1 : ended - sent;
  }

  /** A target that does not listen is no cause that exchanges could show. */
  private static boolean failed(RequestResult result) {
    return result.failed() != null && !result.failed().isOfConnecting();
  }

  private static String failure(RequestResult result) {
    return "no answer: " + (result.failed() == null ? "" : result.failed().jsonName());
  }

  /** A status is what it is; other values may hold what the target mints anew each time. */
  private static String what(Difference difference) {
    String actual = difference.kind() == DifferenceKind.STATUS ? " " + difference.actual() : "";
    return difference.kind().jsonName()
        + " "
        + difference.path()
        + " "
        + difference.change().jsonName()
        + actual;
  }

  /** Returns those of these that a report shows too. */
  static List<Symptom> shown(List<Symptom> wanted, ReplayReport report) {
    Set<Symptom> seen = new HashSet<>(of(report));
    List<Symptom> shown = new ArrayList<>(wanted);
    shown.retainAll(seen);
    return shown;
  }
}
