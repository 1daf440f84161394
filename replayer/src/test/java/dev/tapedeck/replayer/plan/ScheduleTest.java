// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
  private static final long ORIGIN = 1_700_000_000_000_000_000L;

  @Test
  void dueNanos_original_keepsEveryDistance() {
    Schedule schedule =
        Schedule.of(Pace.ORIGINAL, ORIGIN, ORIGIN + 10_000_000_000L, 10_000, Duration.ZERO);
    assertThat(schedule.dueNanos(ORIGIN)).isZero();
    assertThat(schedule.dueNanos(ORIGIN + 1_234_567_891L)).isEqualTo(1_234_567_891L);
    assertThat(schedule.dueNanos(ORIGIN - 5)).isEqualTo(-5);
  }

  @Test
  void dueNanos_times_dividesDistances() {
    Schedule schedule = Schedule.of(new Pace.Times(4), ORIGIN, ORIGIN + 1000, 2, Duration.ZERO);
    assertThat(schedule.dueNanos(ORIGIN + 1000)).isEqualTo(250);
  }

  @Test
  void dueNanos_rate_scalesTheWholeTimelineByOneFactor() {
    // 101 requests in 20 s are 5/s; at 50/s the last is due after 2 s and gaps keep their ratio.
    Schedule schedule =
        Schedule.of(new Pace.Rate(50), ORIGIN, ORIGIN + 20_000_000_000L, 101, Duration.ZERO);
    assertThat(schedule.dueNanos(ORIGIN + 20_000_000_000L)).isEqualTo(2_000_000_000L);
    assertThat(schedule.dueNanos(ORIGIN + 5_000_000_000L)).isEqualTo(500_000_000L);
  }

  @Test
  void dueNanos_rateOfOneMoment_isThatMoment() {
    Schedule schedule = Schedule.of(new Pace.Rate(50), ORIGIN, ORIGIN, 1, Duration.ZERO);
    assertThat(schedule.dueNanos(ORIGIN)).isZero();
  }

  @Test
  void dueNanos_max_isAlwaysNow() {
    Schedule schedule = Schedule.of(Pace.MAX, ORIGIN, ORIGIN + 1_000_000, 10, Duration.ZERO);
    assertThat(schedule.dueNanos(ORIGIN + 999_999)).isZero();
  }

  @Test
  void dueNanos_ramp_growsEvenlyToFullSpeed() {
    Schedule schedule = Schedule.of(Pace.ORIGINAL, ORIGIN, ORIGIN + 1000, 2, Duration.ofNanos(100));
    assertThat(schedule.dueNanos(ORIGIN - 7)).isEqualTo(-7);
    assertThat(schedule.dueNanos(ORIGIN)).isZero();
    // Half way through the ramp a quarter of what it holds is due.
    assertThat(schedule.dueNanos(ORIGIN + 50 / 4)).isEqualTo(49);
    assertThat(schedule.dueNanos(ORIGIN + 50)).isEqualTo(100);
    assertThat(schedule.dueNanos(ORIGIN + 450)).isEqualTo(500);
  }
}
