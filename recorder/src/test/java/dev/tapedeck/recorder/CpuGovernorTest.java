// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.recorder.CpuGovernor.Level;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Levels against a load that costs less the more is shed. */
final class CpuGovernorTest {
  private static final long STEP_NANOS = 100_000_000;
  private static final long SECOND_STEPS = 10;
  private static final long LOAD_BYTES = 1 << 20;

  /** What the recorder would use of a CPU at each level, in percent. */
  private final double[] costPercent = new double[4];

  private final List<Level> levels = new ArrayList<>();
  private long nowNanos = 5_000_000_000L;
  private long cpuNanos = 700_000_000;
  private long shedEvents;
  private long readBytes;

  private void run(CpuGovernor governor, long steps) {
    Level level = levels.isEmpty() ? Level.NOTHING : levels.get(levels.size() - 1);
    for (long i = 0; i < steps; i++) {
      nowNanos += STEP_NANOS;
      cpuNanos += (long) (costPercent[level.number()] / 100 * STEP_NANOS);
      shedEvents += level != Level.NOTHING && costPercent[0] > 0 ? 7 : 0;
      readBytes += costPercent[0] > 0 ? LOAD_BYTES : 0;
      level = governor.update(nowNanos, cpuNanos, shedEvents, readBytes);
      levels.add(level);
    }
  }

  private void costs(double nothing, double newPayload, double payload, double calls) {
    costPercent[0] = nothing;
    costPercent[1] = newPayload;
    costPercent[2] = payload;
    costPercent[3] = calls;
  }

  private CpuGovernor governor(double percent) {
    return new CpuGovernor(percent, nowNanos, cpuNanos);
  }

  private double usedPercent(long beforeCpuNanos, long beforeNanos) {
    return 100.0 * (cpuNanos - beforeCpuNanos) / (nowNanos - beforeNanos);
  }

  @Test
  void update_loadWithinTheLimit_shedsNothing() {
    costs(9.9, 9.9, 5, 1);

    run(governor(10), 600 * SECOND_STEPS);

    assertThat(levels).containsOnly(Level.NOTHING);
  }

  @Test
  void update_shortBurst_isPaidFromTheCredit() {
    CpuGovernor governor = governor(10);
    costs(90, 90, 90, 90);
    run(governor, 2);
    costs(1, 1, 1, 1);
    run(governor, 100);

    assertThat(levels).containsOnly(Level.NOTHING);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 2, 5, 20, 50})
  void update_loadOverTheLimit_staysNearIt(double percent) {
    costs(95, 90, percent * 0.6, 0.1);
    CpuGovernor governor = governor(percent);
    run(governor, 30 * SECOND_STEPS);
    long beforeNanos = nowNanos;
    long beforeCpuNanos = cpuNanos;
    run(governor, 300 * SECOND_STEPS);

    assertThat(usedPercent(beforeCpuNanos, beforeNanos)).isLessThan(percent * 1.05);
  }

  @Test
  void update_payloadIsTheCost_keepsTellingCalls() {
    costs(95, 90, 3, 1);

    run(governor(10), 60 * SECOND_STEPS);

    assertThat(levels).contains(Level.PAYLOAD).doesNotContain(Level.CALLS);
  }

  @Test
  void update_evenCallsAreTooMuch_shedsThemLast() {
    costs(95, 90, 30, 2);

    run(governor(10), 60 * SECOND_STEPS);

    assertThat(levels.stream().distinct())
        .containsExactly(Level.NOTHING, Level.NEW_PAYLOAD, Level.PAYLOAD, Level.CALLS);
  }

  @Test
  void update_loadThatStays_triesLessAndLessOften() {
    costs(95, 90, 3, 1);
    CpuGovernor governor = governor(10);
    run(governor, 60 * SECOND_STEPS);
    int first = changes();
    levels.clear();
    levels.add(Level.PAYLOAD);
    run(governor, 10 * 60 * SECOND_STEPS);

    assertThat(changes() / 10.0).as("changes a minute, later").isLessThan(first / 2.0);
  }

  private int changes() {
    int changes = 0;
    for (int i = 1; i < levels.size(); i++) {
      changes += levels.get(i) == levels.get(i - 1) ? 0 : 1;
    }
    return changes;
  }

  @ParameterizedTest
  @CsvSource({"10, 3", "1, 30"})
  void update_loadIsGone_recoversSoon(double percent, long seconds) {
    CpuGovernor governor = governor(percent);
    costs(95, 90, percent / 2, percent / 3);
    run(governor, 300 * SECOND_STEPS);
    costs(0, 0, 0, 0);
    run(governor, seconds * SECOND_STEPS);

    assertThat(levels.get(levels.size() - 1)).isEqualTo(Level.NOTHING);
    assertThat(governor.totalShedNanos()).isBetween(200_000_000_000L, 305_000_000_000L);
  }

  @Test
  void update_loadAfterAnIdleHour_isShedAsSoonAsWithoutIt() {
    CpuGovernor governor = governor(2);
    run(governor, 3600 * SECOND_STEPS);
    levels.clear();
    costs(95, 90, 1, 0.1);
    run(governor, SECOND_STEPS);

    assertThat(levels).contains(Level.PAYLOAD);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5_000})
  void update_loadIsGoneButTimeIsUsed_shedsNothingMore(long bytesAStep) {
    CpuGovernor governor = governor(2);
    costs(95, 90, 30, 2);
    run(governor, 5 * SECOND_STEPS);
    assertThat(levels).contains(Level.CALLS);
    levels.clear();
    for (int i = 0; i < 20 * SECOND_STEPS; i++) {
      nowNanos += STEP_NANOS;
      cpuNanos += STEP_NANOS / 4;
      readBytes += bytesAStep;
      levels.add(governor.update(nowNanos, cpuNanos, shedEvents, readBytes));
    }

    assertThat(levels.subList((int) SECOND_STEPS + 1, levels.size())).containsOnly(Level.NOTHING);
  }

  @Test
  void totalShedNanos_nothingToShed_isNone() {
    CpuGovernor governor = governor(2);
    for (int i = 0; i < 60 * SECOND_STEPS; i++) {
      nowNanos += STEP_NANOS;
      cpuNanos += STEP_NANOS / 20;
      readBytes += LOAD_BYTES;
      levels.add(governor.update(nowNanos, cpuNanos, 0, readBytes));
    }

    assertThat(levels).contains(Level.NEW_PAYLOAD);
    assertThat(governor.totalShedNanos()).isZero();
  }

  @Test
  void finish_shedUntilTheEnd_countsTheLastStretch() {
    CpuGovernor governor = governor(10);
    costs(95, 90, 3, 1);
    run(governor, 2 * SECOND_STEPS);
    long beforeNanos = governor.totalShedNanos();

    governor.finish(nowNanos + STEP_NANOS / 2, shedEvents + 1);

    assertThat(levels.get(levels.size() - 1)).isEqualTo(Level.PAYLOAD);
    assertThat(governor.totalShedNanos()).isEqualTo(beforeNanos + STEP_NANOS / 2);
  }
}
