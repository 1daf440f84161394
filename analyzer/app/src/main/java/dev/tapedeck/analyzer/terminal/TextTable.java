// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import java.util.List;

/**
 * Lines of cells under a heading, as wide as the terminal and no wider.
 *
 * <p>Columns have fixed widths, so that lines can be written as they come. A cell that is longer
 * pushes the others to the right, but for the last, which is cut.
 */
public final class TextTable {
  /** Of the last cell at least so much is shown. */
  private static final int MIN_LAST = 3;

  /** A method can have as many letters as its sender likes. */
  private static final int MAX_CELL = 24;

  private final List<Column> columns;
  private final int width;

  /**
   * Lays out a table.
   *
   * @param columns from left to right; the last takes what is left of the width
   * @param width in columns of the terminal; 0 for no limit
   */
  public TextTable(List<Column> columns, int width) {
    this.columns = List.copyOf(columns);
    this.width = width;
  }

  /**
   * One column.
   *
   * @param title heading
   * @param width in columns of the terminal
   * @param right true to align to the right
   */
  public record Column(String title, int width, boolean right) {
    public static Column left(String title, int width) {
      return new Column(title, width, false);
    }

    public static Column right(String title, int width) {
      return new Column(title, width, true);
    }
  }

  /** Returns the heading, without line end. */
  public String heading() {
    return line(columns.stream().map(Column::title).toList());
  }

  /** Returns a line of cells, which are escaped already, without line end. */
  public String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < columns.size() - 1; i++) {
      Column column = columns.get(i);
      String cell = width == 0 ? cells.get(i) : DisplayWidth.cut(cells.get(i), MAX_CELL);
      line.append(
              column.right()
                  ? DisplayWidth.padLeft(cell, column.width())
                  : DisplayWidth.padRight(cell, column.width()))
          .append(' ');
    }
    String last = cells.get(columns.size() - 1);
    int room =
        width == 0
            ? Integer.MAX_VALUE
            : Math.max(MIN_LAST, width - DisplayWidth.of(line.toString()));
    return line.append(DisplayWidth.cut(last, room)).toString().stripTrailing();
  }
}
