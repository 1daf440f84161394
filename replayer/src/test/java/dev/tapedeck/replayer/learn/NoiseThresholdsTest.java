// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.replayer.TestPlans;
import dev.tapedeck.replayer.diff.Change;
import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.DifferenceKind;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.plan.ReplayPlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When differences of a place that differs by itself count: on both sides of each threshold. */
final class NoiseThresholdsTest {
  private static final int ANSWERS = 100;
  private static final Difference VALUE = difference("$.v", Change.VALUE);
  private ReplayPlan plan;
  private PlanEndpoints endpoints;

  @BeforeEach
  void plan() throws Exception {
    plan = TestPlans.oneRequestEach(ANSWERS);
    endpoints = PlanEndpoints.of(plan);
    assertThat(endpoints.label(plan.requests().get(0).exchange()))
        .as("one endpoint")
        .isEqualTo(endpoints.label(plan.requests().get(ANSWERS - 1).exchange()));
  }

  private static Difference difference(String path, Change change) {
    return new Difference(path, DifferenceKind.JSON, change, "a", "b");
  }

  /** The first so many answers differ. */
  private Map<Integer, Comparison> differing(int count, Difference difference) {
    Map<Integer, Comparison> different = new HashMap<>();
    for (int i = 0; i < count; i++) {
      different.put(i, new Comparison(List.of(difference), List.of(), 0));
    }
    return different;
  }

  private NoiseThresholds.Counts noise(int count, Difference difference) {
    NoiseThresholds.Counts counts = new NoiseThresholds.Counts();
    String endpoint = endpoints.label(plan.requests().get(0).exchange());
    for (int i = 0; i < count; i++) {
      counts.add(endpoint, List.of(difference));
    }
    return counts;
  }

  private boolean isNoise(NoiseThresholds thresholds, int itself, int between) {
    BiPredicate<Integer, Difference> noise =
        thresholds.judge(plan, endpoints, noise(itself, VALUE), differing(between, VALUE));
    return noise.test(0, VALUE);
  }

  /** By more than 20 percent of both together: 10 and 15 are exactly that. */
  @ParameterizedTest
  @CsvSource({"10, 10, true", "10, 15, true", "10, 16, false", "1, 100, false", "60, 91, false"})
  void judge_moreOftenThanByItself_countsBeyondTheRelativeThreshold(
      int itself, int between, boolean expected) {
    assertThat(isNoise(NoiseThresholds.DEFAULTS, itself, between)).isEqualTo(expected);
  }

  /** By more than that share of the endpoint's answers. */
  @ParameterizedTest
  @CsvSource({"1, 4, true", "1, 6, true", "1, 7, false"})
  void judge_fewMore_countsBeyondTheAbsoluteThreshold(int itself, int between, boolean expected) {
    assertThat(isNoise(new NoiseThresholds(20, 5), itself, between)).isEqualTo(expected);
  }

  @Test
  void judge_neverByItself_alwaysCounts() {
    assertThat(isNoise(new NoiseThresholds(100, 100), 0, 1)).isFalse();
  }

  @Test
  void judge_lessOftenThanByItself_isNoise() {
    assertThat(isNoise(new NoiseThresholds(0, 0), 50, 20)).isTrue();
  }

  /** A text that is another one each time must still be a text, and be there. */
  @ParameterizedTest
  @CsvSource({"TYPE", "MISSING", "FORMAT", "ORDER", "TRUNCATED"})
  void judge_anotherKindOfChangeThanByItself_counts(Change change) {
    Difference broken = difference("$.v", change);

    BiPredicate<Integer, Difference> noise =
        NoiseThresholds.DEFAULTS.judge(
            plan, endpoints, noise(ANSWERS, VALUE), differing(ANSWERS, broken));

    assertThat(noise.test(0, broken)).isFalse();
  }

  @Test
  void judge_otherPlaceOfTheSameAnswers_isJudgedByItself() {
    Difference other = difference("$.w", Change.VALUE);

    BiPredicate<Integer, Difference> noise =
        NoiseThresholds.DEFAULTS.judge(
            plan, endpoints, noise(ANSWERS, VALUE), differing(ANSWERS, other));

    assertThat(noise.test(0, other)).isFalse();
  }

  @Test
  void judge_elementsOfAnArray_areOnePlace() {
    Difference one = difference("$.v[1]", Change.VALUE);
    Difference other = difference("$.v[7]", Change.VALUE);

    BiPredicate<Integer, Difference> noise =
        NoiseThresholds.DEFAULTS.judge(plan, endpoints, noise(50, one), differing(50, other));

    assertThat(noise.test(0, other)).isTrue();
  }

  @Test
  void thresholds_negativeOrNotANumber_areRefused() {
    assertThatThrownBy(() -> new NoiseThresholds(-1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NoiseThresholds(0, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
