// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.rehearsal.Rehearsal;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RehearsalTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void run_plainOrTls_exercisesConnectionsAnswersAndComparison(boolean tls) throws Exception {
    ReplayReport report =
        Rehearsal.run(
            ReplayOptions.newBuilder(new Target(tls, "a.example", 1)).build(), Replayer::rehearse);
    assertThat(report.sent()).isEqualTo(800);
    assertThat(report.connectionsOpened()).isEqualTo(8);
    assertThat(report.different()).isEqualTo(800);
    assertThat(report.differences())
        .extracting(difference -> difference.difference())
        .extracting(Difference::path)
        .containsOnly("$.a[2]");
  }
}
