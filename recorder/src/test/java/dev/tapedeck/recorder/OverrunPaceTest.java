// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A reader that takes 3 ms for what it reads at once, on a host with so many CPUs idle. */
final class OverrunPaceTest {
  private static final long SLICE_NANOS = 3_000_000;

  private final OverrunPace pace = new OverrunPace();
  private long nowNanos = 7_000_000_000L;
  private long cpuNanos = 900_000_000;
  private double idleCpuSeconds = 50;

  /** Reads for so long; returns the share of a CPU that it took. */
  private double run(double seconds, double fill, double idleCpus) {
    long begin = nowNanos;
    long cpuBegin = cpuNanos;
    while (nowNanos - begin < seconds * 1e9) {
      cpuNanos += SLICE_NANOS;
      pass(SLICE_NANOS, idleCpus);
      pass(pace.pauseNanos(nowNanos, cpuNanos, fill, () -> idleCpuSeconds), idleCpus);
    }
    return (double) (cpuNanos - cpuBegin) / (nowNanos - begin);
  }

  private void pass(long nanos, double idleCpus) {
    nowNanos += nanos;
    idleCpuSeconds += nanos * idleCpus / 1e9;
  }

  @Test
  void pause_ringWithRoom_neverPausesThoughNothingIsIdle() {
    assertThat(run(5, 0.6, 0)).isEqualTo(1);
    assertThat(pace.isHeldBack()).isFalse();
  }

  @Test
  void pause_fullRingAndNothingIdle_takesASmallShare() {
    run(2, 0.8, 0);
    assertThat(pace.isHeldBack()).isTrue();
    assertThat(run(10, 0.8, 0)).isBetween(0.015, 0.03);
  }

  @Test
  void pause_fullRingForAMoment_takesAll() {
    assertThat(run(0.04, 0.8, 0)).isEqualTo(1);
    run(0.1, 0.1, 0);
    assertThat(run(0.04, 0.8, 0)).isEqualTo(1);
  }

  @Test
  void pause_fullRingAndAnIdleCpu_takesAll() {
    run(1, 0.8, 1);
    assertThat(run(5, 0.8, 0.3)).isGreaterThan(0.99);
  }

  @Test
  void pause_loadGone_takesAllAtOnce() {
    run(3, 0.8, 0);
    run(0.2, 0.8, 2);
    assertThat(run(1, 0.8, 2)).isGreaterThan(0.99);
    run(3, 0.8, 0);
    run(0.1, 0.5, 0);
    assertThat(run(1, 0.5, 0)).isEqualTo(1);
  }
}
