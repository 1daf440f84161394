// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import dev.tapedeck.analyzer.endpoint.EndpointKey;
import dev.tapedeck.analyzer.endpoint.EndpointLearner;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.DifferenceKind;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a change of the target shows in one exchange.
 *
 * @param exchangeId in which
 * @param what differs there, without values that differ from run to run
 */
record Symptom(String exchangeId, String what) {
  /** Returns everything that shows in a report, in its order. */
  static Set<Symptom> of(ReplayReport report) {
    Set<Symptom> symptoms = new LinkedHashSet<>();
    for (RequestResult result : report.results()) {
      if (result.failed() != null) {
        symptoms.add(new Symptom(result.request().exchange().id(), failure(result)));
      }
    }
    for (ExchangeDifference one : report.differences()) {
      symptoms.add(new Symptom(one.exchange().id(), what(one.difference())));
    }
    return symptoms;
  }

  /**
   * Returns one symptom for each cause, the first: what differs alike at the same endpoint is taken
   * for one.
   */
  static List<Symptom> representatives(ReplayReport report, int most) {
    EndpointLearner learner = new EndpointLearner();
    report.results().forEach(one -> learner.add(one.request().exchange().exchange()));
    Endpoints endpoints = learner.learned();
    Map<String, Symptom> causes = new LinkedHashMap<>();
    for (RequestResult result : report.results()) {
      if (result.failed() != null) {
        SelectedExchange exchange = result.request().exchange();
        causes.putIfAbsent(
            endpoint(endpoints, exchange) + failure(result),
            new Symptom(exchange.id(), failure(result)));
      }
    }
    for (ExchangeDifference one : report.differences()) {
      String what = what(one.difference());
      causes.putIfAbsent(
          endpoint(endpoints, one.exchange()) + what.replaceAll("\\[[0-9]+]", "[*]"),
          new Symptom(one.exchange().id(), what));
    }
    return causes.values().stream().limit(most).toList();
  }

  private static String endpoint(Endpoints endpoints, SelectedExchange exchange) {
    EndpointKey key = endpoints.of(exchange.exchange());
    return (key == null ? exchange.method() + " " + exchange.target() : key.label()) + " ";
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
