// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The benchmark in its short form: that it measures, not what. */
final class ReplayBenchTest {
  @Test
  void run_short_measuresAgainstWrkAndSaysWhatIsMissing() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    ReplayBench.run(true, new PrintStream(out, true, StandardCharsets.UTF_8));

    String told = out.toString(StandardCharsets.UTF_8);
    assertThat(told)
        .containsPattern("replay at max: [1-9][0-9]*/s, wrk: [1-9][0-9]*/s, ratio [0-9.]+ \\(")
        .contains("2000 of 2000 equal", "10000 of 10000 equal")
        .containsPattern("GoReplay( at 1000/s: achieved [0-9]|: not available)");
  }
}
