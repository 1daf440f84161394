// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the TLS matrix compares with can fail: the unit tests of its Python parts. */
@ExtendWith(TestOutput.class)
final class TlsMatrixComparisonTest {
  @Test
  void comparison_ofWrongCaptures_findsWhatIsWrong(Path directory) throws Exception {
    RunningProgram.Result result =
        RunningProgram.run(
            directory,
            "unittest",
            List.of(
                "/usr/bin/python3",
                "-m",
                "unittest",
                "discover",
                "-s",
                Repository.ROOT.resolve("samples/matrix/tests").toString()));
    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.errors()).containsPattern("Ran \\d{2} tests");
  }
}
