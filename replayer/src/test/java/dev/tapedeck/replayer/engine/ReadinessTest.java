// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.replayer.TestPlans;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReadinessTest {
  @Test
  void readyNanos_dependsOnNothing_isNever() throws Exception {
    ReplayPlan plan = TestPlans.oneRequestEach(3);
    assertThat(new Readiness(plan).readyNanos(plan.requests().get(2))).isEqualTo(Timings.NEVER);
  }

  @Test
  void readyNanos_ofSeveral_isWhenTheLastWasSettled() throws Exception {
    ReplayPlan plan = TestPlans.depending(TestPlans.oneRequestEach(3), Map.of(2, Set.of(0, 1)));
    PlannedRequest last = plan.requests().get(2);
    Readiness readiness = new Readiness(plan);
    assertThat(readiness.firstPending(last)).isZero();
    readiness.settled(0, 70);
    assertThat(readiness.readyNanos(last)).isEqualTo(Readiness.PENDING);
    assertThat(readiness.firstPending(last)).isEqualTo(1);
    readiness.settled(1, 50);
    assertThat(readiness.readyNanos(last)).isEqualTo(70);
    assertThat(readiness.firstPending(last)).isEqualTo(-1);
  }

  @Test
  void whenSettled_beforeAndAfter_runsEachActionOnce() throws Exception {
    ReplayPlan plan = TestPlans.depending(TestPlans.oneRequestEach(2), Map.of(1, Set.of(0)));
    Readiness readiness = new Readiness(plan);
    List<String> ran = new ArrayList<>();
    readiness.whenSettled(0, () -> ran.add("waited"));
    assertThat(ran).isEmpty();
    readiness.settled(0, 1);
    readiness.whenSettled(0, () -> ran.add("came late"));
    assertThat(ran).containsExactly("waited", "came late");
  }
}
