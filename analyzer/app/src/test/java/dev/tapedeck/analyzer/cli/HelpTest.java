// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "info",
        "sessions",
        "exchanges",
        "show",
        "stats",
        "query",
        "serve",
        "report",
        "export",
        "export har",
        "export pcapng",
        "export curl",
        "export k6",
        "export openapi",
        "export parquet",
        "import",
        "import pcap",
        "import har",
        "dump",
        "recover",
        "split",
        "cat",
        "decrypt",
        "doctor",
        "filter",
        "merge",
        "repack",
        "redact",
        "scan",
        "schema"
      })
  void help_everyCommand_hasExampleAndExitCodes(String command) throws IOException {
    String[] words = (command + " --help").strip().split(" ");
    CliRun run = CliRun.of((Object[]) words);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Exit codes:").containsPattern("Examples?:\n  analyzer ");
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    Golden.assertMatches("help/" + (command.isEmpty() ? "analyzer" : command) + ".txt", run.out());
  }

  @Test
  void version_saysOwnAndJavas() {
    CliRun run = CliRun.of("--version");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .matches("analyzer \\d+\\.\\d+.*\nJava " + Runtime.version().feature() + ".*\n");
    assertThat(CliRun.of("exchanges", "--version").out()).isEqualTo(run.out());
  }

  @Test
  void generateCompletion_knowsTheCommands() {
    CliRun run = CliRun.of("generate-completion");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("exchanges", "--include-secrets");
  }
}
