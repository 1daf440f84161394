// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows of the TLS matrix that need no large download, memory BIOs among them: the same code as
 * {@code make matrix-tls}, fewer requests.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class TlsMatrixIT {
  @ParameterizedTest
  @ValueSource(strings = {"node-12.22.12", "libssl-3.0", "python", "asyncio", "curl", "nginx"})
  void row_recorded_isByteExactAndRightlyLinked(String row, Path directory) throws Exception {
    RunningProgram.Result result =
        RunningProgram.run(
            directory,
            "matrix",
            List.of(
                Repository.ROOT.resolve("samples/matrix/tls").toString(),
                "--short",
                "--only",
                row,
                "--work",
                directory.resolve("rows").toString()));
    assertThat(result.exitCode()).as(result.output() + result.errors()).isZero();
  }
}
