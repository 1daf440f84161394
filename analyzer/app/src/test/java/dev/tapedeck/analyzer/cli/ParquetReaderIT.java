// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.sql.SqlTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Parquet files as an engine reads them that has nothing in common with the one that wrote them.
 */
class ParquetReaderIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path READER =
      Path.of(System.getProperty("tapedeck.root", "..")).resolve("samples/apps/parquet-reader");

  @TempDir Path folder;

  @BeforeAll
  static void needModules() {
    if (System.getenv("CI") == null) {
      Assumptions.assumeTrue(
          Files.isDirectory(READER.resolve("node_modules")), "see .ci/install-modules");
    }
  }

  private static List<JsonNode> lines(String text) {
    return text.lines().map(MAPPER::readTree).toList();
  }

  private static String read(Path parquet) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("node", READER.resolve("read.mjs").toString(), parquet.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return text;
  }

  @ParameterizedTest
  @ValueSource(strings = {"connections", "exchanges", "headers", "messages", "events", "losses"})
  void parquet_everyTable_hasTheRowsAndTypesOfTheQuery(String table) throws Exception {
    Path shop = TestCaptures.shop(folder);
    Path calls = TestCaptures.calls(folder);
    Path parquet = folder.resolve("rows.parquet");
    String sql = "SELECT * FROM " + table;
    CliRun written = CliRun.of("query", shop, calls, sql, "--format", "parquet", "-o", parquet);
    assertThat(written.exitCode()).as(written.err()).isZero();
    List<JsonNode> found = lines(read(parquet));

    CliRun queried = CliRun.of("query", shop, calls, sql, "--format", "ndjson");
    assertThat(found.subList(1, found.size())).isEqualTo(lines(queried.out()));
    Map<String, String> types = new TreeMap<>();
    found.get(0).properties().forEach(each -> types.put(each.getKey(), each.getValue().asString()));
    Map<String, String> documented = new TreeMap<>();
    for (SqlTables.Description each : SqlTables.all()) {
      if (each.name().equals(table)) {
        each.columns().forEach(column -> documented.put(column.name(), column.type()));
      }
    }
    assertThat(types).isEqualTo(documented).isNotEmpty();
  }
}
