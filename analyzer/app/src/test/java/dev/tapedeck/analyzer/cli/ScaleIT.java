// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.cli.ScaleTraffic.Case;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Memory stays bounded whatever the capture: it is read in a heap that holds only a part of it.
 * {@code -Dscale.megabytes} and {@code -Dscale.heap} make both larger.
 */
class ScaleIT {
  /** What bodies and waiting requests may keep is bounded by numbers that need some heap. */
  private static final long SMALL_HEAP_MEGABYTES = 48;

  private static final long BUDGET_HEAP_MEGABYTES = 192;

  private static final long MILLION_HEAP_MEGABYTES = 160;
  private static final long MAX_REPORT_BYTES = 1 << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Case.class)
  void exchanges_captureLargerThanTheHeap_allListed(Case kind) throws Exception {
    Path file = folder.resolve("scale.tape");
    boolean isOpen = kind == Case.LARGE_BODIES || kind == Case.UNANSWERED;
    long megabytes =
        switch (kind) {
          case MANY_OPEN, ONE_LONG -> SMALL_HEAP_MEGABYTES;
          case LARGE_BODIES -> 2 * BUDGET_HEAP_MEGABYTES;
          case UNANSWERED -> BUDGET_HEAP_MEGABYTES / 2; // Each takes four times its bytes.
        };
    long exchanges =
        ScaleTraffic.write(file, kind, Long.getLong("scale.megabytes", megabytes) << 20);
    Process process =
        start(
            Long.getLong("scale.heap", isOpen ? BUDGET_HEAP_MEGABYTES : SMALL_HEAP_MEGABYTES),
            "exchanges",
            file.toString(),
            "-q");
    long lines = 0;
    try (BufferedReader out = process.inputReader(StandardCharsets.US_ASCII)) {
      while (out.readLine() != null) {
        lines++;
      }
    }
    assertThat(process.waitFor()).isZero();
    assertThat(lines).isEqualTo(exchanges + 1); // With a heading.
  }

  /** The list alone of a million exchanges takes more than the heap and more than the page. */
  @Test
  void report_ofAMillionExchanges_isAsLongAsThatOfAFewThousand() throws Exception {
    Path file = folder.resolve("million.tape");
    Path report = folder.resolve("million.html");
    ScaleTraffic.writeSmall(file, 1_000_000);
    Process process =
        start(MILLION_HEAP_MEGABYTES, "report", file.toString(), "-o", report.toString());
    assertThat(process.waitFor()).isZero();
    assertThat(folder.resolve("errors")).content().contains("1000000 exchanges");
    assertThat(Files.size(report)).isLessThan(MAX_REPORT_BYTES);
  }

  private Process start(long heapMegabytes, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+UseSerialGC", "-Xmx" + heapMegabytes + "m", "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
  }
}
