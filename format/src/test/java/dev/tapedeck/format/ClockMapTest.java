// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClockMapTest {
  private static ClockMap of(long... timesAndRealTimes) {
    ClockMap map = new ClockMap();
    for (int i = 0; i < timesAndRealTimes.length; i += 2) {
      map.add(timesAndRealTimes[i], timesAndRealTimes[i + 1]);
    }
    return map;
  }

  @Test
  void toEpochNanos_noReading_isTheTimeItself() {
    assertThat(new ClockMap().isEmpty()).isTrue();
    assertThat(new ClockMap().toEpochNanos(7)).isEqualTo(7);
  }

  @Test
  void toEpochNanos_atAndAroundReadings_isInterpolatedBetweenThem() {
    ClockMap map = of(100, 1_100, 200, 1_220, 400, 1_400);
    assertThat(map.toEpochNanos(100)).isEqualTo(1_100);
    assertThat(map.toEpochNanos(150)).isEqualTo(1_160);
    assertThat(map.toEpochNanos(200)).isEqualTo(1_220);
    assertThat(map.toEpochNanos(300)).isEqualTo(1_310);
    assertThat(map.toEpochNanos(400)).isEqualTo(1_400);
  }

  @Test
  void toEpochNanos_outsideTheReadings_theNearestCounts() {
    ClockMap map = of(100, 1_100, 200, 1_220);
    assertThat(map.toEpochNanos(40)).isEqualTo(1_040);
    assertThat(map.toEpochNanos(260)).isEqualTo(1_280);
  }

  @Test
  void add_inAnyOrder_isTheSame() {
    ClockMap ascending = new ClockMap();
    ClockMap scattered = new ClockMap();
    for (int i = 0; i < 101; i++) {
      long time = i * 1_000L;
      long shuffled = i * 37 % 101 * 1_000L;
      ascending.add(time, 5_000_000 + time + time / 7);
      scattered.add(shuffled, 5_000_000 + shuffled + shuffled / 7);
    }
    for (long nanos = -500; nanos < 102_000; nanos += 250) {
      assertThat(scattered.toEpochNanos(nanos)).isEqualTo(ascending.toEpochNanos(nanos));
    }
  }

  @Test
  void add_twiceAtOneTime_theFirstCounts() {
    assertThat(of(100, 1_100, 100, 9_000).toEpochNanos(100)).isEqualTo(1_100);
  }

  @Test
  void monotonic_realTimeSetBack_standsStill() {
    ClockMap map = of(100, 1_100, 200, 900, 300, 1_300).monotonic();
    assertThat(map.toEpochNanos(100)).isEqualTo(1_100);
    assertThat(map.toEpochNanos(200)).isEqualTo(1_100);
    assertThat(map.toEpochNanos(300)).isEqualTo(1_300);
  }
}
