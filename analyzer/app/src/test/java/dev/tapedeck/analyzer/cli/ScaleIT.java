// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Memory stays bounded whatever the capture: it is read in a heap that is a fraction of it. {@code
 * -Dscale.megabytes} and {@code -Dscale.heap} make it a larger one.
 */
class ScaleIT {
  private static final long BYTES = Long.getLong("scale.megabytes", 96) << 20;
  private static final String HEAP = "-Xmx" + Long.getLong("scale.heap", 64) + "m";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(ScaleTraffic.Case.class)
  void exchanges_captureLargerThanTheHeap_allListed(ScaleTraffic.Case kind) throws Exception {
    Path file = folder.resolve("scale.tape");
    long exchanges = ScaleTraffic.write(file, kind, BYTES);
    Process process = start(file);
    long lines = 0;
    try (BufferedReader out = process.inputReader(StandardCharsets.US_ASCII)) {
      while (out.readLine() != null) {
        lines++;
      }
    }
    assertThat(process.waitFor()).isZero();
    assertThat(lines).isEqualTo(exchanges);
  }

  private Process start(Path file) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", HEAP, "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(
        List.of("exchanges", file.toString(), "--format", "ndjson", "--bodies", "none", "-q"));
    return new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
  }
}
