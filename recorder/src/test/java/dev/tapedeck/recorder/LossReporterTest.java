// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.LossEvent.Cause;
import dev.tapedeck.recorder.KernelSide.LossCount;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LossReporterTest {
  private final LossReporter reporter = new LossReporter(1);

  @Test
  void report_nothingLost_isSilent() {
    assertThat(reporter.report(Map.of(Cause.RING_FULL, new LossCount(0, 0)), 5)).isEmpty();
  }

  @Test
  void report_growingCounters_givesTheDifferences() {
    reporter.report(Map.of(Cause.RING_FULL, new LossCount(2, 100)), 5);

    assertThat(
            reporter.report(
                Map.of(
                    Cause.RING_FULL, new LossCount(5, 400), Cause.READ_FAULT, new LossCount(1, 7)),
                9))
        .anySatisfy(
            event -> {
              assertThat(event.cause()).isEqualTo(Cause.RING_FULL);
              assertThat(event.events()).isEqualTo(3);
              assertThat(event.lostBytes()).isEqualTo(300);
              assertThat(event.stamp().exitNanos()).isEqualTo(9);
            })
        .hasSize(2);
    assertThat(reporter.report(Map.of(Cause.RING_FULL, new LossCount(5, 400)), 10)).isEmpty();
    assertThat(reporter.totals()).containsEntry(Cause.RING_FULL, new LossCount(5, 400));
  }

  @Test
  void mark_level_isALossOfNothingThatTellsIt() {
    LossEvent mark = reporter.mark(Cause.SHED, 2, 11);

    assertThat(mark.cause()).isEqualTo(Cause.SHED);
    assertThat(mark.level()).isEqualTo(2);
    assertThat(mark.events() + mark.lostBytes()).isZero();
    assertThat(reporter.totals()).isEmpty();
  }
}
