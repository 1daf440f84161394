// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One row of the kernel matrix: an older kernel is booted under emulation, and what the recorder
 * keeps there is byte for byte what servers and clients logged.
 *
 * <p>Needs qemu and Debian's packages, but no privilege. Where these cannot be had the test is
 * skipped with the reason; under CI it fails.
 */
@ExtendWith(TestOutput.class)
@Timeout(600) // Emulated, a kernel takes minutes to boot and to be recorded on a busy machine.
final class OtherKernelIT {
  private static final int CANNOT_BE_HAD = 3;
  private static final Duration LONGEST_RUN = Duration.ofSeconds(580);

  @Test
  void record_onAnotherKernel_isByteExact(Path directory) throws Exception {
    RunningProgram.Result result = kernels(directory, "--only", "6.1", "--hooks", "raw_tp");
    assertThat(result.exitCode()).as(result.output() + result.errors()).isZero();
    assertThat(result.output()).contains("1 of 1 kernels hold what is promised");
  }

  @Test
  void kernels_programThatFails_givesItsExitCode(Path directory) throws Exception {
    RunningProgram.Result result = kernels(directory, "--only", "6.1", "--run", "uname -r; exit 7");
    assertThat(result.output()).contains("6.1.0-");
    assertThat(result.exitCode()).as(result.output() + result.errors()).isEqualTo(7);
  }

  private static RunningProgram.Result kernels(Path directory, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Repository.ROOT.resolve("samples/matrix/kernels").toString());
    command.addAll(List.of(arguments));
    try (RunningProgram program = RunningProgram.start(directory, "kernels", command)) {
      int exitCode = program.awaitExit(LONGEST_RUN);
      String errors = program.standardError();
      assumeTrue(exitCode != CANNOT_BE_HAD || "true".equals(System.getenv("CI")), errors);
      return new RunningProgram.Result(exitCode, program.standardOutput(), errors);
    }
  }
}
