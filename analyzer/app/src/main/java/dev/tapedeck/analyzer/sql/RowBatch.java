// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBWritableVector;

/**
 * Rows on their way from the thread that reads a capture to the one that runs the query, column by
 * column.
 *
 * <p><b>Threads:</b> confined to one at a time.
 *
 * @param <R> what rows are read from
 */
final class RowBatch<R> {
  /** As many as the database takes at once. */
  static final int MAX_ROWS = 2048;

  /** Rows with bodies are handed on sooner. */
  private static final long MAX_CHARS = 4L << 20;

  private final List<Column<R>> columns;
  private final List<Object> cells;
  private int rows;
  private long chars;

  RowBatch(List<Column<R>> columns) {
    this.columns = columns;
    this.cells = new ArrayList<>(columns.size());
    for (Column<R> column : columns) {
      cells.add(
          column.reader() instanceof Column.OfText<R> ? new String[MAX_ROWS] : new long[MAX_ROWS]);
    }
  }

  /** Adds a row, of which the columns are read now. */
  void add(R row) {
    for (int i = 0; i < columns.size(); i++) {
      Column.Reader<R> reader = columns.get(i).reader();
      if (reader instanceof Column.OfText<R> text) {
        String value = text.read(row);
        ((String[]) cells.get(i))[rows] = value;
        chars += value == null ? 0 : value.length();
      } else if (reader instanceof Column.OfNumber<R> number) {
        ((long[]) cells.get(i))[rows] = number.read(row);
      }
    }
    rows++;
  }

  boolean isFull() {
    return rows == MAX_ROWS || chars >= MAX_CHARS;
  }

  int rows() {
    return rows;
  }

  /** Writes the rows into the database's vectors, which are those of the same columns. */
  void writeTo(DuckDBDataChunkWriter chunk) {
    for (int i = 0; i < columns.size(); i++) {
      DuckDBWritableVector vector = chunk.vector(i);
      if (cells.get(i) instanceof String[] texts) {
        vector.setStrings(0, rows == MAX_ROWS ? texts : Arrays.copyOf(texts, rows));
      } else if (cells.get(i) instanceof long[] numbers) {
        if (columns.get(i).type() == Column.Type.BOOLEAN) {
          truths(vector, numbers);
        } else {
          numbers(vector, numbers);
        }
      }
    }
  }

  private void numbers(DuckDBWritableVector vector, long[] numbers) {
    for (int row = 0; row < rows; row++) {
      if (numbers[row] == Column.NULL) {
        vector.setNull(row);
      } else {
        vector.setLong(row, numbers[row]);
      }
    }
  }

  private void truths(DuckDBWritableVector vector, long[] numbers) {
    for (int row = 0; row < rows; row++) {
      if (numbers[row] == Column.NULL) {
        vector.setNull(row);
      } else {
        vector.setBoolean(row, numbers[row] != 0);
      }
    }
  }
}
