// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a stranger runs first works, and cleans up behind itself. */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class DemoIT {
  private static final Pattern PROCESS = Pattern.compile("process (\\d+)");

  @Test
  void demo_onABuiltTree_findsThePlantedRegressions(Path directory) throws Exception {
    Path folder = directory.resolve("out");
    RunningProgram.Result demo =
        RunningProgram.run(
            directory,
            "demo",
            List.of(Repository.ROOT.resolve("demo").toString(), folder.toString()));
    assertThat(demo.exitCode()).as(demo.output() + demo.errors()).isZero();
    assertThat(demo.output())
        .contains("up to date", "GET /api/orders", folder.toString())
        .contains("These are exactly the three planted regressions.");
    assertThat(folder.resolve("orders.har")).isNotEmptyFile();
    assertPrivate(folder);

    Matcher process = PROCESS.matcher(demo.output());
    int processes = 0;
    while (process.find()) {
      processes++;
      assertThat(Path.of("/proc", process.group(1))).doesNotExist();
    }
    assertThat(processes).isEqualTo(2);
  }

  @Test
  void demo_unknownOption_isAUsageError(Path directory) throws Exception {
    RunningProgram.Result demo =
        RunningProgram.run(
            directory, "demo", List.of(Repository.ROOT.resolve("demo").toString(), "--fast"));
    assertThat(demo.exitCode()).isEqualTo(2);
    assertThat(demo.errors()).contains("--fast").hasLineCount(1);
  }

  private static void assertPrivate(Path folder) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(tape|har)")).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
  }
}
