// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.sql.RowWriter;
import dev.tapedeck.analyzer.sql.SqlValues;
import dev.tapedeck.analyzer.terminal.DisplayWidth;
import dev.tapedeck.analyzer.text.SafeText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a query's rows as a table that fits the window.
 *
 * <p><b>Limits:</b> columns are as wide as the first {@value #MEASURED_ROWS} rows need; the others
 * are written as they come.
 */
final class QueryTable {
  static final int MEASURED_ROWS = 1000;

  private static final int MIN_WIDTH = 6;
  private static final String NULL = "";

  private final int width;

  /**
   * Makes tables.
   *
   * @param width of the window in columns; 0 for no limit
   */
  QueryTable(int width) {
    this.width = width;
  }

  void write(ResultSet rows, OutputStream out) throws SQLException, IOException {
    List<String> names = SqlValues.names(rows).stream().map(SafeText::escape).toList();
    List<Boolean> numeric = SqlValues.numeric(rows);
    int[] widths = names.stream().mapToInt(DisplayWidth::of).toArray();
    List<List<String>> measured = new ArrayList<>();
    while (measured.size() < MEASURED_ROWS && rows.next()) {
      List<String> cells = cells(rows, names.size());
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], DisplayWidth.of(cells.get(i)));
      }
      measured.add(cells);
    }
    fit(widths);
    line(names, numeric, widths, out);
    for (List<String> cells : measured) {
      line(cells, numeric, widths, out);
    }
    while (rows.next()) {
      line(cells(rows, names.size()), numeric, widths, out);
    }
  }

  private static List<String> cells(ResultSet rows, int columns) throws SQLException {
    List<String> cells = new ArrayList<>(columns);
    for (Object value : RowWriter.values(rows, columns)) {
      cells.add(cell(SqlValues.text(value)));
    }
    return cells;
  }

  private static String cell(@Nullable String text) {
    return text == null ? NULL : SafeText.escape(text);
  }

  /** Takes from the widest column until the line fits. */
  private void fit(int[] widths) {
    int excess = Arrays.stream(widths).sum() + Math.max(0, widths.length - 1) - width;
    while (width > 0 && excess > 0) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        widest = widths[i] >= widths[widest] ? i : widest;
      }
      if (widths.length == 0 || widths[widest] <= MIN_WIDTH) {
        return;
      }
      widths[widest]--;
      excess--;
    }
  }

  private static void line(List<String> cells, List<Boolean> right, int[] widths, OutputStream out)
      throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = DisplayWidth.cut(cells.get(i), widths[i]);
      line.append(i == 0 ? "" : " ")
          .append(
              right.get(i)
                  ? DisplayWidth.padLeft(cell, widths[i])
                  : DisplayWidth.padRight(cell, widths[i]));
    }
    out.write((line.toString().stripTrailing() + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
