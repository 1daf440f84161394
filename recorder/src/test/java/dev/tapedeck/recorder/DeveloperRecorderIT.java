// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Cases of {@code bpf/test/run.py}, the kernel side without the recorder, that no other test has:
 * the copies of programs that newer kernels need, slots that preempted calls hold, a library's own
 * calls, sockets older than the recording, pages that are served late.
 */
@BpfTest
final class DeveloperRecorderIT {
  private static final Path BPF = Path.of(System.getProperty("tapedeck.root"), "bpf");

  @TempDir Path folder;
  private Path object;
  private Path program;

  @BeforeEach
  void build() throws Exception {
    object =
        Files.write(
            folder.resolve("tapedeck.bpf.o"),
            KernelSide.resource(HostKernel.current(), "tapedeck.bpf.o"));
    program = folder.resolve("test/record");
    assertThat(
            TestServers.run(
                folder,
                "make",
                "--no-print-directory",
                "-C",
                BPF.toString(),
                "OUT=" + folder,
                program.toString()))
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({"raw_tp, slots library late pages", "raw_tp_copies, plain sockets"})
  void run_casesOfTheKernelSide_hold(String hooks, String cases) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "HOOKS=" + hooks,
                "/usr/bin/python3",
                BPF.resolve("test/run.py").toString(),
                program.toString(),
                object.toString()));
    command.addAll(List.of(cases.split(" ")));

    int exitCode = TestServers.run(folder, command.toArray(String[]::new));

    assertThat(exitCode).as(Files.readString(folder.resolve("programs.log"))).isZero();
  }
}
