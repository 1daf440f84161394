// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestMessages.request;
import static dev.tapedeck.replayer.TestMessages.response;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.diff.Change;
import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.DifferenceKind;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.plan.SkippedExchange;
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
import dev.tapedeck.replayer.rules.RulesReader;
import dev.tapedeck.replayer.target.Target;
import java.util.List;
import java.util.Map;

/** A report with one of everything and no time in it. */
public final class TestReports {
  private static final long MILLI = 1_000_000;

  private TestReports() {}

  public static ReplayReport report() throws Exception {
    SelectedExchange equal = selected(0, "GET", "/equal");
    SelectedExchange different = selected(1, "GET", "/different?a=\u001b[31m&b=<x>");
    SelectedExchange failed = selected(2, "GET", "/failed");
    SelectedExchange stopped = selected(3, "GET", "/stopped");
    SelectedExchange unsafe = selected(4, "POST", "/unsafe");
    List<Difference> differences =
        List.of(
            new Difference(
                "header:cache-control", DifferenceKind.HEADER, Change.MISSING, "no-store", null),
            new Difference("$.paid", DifferenceKind.JSON, Change.TYPE, "true", "null"));
    Comparison comparison = new Comparison(differences, List.of("derived: \u0007"), 0);
    PaceReport pace =
        new PaceReport(
            new Pace.Times(2),
            1000.0,
            999.5,
            new Quantiles(3, 1.5, 2.5, 900, 12_345.678),
            new Quantiles(1, 5000, 5000, 5000, 5000),
            3.25);
    return new ReplayReport(
        new Target(true, "127.0.0.1", 8443),
        5,
        2,
        Map.of(SkipReason.UNSAFE_METHOD, 1, SkipReason.STOPPED_BY_ERRORS, 1),
        Map.of(FailureReason.TIMEOUT, 1),
        2,
        1,
        1,
        Map.of(),
        4,
        2,
        3,
        1,
        2_500 * MILLI,
        pace,
        new Quantiles(2, 1000, 2000, 2_000_000, 2_000_000),
        new Quantiles(2, 900, 1900, 1900, 1900),
        differences.stream().map(d -> new ExchangeDifference(different, d)).toList(),
        Map.of("1.2", List.of("derived_headers_not_compared: body differs")),
        RulesReader.parse("r.yaml", "ignore:\n  - header: x\n").unused(),
        SkipReason.STOPPED_BY_ERRORS,
        List.of(new SkippedExchange(unsafe, SkipReason.UNSAFE_METHOD)),
        List.of(
            result(0, equal, null, null, 10L, null),
            result(1, different, null, null, 20L, comparison),
            result(2, failed, null, FailureReason.TIMEOUT, null, null),
            result(3, stopped, SkipReason.STOPPED_BY_ERRORS, null, null, null)),
        findings(different, differences));
  }

  private static Findings findings(SelectedExchange exchange, List<Difference> differences) {
    Grouping grouping = new Grouping();
    differences.forEach(
        one -> grouping.add("GET /different", new ExchangeDifference(exchange, one)));
    return new Findings(
        grouping.groups(),
        List.of(new SlowEndpoint("GET /slow", 9, 1000, 500_000, 103_000, 8)),
        List.of(new NoisyField("volatile $.at as time of GET /different", 2)));
  }

  private static RequestResult result(
      int number,
      SelectedExchange exchange,
      SkipReason skipped,
      FailureReason failed,
      Long endedMillis,
      Comparison comparison) {
    long due = number * MILLI;
    return new RequestResult(
        new PlannedRequest(number, exchange, 0, due, false, false, List.of()),
        skipped,
        failed,
        null,
        skipped == null ? due + 1500 : null,
        endedMillis == null ? null : endedMillis * MILLI - 500,
        endedMillis == null ? null : endedMillis * MILLI,
        comparison);
  }

  private static SelectedExchange selected(int index, String method, String target) {
    ConnectionInfo connection =
        TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);
    return new SelectedExchange(
        "1." + (index + 1),
        0,
        false,
        exchange(
            1,
            index,
            connection,
            index,
            index + 1,
            request(method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"),
            response("HTTP/1.1 200 OK\r\n\r\n")),
        new BodyStore(Long.MAX_VALUE));
  }
}
