// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries over more than fits into the memory that the database may take. */
final class SpillTest {
  /** Some 200 MB of groups. */
  private static final int GROUPS = 1_500_000;

  private static final int MEMORY_MEBIBYTES = 64;

  private static final String LARGE =
      "SELECT k, count(*) AS n, min(s) AS s FROM (SELECT range AS k, md5(range::VARCHAR) ||"
          + " md5((range + 1)::VARCHAR) AS s FROM range("
          + GROUPS
          + ")) GROUP BY k ORDER BY s";

  @TempDir Path folder;

  private SqlEngine engine(@Nullable Path temporary) throws IOException {
    return SqlEngine.open(List.of(), new SqlEngine.Options(temporary, null, MEMORY_MEBIBYTES));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void groupBy_largerThanMemory_goesToTheFolderAndIsRight() throws IOException {
    List<Path> during = new ArrayList<>();
    long[] rows = new long[1];
    try (SqlEngine engine = engine(folder)) {
      engine.run(
          LARGE,
          answer -> {
            String last = "";
            while (answer.next()) {
              if (rows[0]++ == GROUPS / 2) {
                during.addAll(files());
              }
              String now = answer.getString("s");
              assertThat(now).isGreaterThan(last);
              last = now;
            }
          });
    }
    assertThat(rows[0]).isEqualTo(GROUPS);
    assertThat(during).isNotEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void groupBy_largerThanMemoryWithoutAFolder_isRefusedAndNothingIsWritten() throws IOException {
    try (SqlEngine engine = engine(null)) {
      assertThatThrownBy(() -> engine.run(LARGE, rows -> {}))
          .isInstanceOf(SqlEngine.TooLargeException.class)
          .hasMessageContaining("64 MiB");
      engine.run("SELECT 42 AS n", rows -> assertThat(rows.next()).isTrue());
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void mistake_thatOnlyRowsShow_isToldAsItIs() throws IOException {
    try (SqlEngine engine = engine(folder)) {
      assertThatThrownBy(
              () -> engine.run("SELECT\n  range::VARCHAR::DATE FROM range(9)", rows -> {}))
          .isInstanceOf(SqlException.class)
          .hasMessageContaining("invalid date field format")
          .hasMessageContaining("line 2, column ");
      assertThatThrownBy(() -> engine.run("SELECT error('told') FROM range(9)", rows -> {}))
          .hasMessageContaining("told")
          .hasMessageNotContaining("result set");
    }
  }
}
