// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.terminal.TextTable.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  private static final List<Column> COLUMNS =
      List.of(Column.left("A", 4), Column.right("B", 3), Column.left("C", 0));

  @Test
  void line_cells_aligned() {
    TextTable table = new TextTable(COLUMNS, 40);
    assertThat(table.heading()).isEqualTo("A      B C");
    assertThat(table.line(List.of("x", "1", "rest"))).isEqualTo("x      1 rest");
    assertThat(table.line(List.of("x", "1", ""))).isEqualTo("x      1");
    assertThat(table.line(List.of("longer", "1234", "rest"))).isEqualTo("longer 1234 rest");
  }

  @Test
  void line_lastCellTooLong_cut() {
    TextTable table = new TextTable(COLUMNS, 16);
    assertThat(table.line(List.of("x", "1", "1234567"))).isEqualTo("x      1 1234567").hasSize(16);
    assertThat(table.line(List.of("x", "1", "12345678"))).isEqualTo("x      1 1234...").hasSize(16);
    assertThat(table.line(List.of("x", "1", "123\ud83d\ude00678"))).isEqualTo("x      1 123...");
  }

  @Test
  void line_otherCellTooLong_cutSoThatTheLineFits() {
    TextTable table = new TextTable(COLUMNS, 40);
    assertThat(table.line(List.of("G".repeat(70_000), "1", "/index")))
        .hasSize(35)
        .endsWith("...   1 /index");
    assertThat(new TextTable(COLUMNS, 0).line(List.of("G".repeat(70), "1", "/"))).hasSize(76);
  }

  @Test
  void line_noLimit_notCut() {
    TextTable table = new TextTable(COLUMNS, 0);
    assertThat(table.line(List.of("x", "1", "y".repeat(500)))).hasSize(509);
  }

  @Test
  void line_wideCharacters_columnsLineUpAndFit() {
    TextTable table = new TextTable(COLUMNS, 16);
    for (String cell : List.of("漢", "e\u0301e\u0301", "😀", "ab")) {
      String line = table.line(List.of(cell, "1", "漢字漢字漢字漢字"));
      assertThat(DisplayWidth.of(line.substring(0, line.indexOf('1')))).isEqualTo(7);
      assertThat(DisplayWidth.of(line)).isBetween(15, 16);
    }
  }
}
