// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives held against the schema of HAR 1.2 that others wrote, by their validator. */
final class HarSchemaIT {
  /** Says {@code valid}, or what is wrong. */
  private static final String VALIDATE =
      "require('har-validator').har(JSON.parse(require('fs').readFileSync(0, 'utf8')))"
          + ".then(() => console.log('valid'), e => console.log(JSON.stringify(e.errors)))";

  @TempDir Path folder;

  private String validate(Path har) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("node", "-e", VALIDATE)
            .redirectInput(har.toFile())
            .redirectErrorStream(true);
    builder.environment().put("NODE_PATH", "/usr/share/nodejs");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }

  private Path export(Path capture, String... more) {
    Path har = folder.resolve("out.har");
    Object[] words = new Object[5 + more.length];
    System.arraycopy(new Object[] {"export", "har", capture, "-o", har.toString()}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    CliRun run = CliRun.of(words);
    assertThat(run.exitCode()).as(run.err()).isLessThan(2);
    return har;
  }

  @Test
  void har_everyKindOfCapture_isValidByTheSchemaOfOthers() throws Exception {
    for (Path capture :
        new Path[] {
          TestCaptures.shop(folder), TestCaptures.calls(folder), TestCaptures.empty(folder)
        }) {
      assertThat(validate(export(capture))).as("%s, masked", capture).isEqualTo("valid");
      assertThat(validate(export(capture, "--include-secrets")))
          .as("%s, whole", capture)
          .isEqualTo("valid");
    }
  }

  @Test
  void validator_archiveWithoutMethods_findsThat() throws Exception {
    Path har = export(TestCaptures.shop(folder));
    Files.writeString(har, Files.readString(har).replaceAll("\"method\" ?: ?\"[A-Z]+\",", ""));
    assertThat(validate(har)).contains("should have required property 'method'");
  }
}
