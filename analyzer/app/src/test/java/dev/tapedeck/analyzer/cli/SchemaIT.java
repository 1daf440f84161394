// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code analyzer schema} prints is all that Debian's zstd and protoc need. */
class SchemaIT {
  @TempDir Path folder;

  @Test
  void schema_printed_decodesACapture() throws Exception {
    Path file = TestCaptures.shop(folder);
    Files.writeString(folder.resolve("capture.proto"), CliRun.of("schema").out());
    Path raw = folder.resolve("raw");
    run(file, raw, List.of("zstd", "-dc"));
    Path text = folder.resolve("text");
    run(raw, text, List.of("protoc", "--decode", "tapedeck.capture.v1.Capture", "capture.proto"));
    assertThat(Files.readString(text)).contains("GET /orders", "tls_handshakes {", "10.0.0.2");
  }

  private void run(Path input, Path output, List<String> command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(input.toFile())
              .redirectOutput(output.toFile())
              .redirectError(folder.resolve("errors").toFile())
              .start();
    } catch (IOException e) {
      // Continuous integration installs the tools; a laptop may lack them.
      assumeTrue(System.getenv("CI") != null, command.get(0) + " is not installed");
      throw e;
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("errors"))).isZero();
  }
}
