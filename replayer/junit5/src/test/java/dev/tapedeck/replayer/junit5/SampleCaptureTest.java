// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The capture of the sample project is what its script says. */
final class SampleCaptureTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("tapedeck.root")).resolve("samples/junit-orders");

  @Test
  void capture_ofTheSample_isWhatItsScriptSays(@TempDir Path folder) throws IOException {
    Path committed = SAMPLE.resolve("src/test/resources/orders/orders.tape");
    Path made = folder.resolve("orders.tape");
    EventScript.parse(Files.readString(SAMPLE.resolve("orders.script"))).writeTo(made);
    if (Boolean.getBoolean("golden.update")) {
      Files.write(committed, Files.readAllBytes(made));
    }
    assertThat(committed).hasSameBinaryContentAs(made);
  }
}
