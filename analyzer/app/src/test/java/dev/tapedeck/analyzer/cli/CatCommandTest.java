// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CatCommandTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path folder;

  private static List<JsonNode> lines(CliRun run) {
    return run.out().lines().map(MAPPER::readTree).toList();
  }

  @Test
  void cat_base64_isWhatWasCaptured() throws IOException {
    Path file = TestCaptures.shop(folder);
    List<JsonNode> events = lines(CliRun.of("cat", file));
    assertThat(events).hasSize(TestCaptures.SHOP.events().size());
    JsonNode data =
        events.stream()
            .filter(event -> event.get("event").asString().equals("data"))
            .findFirst()
            .orElseThrow();
    assertThat(new String(data.get("payload").binaryValue(), StandardCharsets.US_ASCII))
        .startsWith("GET /orders");
    assertThat(data.get("payload").binaryValue()).hasSize(data.get("captured_bytes").asInt());
  }

  @Test
  void cat_none_isWhatDumpSays() throws IOException {
    Path file = TestCaptures.shop(folder);
    assertThat(CliRun.of("cat", file, "--payload", "none").out())
        .isEqualTo(CliRun.of("dump", file, "--format", "ndjson").out());
  }

  @Test
  void cat_time_isThoseEventsOnly() throws IOException {
    Path file = TestCaptures.shop(folder);
    List<JsonNode> all = lines(CliRun.of("cat", file));
    long start = all.get(0).get("exit_ns").asLong();
    List<JsonNode> some = lines(CliRun.of("cat", file, "--from", "+3ms", "--to", "+6ms"));
    assertThat(some)
        .isEqualTo(
            all.stream()
                .filter(event -> event.get("exit_ns").asLong() >= start + 3_000_000)
                .filter(event -> event.get("exit_ns").asLong() < start + 6_000_000)
                .toList())
        .isNotEmpty();
  }

  @Test
  void cat_fromItsStart_isEverything() throws IOException {
    Path file = TestCaptures.shop(folder);
    assertThat(CliRun.of("cat", file, "--from", "+0s")).isEqualTo(CliRun.of("cat", file));
  }

  @Test
  void cat_severalFiles_sayWhich() throws IOException {
    Path file = TestCaptures.shop(folder);
    assertThat(lines(CliRun.of("cat", file, TestCaptures.empty(folder))))
        .allMatch(event -> event.has("file"));
  }

  @Test
  void catBlocks_damagedPlane_saidInItsRecord() throws IOException {
    CliRun run = CliRun.of("cat", TestCaptures.damaged(folder), "--blocks");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(lines(run))
        .filteredOn(record -> !record.get("sound").asBoolean())
        .singleElement()
        .satisfies(record -> assertThat(record.get("record").asString()).isEqualTo("block"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format table", "--blocks --from +1s", "--payload hex"})
  void cat_wrongUsage_exitCode2(String options) throws IOException {
    Path file = TestCaptures.shop(folder);
    List<Object> words = new ArrayList<>(List.of("cat", file));
    words.addAll(List.of(options.split(" ")));
    CliRun run = CliRun.of(words.toArray());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void schema_withoutFile_isTheSchema() {
    assertThat(CliRun.of("schema").out())
        .contains("package tapedeck.capture.v1;", "message Capture {");
  }

  @Test
  void schema_fileOfThisVersion_nothingUnknown() throws IOException {
    CliRun run = CliRun.of("schema", TestCaptures.shop(folder));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo("  COUNT  WHAT THIS VERSION DOES NOT KNOW\n");
  }
}
