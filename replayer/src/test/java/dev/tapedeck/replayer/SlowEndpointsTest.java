// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.SlowEndpoint;
import dev.tapedeck.replayer.rules.LatencyRule;
import dev.tapedeck.replayer.rules.RulesReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the line is drawn between slow and not: on both sides of each limit. */
final class SlowEndpointsTest {
  private static final int ENOUGH = LatencyRule.DEFAULT_SAMPLES;
  private ReplayPlan plan;

  @BeforeEach
  void plan() throws Exception {
    plan = TestPlans.oneRequestEach(40);
  }

  private List<SlowEndpoint> slow(List<LatencyRule> rules, double[] before, double[] now) {
    return found(rules, before, now).stream().map(Found::endpoint).toList();
  }

  private record Found(SlowEndpoint endpoint, ExchangeDifference difference) {}

  /** Times in milliseconds. */
  private List<Found> found(List<LatencyRule> rules, double[] before, double[] now) {
    return found(rules, before, now, 0);
  }

  private List<Found> found(
      List<LatencyRule> rules, double[] before, double[] now, double ownMillis) {
    SlowEndpoints endpoints = new SlowEndpoints(rules);
    for (int i = 0; i < now.length; i++) {
      PlannedRequest request = plan.requests().get(i);
      endpoints.add(
          "GET /x",
          request,
          (long) (before[i] * 1e6),
          (long) (now[i] * 1e6),
          (long) (ownMillis * 1e6));
    }
    List<Found> found = new ArrayList<>();
    endpoints.forEach((endpoint, difference) -> found.add(new Found(endpoint, difference)));
    return found;
  }

  private static double[] all(int count, double millis) {
    double[] times = new double[count];
    Arrays.fill(times, millis);
    return times;
  }

  private static List<LatencyRule> usual() {
    return List.of(LatencyRule.defaults());
  }

  private static List<LatencyRule> rules(String yaml) throws Exception {
    return RulesReader.parse("rules.yaml", "latency: [" + yaml + "]").latency();
  }

  /** Three times the recorded median and 100 ms: 130 ms of 10, 400 ms of 100. */
  @ParameterizedTest
  @CsvSource({"10, 130, false", "10, 130.01, true", "100, 400, false", "100, 400.01, true"})
  void forEach_median_isSlowBeyondFactorAndAddition(double before, double now, boolean expected) {
    assertThat(slow(usual(), all(ENOUGH, before), all(ENOUGH, now))).hasSize(expected ? 1 : 0);
  }

  @Test
  void forEach_slowOne_saysTimesAndLimit() {
    Found found = found(usual(), all(ENOUGH, 10), all(ENOUGH, 500)).get(0);

    assertThat(found.endpoint().endpoint()).isEqualTo("GET /x");
    assertThat(found.endpoint().answers()).isEqualTo(ENOUGH);
    assertThat(found.endpoint().minAnswers()).isEqualTo(ENOUGH);
    assertThat(found.endpoint().baselineP50Micros()).isCloseTo(10_000, within(0.1));
    assertThat(found.endpoint().actualP50Micros()).isCloseTo(500_000, within(0.1));
    assertThat(found.endpoint().limitMicros()).isCloseTo(130_000, within(0.1));
    assertThat(found.difference().difference().actual())
        .isEqualTo("median 500.0 ms of 8 answers; at most 130.0 ms");
  }

  @Test
  void forEach_fewAnswers_saysNothing() {
    assertThat(slow(usual(), all(ENOUGH - 1, 1), all(ENOUGH - 1, 5000))).isEmpty();
  }

  /** Some late answers make no endpoint slow, and neither does a few that were slow before. */
  @Test
  void forEach_someLate_isNotSlow() {
    double[] now = all(20, 10);
    Arrays.fill(now, 0, 9, 5000);
    assertThat(slow(usual(), all(20, 10), now)).isEmpty();
    Arrays.fill(now, 0, 16, 5000);
    assertThat(slow(usual(), all(20, 10), now)).hasSize(1);
  }

  /** More than a quarter were as slow when they were recorded: one cannot tell. */
  @Test
  void forEach_slowInTheRecordingToo_isNotSlow() {
    double[] before = all(20, 10);
    Arrays.fill(before, 0, 6, 6000);
    assertThat(slow(usual(), before, all(20, 5000))).isEmpty();
    double[] fewer = all(20, 10);
    Arrays.fill(fewer, 0, 4, 6000);
    assertThat(slow(usual(), fewer, all(20, 5000))).hasSize(1);
  }

  /** 130 ms, and as late as the replayer itself was: on a busy host it is late at reading, too. */
  @ParameterizedTest
  @CsvSource({"80, 210, false", "80, 210.01, true", "9000, 380, false", "9000, 380.01, true"})
  void forEach_lateReplayer_isNotTakenForASlowTarget(double own, double now, boolean expected) {
    assertThat(found(usual(), all(ENOUGH, 10), all(ENOUGH, now), own)).hasSize(expected ? 1 : 0);
  }

  @Test
  void forEach_slowestExchange_isTheSample() {
    double[] now = all(ENOUGH, 500);
    now[5] = 900;
    assertThat(found(usual(), all(ENOUGH, 10), now).get(0).difference().exchange().target())
        .isEqualTo("/5");
  }

  @Test
  void forEach_rules_theFirstThatIsForTheEndpointCounts() throws Exception {
    List<LatencyRule> rules =
        rules("{endpoint: GET /*, add: 1s, factor: 1, samples: 2}, {add: 0ms, samples: 1}");

    assertThat(slow(rules, all(2, 10), all(2, 1009))).isEmpty();
    assertThat(slow(rules, all(2, 10), all(2, 1011))).hasSize(1);
    assertThat(slow(rules, all(1, 10), all(1, 1011))).isEmpty();
    assertThat(rules.get(0).uses()).isEqualTo(2);
    assertThat(rules.get(1).uses()).isZero();
  }

  @Test
  void forEach_noRuleForTheEndpoint_saysNothing() throws Exception {
    assertThat(slow(rules("{endpoint: POST /*}"), all(ENOUGH, 1), all(ENOUGH, 9000))).isEmpty();
    assertThat(slow(List.of(), all(ENOUGH, 1), all(ENOUGH, 9000))).isEmpty();
  }
}
