// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The recorder holds the capabilities that a recording needs, and never had others. */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class LeastPrivilegeIT {
  /**
   * CAP_DAC_READ_SEARCH 2, CAP_SYS_PTRACE 19, CAP_PERFMON 38, CAP_BPF 39, CAP_CHECKPOINT_RESTORE
   * 40.
   */
  private static final long NEEDED = 1L << 2 | 1L << 19 | 1L << 38 | 1L << 39 | 1L << 40;

  /** Some user that is not root. */
  private static final int USER = 65_534;

  @TempDir Path folder;

  /** Each thread's fields of {@code /proc/PID/task/TID/status} that begin with a word. */
  private static List<Map<String, String>> threads(long pid) throws IOException {
    List<Map<String, String>> threads = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks.toList()) {
        try {
          threads.add(
              Files.readAllLines(task.resolve("status")).stream()
                  .map(line -> line.split(":\\s*", 2))
                  .collect(Collectors.toMap(field -> field[0], field -> field[1])));
        } catch (IOException e) {
          // A JVM ends threads that it has no work for.
          assertThat(task).doesNotExist();
        }
      }
    }
    return threads;
  }

  private static long bits(Map<String, String> thread, String field) {
    return Long.parseUnsignedLong(thread.get(field), 16);
  }

  @Test
  void record_asRoot_noThreadHoldsMoreThanFiveCapabilities(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service server = servers.digestServer(true);
      try (RunningProgram recorder =
          tools.startRecorder("--pid", Long.toString(server.program().pid()))) {
        assertThat(threads(recorder.pid()))
            .hasSizeGreaterThan(3)
            .allSatisfy(
                thread -> {
                  assertThat(bits(thread, "CapPrm")).isEqualTo(NEEDED);
                  assertThat(bits(thread, "CapBnd")).isEqualTo(NEEDED);
                  assertThat(bits(thread, "CapEff") & ~NEEDED).isZero();
                  assertThat(bits(thread, "CapInh")).isZero();
                  assertThat(bits(thread, "CapAmb")).isZero();
                });
        assertRecords(tools, directory, recorder, server);
      }
    }
  }

  @Test
  void record_bySudoIntoTheUsersFolder_isTheUsersFileAndProcess(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    // Not below the test's own folder, which other users may not look into.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setAttribute(folder, "unix:uid", USER);
    Path capture = folder.resolve("x.tape");
    List<String> command =
        List.of(
            "env",
            "SUDO_UID=" + USER,
            "SUDO_GID=" + USER,
            Repository.launcher("recorder"),
            "record",
            "-o",
            capture.toString(),
            "--comm",
            "no-such-program");
    try (RunningProgram recorder = RunningProgram.start(directory, "recorder", command)) {
      recorder.awaitErrorLine("recording");
      assertThat(threads(recorder.pid()))
          .allSatisfy(
              thread -> {
                assertThat(thread.get("Uid").split("\t")).containsOnly(Integer.toString(USER));
                assertThat(bits(thread, "CapPrm")).isEqualTo(NEEDED);
                assertThat(bits(thread, "CapBnd")).isEqualTo(NEEDED);
              });
      assertThat(recorder.terminate()).as(recorder.standardError()).isZero();
      assertThat(recorder.standardError()).doesNotContain("EACCES", "EPERM");
    }
    assertThat(Files.getAttribute(capture, "unix:uid")).isEqualTo(USER);
    assertThat(tools.analyzeExchanges(capture).exitCode()).isZero();
  }

  @Test
  void record_command_mayDoWhatItMayWithoutTheRecorder(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    RunningProgram.Result alone = status(directory);

    RunningProgram.Result recorded = tools.record("--", "grep", "^Cap", "/proc/self/status");

    assertThat(recorded.exitCode()).as(recorded.errors()).isZero();
    assertThat(recorded.output()).isEqualTo(alone.output());
  }

  private static RunningProgram.Result status(Path directory) throws Exception {
    return RunningProgram.run(directory, "status", List.of("grep", "^Cap", "/proc/self/status"));
  }

  private static void assertRecords(
      Tools tools, Path directory, RunningProgram recorder, SampleServers.Service server)
      throws Exception {
    RunningProgram.Result got =
        RunningProgram.run(
            directory,
            "curl",
            List.of("curl", "-sk", "--fail", server.url("/bytes/16385?mode=plain&seed=1")));
    assertThat(got.exitCode()).as(got.errors()).isZero();
    tools.finish(recorder);
    List<JsonNode> exchanges = tools.exchanges();
    assertThat(exchanges).hasSize(1);
    assertThat(exchanges.get(0).get("completeness").asString()).isEqualTo("complete");
  }
}
