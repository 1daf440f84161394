// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Long work tells a terminal how it goes, and nobody else; results stay as they are. */
final class ProgressTest {
  private static final String ERASE_LINE = "\r\u001b[K";

  @TempDir Path folder;

  @BeforeEach
  void writeCapture() throws IOException {
    EventScript.parse(">> GET /a HTTP/1.1\\r\\n\\r\\n\n".repeat(9000))
        .writeTo(folder.resolve("long.tape"));
  }

  private Object[] words(String command) {
    return Arrays.stream(command.split(" ", -1))
        .map(word -> word.replace("DIR", folder.toString()))
        .toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "linking, exchanges DIR/long.tape --no-pager",
    "reading, stats DIR/long.tape --no-pager",
    "reading, export har DIR/long.tape -o DIR/out",
    "reading, export pcapng DIR/long.tape -o DIR/out",
    "reading, export parquet DIR/long.tape -o DIR/out",
    "linking, filter DIR/long.tape -o DIR/out.tape --from +0s",
    "writing, filter DIR/long.tape -o DIR/out.tape --filter method==\"GET\"",
    "writing, repack DIR/long.tape -o DIR/out.tape",
    "merging, merge DIR/long.tape -o DIR/out.tape",
    "masking, redact DIR/long.tape -o DIR/out.tape",
    "indexing, report DIR/long.tape -o DIR/out",
  })
  void command_longWork_lineWithRateAndTimeLeft(String verb, String command) {
    CliRun run = CliRun.onTerminal(words(command));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err())
        .contains(ERASE_LINE + verb + " long.tape: ")
        .containsPattern(verb + " long.tape: [0-9]+ of [0-9]+ events, [0-9]+ %, [0-9]+/s")
        .contains(" s left");
    assertThat(run.out()).doesNotContain(verb + " long.tape: ", ERASE_LINE);
    CliRun unwatched = CliRun.of(words(command.replace("/out", "/other")));
    assertThat(unwatched.err()).doesNotContain(verb + " long.tape: ", ERASE_LINE);
    assertThat(CliRun.onTerminal(words(command.replace("/out", "/quiet") + " -q")).err()).isEmpty();
  }

  @Test
  void query_longWork_lineWithRateAndTimeLeft() {
    CliRun run =
        CliRun.onTerminal(
            "query", folder.resolve("long.tape"), "SELECT count(*) FROM messages", "--no-pager");
    assertThat(run.err()).containsPattern("long.tape: [0-9]+ of 9003 events, [0-9]+ %, [0-9]+/s");
  }

  @Test
  void import_longWork_bytesOfTheFile() throws IOException {
    Path pcap = folder.resolve("long.pcapng");
    assertThat(CliRun.of(words("export pcapng DIR/long.tape -o " + pcap)).exitCode()).isZero();
    CliRun run = CliRun.onTerminal(words("import pcap " + pcap + " -o DIR/in.tape"));
    assertThat(run.err())
        .containsPattern("importing long.pcapng: [0-9.]+ .?i?B of [0-9.]+ .iB, [0-9]+ %, ")
        .contains("iB/s");
    assertThat(Files.size(pcap)).isPositive();
  }
}
