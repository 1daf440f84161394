// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.recorder.bpf.BpfException;
import org.junit.jupiter.api.Test;

/** A reader that takes 3 ms for what it reads at once, on a host with so many CPUs idle. */
final class OverrunPaceTest {
  private static final long SLICE_NANOS = 3_000_000;

  private static final int CPUS = 2;

  private final OverrunPace pace = new OverrunPace(CPUS);
  private long nowNanos = 7_000_000_000L;
  private long cpuNanos = 900_000_000;
  private double idleCpuSeconds = 50;
  private long lostBytes;
  private long readBytes;

  private final OverrunPace.Load load =
      new OverrunPace.Load() {
        @Override
        public double idleCpuSeconds() {
          return idleCpuSeconds;
        }

        @Override
        public long lostBytes() {
          return lostBytes;
        }
      };

  /** Reads for so long a ring that loses when it is full; returns the share of a CPU it took. */
  private double run(double seconds, double fill, double idleCpus) throws BpfException {
    long begin = nowNanos;
    long cpuBegin = cpuNanos;
    while (nowNanos - begin < seconds * 1e9) {
      cpuNanos += SLICE_NANOS;
      pass(SLICE_NANOS, idleCpus);
      lostBytes += fill >= 0.75 ? 100_000 : 0;
      pass(pace.pauseNanos(nowNanos, cpuNanos, fill, readBytes, load), idleCpus);
    }
    return (double) (cpuNanos - cpuBegin) / (nowNanos - begin);
  }

  private void pass(long nanos, double idleCpus) {
    nowNanos += nanos;
    idleCpuSeconds += nanos * idleCpus / 1e9;
  }

  @Test
  void pause_ringWithRoom_neverPausesThoughNothingIsIdle() throws BpfException {
    assertThat(run(5, 0.6, 0)).isEqualTo(1);
    assertThat(pace.isHeldBack()).isFalse();
  }

  @Test
  void pause_fullRingAndNothingIdle_takesASmallShare() throws BpfException {
    run(2, 0.8, 0);
    assertThat(pace.isHeldBack()).isTrue();
    assertThat(run(10, 0.8, 0)).isBetween(0.015, 0.06);
    assertThat(run(60, 0.8, 0)).isBetween(0.015, 0.03);
  }

  @Test
  void pause_fullRingForAMoment_takesAll() throws BpfException {
    assertThat(run(0.04, 0.8, 0)).isEqualTo(1);
    run(0.1, 0.1, 0);
    assertThat(run(0.04, 0.8, 0)).isEqualTo(1);
  }

  @Test
  void pause_fullRingAndAnIdleCpu_takesAll() throws BpfException {
    run(1, 0.8, 1);
    assertThat(run(5, 0.8, 0.3)).isGreaterThan(0.99);
  }

  @Test
  void pause_loadGone_takesAllAtOnce() throws BpfException {
    run(3, 0.8, 0);
    run(0.2, 0.8, 2);
    assertThat(run(1, 0.8, 2)).isGreaterThan(0.99);
    run(3, 0.8, 0);
    run(0.1, 0.5, 0);
    assertThat(run(1, 0.5, 0)).isEqualTo(1);
  }

  /**
   * A reader that always takes as much as is there, and still loses: between two reads it fills.
   */
  @Test
  void pause_ringFilledAndEmptiedInTurn_takesASmallShare() throws BpfException {
    for (int i = 0; i < 40; i++) {
      run(0.003, 0.95, 0);
      run(0.003, pace.isHeldBack() ? 0.95 : 0.3, 0);
    }
    assertThat(pace.isHeldBack()).isTrue();
  }

  @Test
  void pause_loadThatFitsAgainThoughNothingIsIdle_isFoundByATrial() throws BpfException {
    run(3, 0.8, 0);
    assertThat(pace.isHeldBack()).isTrue();
    // Held back it runs over; with all it needs it does not.
    for (int i = 0; i < 3_000; i++) {
      run(0.003, pace.isHeldBack() ? 0.8 : 0.3, 0);
    }
    assertThat(pace.isHeldBack()).isFalse();
    assertThat(run(5, 0.3, 0)).isEqualTo(1);
  }

  @Test
  void pause_overloadThatGoesOn_triesEverMoreSeldom() throws BpfException {
    run(1, 0.8, 0);
    int trials = 0;
    boolean held = pace.isHeldBack();
    for (long end = nowNanos + 60_000_000_000L; nowNanos < end; ) {
      run(0.003, 0.8, 0);
      trials += held && !pace.isHeldBack() ? 1 : 0;
      held = pace.isHeldBack();
    }
    assertThat(trials).isBetween(4, 7);
  }

  /**
   * A load of so many gigabytes a second, of which the reader takes what it can, a gigabyte for
   * each second that it works, and the rest is lost. Returns the share of a CPU it took.
   */
  private double offer(double seconds, double gigabytesPerSecond, double idleCpus)
      throws BpfException {
    long begin = nowNanos;
    long cpuBegin = cpuNanos;
    while (nowNanos - begin < seconds * 1e9) {
      long before = nowNanos;
      cpuNanos += SLICE_NANOS;
      pass(SLICE_NANOS, idleCpus);
      long read = (long) Math.min(SLICE_NANOS, SLICE_NANOS * gigabytesPerSecond);
      readBytes += read;
      pass(pace.pauseNanos(nowNanos, cpuNanos, 0.3, readBytes, load), idleCpus);
      lostBytes += Math.max(0, (long) ((nowNanos - before) * gigabytesPerSecond) - read);
    }
    return (double) (cpuNanos - cpuBegin) / (nowNanos - begin);
  }

  @Test
  void pause_gigabytesOnASaturatedHost_takesASmallShareWithoutTrials() throws BpfException {
    offer(0.2, 2, 0.15);
    assertThat(pace.reason()).isEqualTo(OverrunPace.Reason.COST);
    assertThat(offer(60, 2, 0.15)).isBetween(0.015, 0.03);
    assertThat(pace.reason()).isEqualTo(OverrunPace.Reason.COST);
  }

  @Test
  void pause_gigabytesThatAreAllKeptOnASaturatedHost_takesASmallShareToo() throws BpfException {
    offer(1, 1, 0);
    assertThat(lostBytes).as("until it was held back").isPositive();
    assertThat(pace.reason()).isEqualTo(OverrunPace.Reason.COST);
  }

  @Test
  void pause_gigabytesForAMoment_takesAll() throws BpfException {
    assertThat(offer(0.09, 4, 0)).isEqualTo(1);
    assertThat(pace.reason()).isNull();
  }

  @Test
  void pause_hundredsOfMegabytes_takesAllThoughNothingIsIdle() throws BpfException {
    assertThat(offer(20, 0.9, 0)).isEqualTo(1);
    assertThat(lostBytes).isZero();
  }

  @Test
  void pause_gigabytesOnAHostWithCpusLeft_takesAll() throws BpfException {
    assertThat(offer(20, 0.99, 0.5)).isEqualTo(1);
    assertThat(offer(20, 3, 0.5)).isEqualTo(1);
  }

  @Test
  void pause_gigabytesOnAHostOfManyCpus_isNotTooCostly() throws BpfException {
    OverrunPace large = new OverrunPace(64);
    long read = 0;
    for (int slice = 0; slice < 2_000; slice++) {
      nowNanos += SLICE_NANOS;
      cpuNanos += SLICE_NANOS;
      read += 2 * SLICE_NANOS;
      assertThat(large.pauseNanos(nowNanos, cpuNanos, 0.3, read, load)).isZero();
    }
  }

  @Test
  void pause_gigabytesThatBecomeFewer_takesAllAgain() throws BpfException {
    offer(2, 2, 0);
    offer(1, 0.8, 0);
    assertThat(pace.reason()).as("between the two bounds").isEqualTo(OverrunPace.Reason.COST);
    offer(0.5, 0.7, 0);
    assertThat(pace.reason()).isNull();
    assertThat(offer(5, 0.7, 0)).isEqualTo(1);
  }

  @Test
  void pause_cpusThatAreIdleBesideGigabytes_areUsed() throws BpfException {
    offer(2, 2, 0);
    offer(2, 2, 0.3);
    assertThat(pace.reason()).isNull();
  }
}
