// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.analyzer.sql.SqlTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code query}: what it writes, what it refuses, what it leaves behind. */
final class QueryCommandTest {
  private static final String SOME =
      "SELECT id, method, path, endpoint, status, duration_us, started, response_body_bytes,"
          + " response_anomalies, pipelined FROM exchanges";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = "PARQUET", mode = EnumSource.Mode.EXCLUDE)
  void query_everyTextFormat_asDocumented(QueryFormat format) throws IOException {
    CliRun run =
        CliRun.of("query", TestCaptures.shop(folder), SOME, "--format", format, "--width", 0);
    assertThat(run.exitCode()).as(run.err()).isZero();
    Golden.assertMatches("cli/query." + format, run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"connections", "exchanges", "headers", "messages", "events", "losses"})
  void query_everyTable_isAsDocumented(String table) throws IOException {
    CliRun run =
        CliRun.of(
            "query",
            TestCaptures.shop(folder),
            TestCaptures.calls(folder),
            "SELECT * EXCLUDE (file) FROM " + table,
            "--format",
            "ndjson");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Golden.assertMatches("cli/query-" + table + ".ndjson", run.out());
  }

  @Test
  void query_parquet_isReadBackAndPrivate() throws IOException, SQLException {
    Path shop = TestCaptures.shop(folder);
    Path out = folder.resolve("rows.parquet");
    CliRun run = CliRun.of("query", shop, SOME + " -- all;", "--format", "parquet", "-o", out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rw-------");
    byte[] bytes = Files.readAllBytes(out);
    assertThat(new String(bytes, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("PAR1");
    try (Connection database = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = database.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT string_agg(id || ' ' || path || ' ' || coalesce(status, 0), ',' ORDER BY id)"
                    + " FROM '"
                    + out
                    + "'")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1))
          .startsWith("1.1 /orders 200,1.2 /")
          .contains("2.1 /backend 201");
    }
  }

  @Test
  void exportParquet_everyTable_isMaskedUnlessToldOtherwise() throws IOException, SQLException {
    Path shop = TestCaptures.shop(folder);
    Path calls = TestCaptures.calls(folder);
    for (QueryTableName table : QueryTableName.values()) {
      Path out = folder.resolve(table + ".parquet");
      CliRun run =
          CliRun.of("export", "parquet", shop, calls, "--table", table, "--bodies", "-o", out);
      assertThat(run.exitCode()).as(run.err()).isZero();
      String rows = readBack(out);
      assertThat(rows).as(table.toString()).doesNotContain("SECRET").isNotEmpty();
      Path open = folder.resolve(table + "-open.parquet");
      CliRun.of(
          "export", "parquet", shop, calls, "--table", table, "--include-secrets", "-o", open);
      Set<QueryTableName> secret = Set.of(QueryTableName.EXCHANGES, QueryTableName.HEADERS);
      assertThat(readBack(open).contains("SECRET")).isEqualTo(secret.contains(table));
    }
  }

  @Test
  void exportParquet_filter_leavesOut() throws IOException, SQLException {
    Path out = folder.resolve("some.parquet");
    CliRun run =
        CliRun.of(
            "export", "parquet", TestCaptures.shop(folder), "--filter", "status == 201", "-o", out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(readBack(out)).contains("/backend").doesNotContain("/orders");
  }

  private static String readBack(Path parquet) throws SQLException {
    try (Connection database = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = database.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT coalesce(string_agg(to_json(t)::VARCHAR, ' '), 'none') FROM '"
                    + parquet
                    + "' t")) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "selec 1 | syntax error | line 1, column 1",
        "SELECT fo FROM exchanges | Referenced column \"fo\" not found | line 1, column 8",
        "SELECT 1 FROM nosuch | Table with name nosuch does not exist | line 1, column 15",
      })
  void query_mistake_isOneLineWithItsPlace(String sql, String what, String place)
      throws IOException {
    CliRun run = CliRun.of("query", TestCaptures.shop(folder), sql);
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .startsWith("analyzer: SQL: ")
        .contains(what)
        .contains(": " + place + ": ");
  }

  @Test
  void query_mistakeOnALaterOrLongLine_isPlacedToo() throws IOException {
    Path shop = TestCaptures.shop(folder);
    assertThat(CliRun.of("query", shop, "SELECT 1,\n  nope FROM exchanges").err())
        .contains("line 2, column 3");
    assertThat(
            CliRun.of(
                    "query",
                    shop,
                    "SELECT 1,\n  nope FROM exchanges",
                    "--format=parquet",
                    "-o",
                    folder.resolve("x"))
                .err())
        .contains("line 2, column 3");
    String many = "1234567890, ".repeat(50);
    assertThat(CliRun.of("query", shop, "SELECT " + many + "nope FROM exchanges").err())
        .contains("line 1, column " + (8 + many.length()) + ":");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM read_csv('%s')",
        "SELECT * FROM read_text('%s')",
        "SELECT * FROM '%s'",
        "COPY (SELECT 1) TO '%s.copy'",
        "ATTACH '%s.db' AS other",
        "EXPORT DATABASE '%s.dir'",
        "SELECT * FROM glob('%s*')",
        "INSTALL httpfs",
        "LOAD '%s'",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "SELECT * FROM read_csv('http://127.0.0.1:1/x')",
        "CREATE PERSISTENT SECRET s (TYPE s3)"
      })
  void query_statementThatReachesOut_isRefused(String sql) throws IOException {
    Path file = Files.writeString(folder.resolve("secret.csv"), "a,b\n1,2\n");
    Set<Path> before = files();
    Path shop = TestCaptures.shop(folder);
    CliRun run = CliRun.of("query", shop, sql.replace("%s", file.toString()));
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err().lines()).hasSize(1);
    Set<Path> after = files();
    after.remove(shop);
    assertThat(after).isEqualTo(before);
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void query_damagedCapture_answersWarnsOnceAndExits1() throws IOException {
    Path damaged = TestCaptures.damagedBlock(folder, "damaged.tape");
    CliRun run =
        CliRun.of(
            "query",
            damaged,
            "SELECT (SELECT count(*) FROM exchanges) + (SELECT count(*) FROM losses) AS n",
            "--format",
            "csv");
    assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGE);
    assertThat(run.out()).startsWith("n\n");
    assertThat(run.err().lines().filter(line -> line.contains("damage:"))).hasSize(1);
  }

  @Test
  void query_severalStatements_eachIsAnswered() throws IOException {
    Path shop = TestCaptures.shop(folder);
    String sql = "CREATE TABLE t AS SELECT 1 AS a; SELECT ';' AS a;\nSELECT a + 1 AS a FROM t;";
    CliRun run = CliRun.of("query", shop, sql, "--format", "csv");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).endsWith("a\n;\na\n2\n");
  }

  @Test
  void query_nativePartOfTheDatabase_hasNoNameAnyMore() throws IOException {
    assertThat(CliRun.of("query", TestCaptures.shop(folder), "SELECT 1").exitCode()).isZero();
    List<String> mapped =
        Files.readAllLines(Path.of("/proc/self/maps")).stream()
            .filter(line -> line.contains("libduckdb_java"))
            .toList();
    assertThat(mapped).isNotEmpty().allMatch(line -> line.endsWith(" (deleted)"));
  }

  @Test
  void query_missingCapture_isNoSuchFile() {
    CliRun run = CliRun.of("query", folder.resolve("no.tape"), "SELECT 1");
    assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
    assertThat(run.err()).startsWith("analyzer: no such file: ");
  }

  @Test
  void query_hostileText_reachesNoTerminal() throws IOException {
    CliRun run =
        CliRun.of(
            "query",
            TestCaptures.shop(folder),
            "SELECT target, reason, 'a\u001b[2Jb' FROM exchanges");
    assertThat(run.out()).doesNotContain("\u001b").contains("\\x1b");
    CliRun csv =
        CliRun.of(
            "query",
            TestCaptures.shop(folder),
            "SELECT target, reason, 'x' AS \"\u001b[2J\" FROM exchanges",
            "--format=csv");
    assertThat(csv.out()).doesNotContain("\u001b").contains("\\x1b");
  }

  @Test
  void query_valuesOfAllKinds_areJson() throws IOException {
    CliRun run =
        CliRun.of(
            "query",
            TestCaptures.shop(folder),
            "SELECT 1::HUGEINT * 170141183460469231731687303715884105727 AS huge, 1.50::DECIMAL(9,2)"
                + " AS price, 'NaN'::DOUBLE AS nothing, [1, NULL] AS list, {'a': 1, 'b': ['x']} AS"
                + " struct, MAP {'k': 2} AS map, 'ab'::BLOB AS bytes, DATE '2024-05-17' AS day,"
                + " TIMESTAMP '2024-05-17 10:00:00' AS moment, NULL AS none, TRUE AS truth, 1 AS a, 2"
                + " AS a",
            "--format",
            "ndjson");
    assertThat(run.out())
        .isEqualTo(
            "{\"huge\":170141183460469231731687303715884105727,\"price\":1.50,\"nothing\":\"NaN\","
                + "\"list\":[1,null],\"struct\":{\"a\":1,\"b\":[\"x\"]},\"map\":{\"k\":2},"
                + "\"bytes\":\"YWI=\",\"day\":\"2024-05-17\",\"moment\":\"2024-05-17T10:00\","
                + "\"none\":null,\"truth\":true,\"a\":1,\"a_2\":2}\n");
  }

  @Test
  void documentation_everyTable_isWritten() throws IOException {
    StringBuilder expected = new StringBuilder();
    for (SqlTables.Description table : SqlTables.all()) {
      expected.append("### `").append(table.name()).append("`\n\n").append(table.description());
      expected.append("\n\n| column | type | what it holds |\n|---|---|---|\n");
      for (SqlTables.ColumnDescription column : table.columns()) {
        expected.append("| `").append(column.name()).append("` | ").append(column.type());
        expected.append(" | ").append(column.description()).append(" |\n");
      }
      expected.append('\n');
    }
    Path documentation = Path.of("../../docs/SQL.md");
    String begin = "<!-- tables: written by QueryCommandTest -->\n\n";
    String end = "<!-- end of tables -->\n";
    String text = Files.readString(documentation);
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf(end);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(documentation, text.substring(0, from) + expected + text.substring(to));
    }
    assertThat(Files.readString(documentation)).contains(begin + expected + end);
  }
}
