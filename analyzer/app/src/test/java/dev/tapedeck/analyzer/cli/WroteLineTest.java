// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What exports and reports say when they have written a file. */
final class WroteLineTest {
  @TempDir Path folder;

  private CliRun run(String command, Path out, String... more) throws IOException {
    Path file = TestCaptures.shop(folder);
    Object[] words =
        (command + " FILE -o OUT " + String.join(" ", more))
            .strip()
            .replace("FILE", file.toString())
            .replace("OUT", out.toString())
            .split(" ");
    return CliRun.of(words);
  }

  @ParameterizedTest
  @CsvSource({
    "export har, 3 exchanges",
    "export curl, 3 exchanges",
    "export k6, 3 exchanges",
    "export openapi, 3 exchanges",
    "export parquet, 3 exchanges",
    "export parquet --table headers, 10 rows",
    "export pcapng --include-secrets, 2 connections",
    "export har --filter status==404, 1 exchange",
    "export pcapng --include-secrets --filter status==404, 1 connection",
    "report, 3 exchanges",
    "report --filter status==404, 1 exchange"
  })
  void command_toFile_saysWhatItWroteUnlessQuiet(String command, String count) throws IOException {
    Path out = folder.resolve("out");
    CliRun run = run(command, out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).endsWith("analyzer: wrote " + out + ": " + count + "\n");
    assertThat(out).isNotEmptyFile();
    assertThat(run(command, out, "-q").err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"export har", "export parquet", "report"})
  void command_toStandardOutput_saysNothingOfAFile(String command) throws IOException {
    CliRun run = run(command, Path.of("-"));
    assertThat(run.out()).isNotEmpty();
    assertThat(run.err()).doesNotContain("wrote");
  }

  @Test
  void har_withoutRequests_countsWhatIsInIt() throws IOException {
    Path capture = folder.resolve("late.tape");
    EventScript.parse(
            """
            << HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n
            >> GET / HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n
            close
            """)
        .writeTo(capture);
    Path out = folder.resolve("out.har");
    CliRun run = CliRun.of("export", "har", capture, "-o", out);
    int entries = Files.readString(out).split("startedDateTime", -1).length - 1;
    assertThat(run.err()).endsWith("wrote " + out + ": " + entries + " exchange\n");
    assertThat(run.err()).contains("1 exchanges whose request was not captured");
  }
}
