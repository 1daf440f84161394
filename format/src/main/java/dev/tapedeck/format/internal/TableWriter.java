// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/**
 * A table of a block: field 1 counts its rows, each further field is a column.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class TableWriter {
  private static final int ROWS_FIELD = 1;
  private static final int FIRST_COLUMN_FIELD = 2;

  private final ColumnWriter[] columns;
  private int rows;

  /** Makes an empty table whose columns are the fields from 2 to {@code lastField}. */
  public TableWriter(int lastField) {
    columns = new ColumnWriter[Math.max(0, lastField - FIRST_COLUMN_FIELD + 1)];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = new ColumnWriter();
    }
  }

  /** Returns the column of a field. */
  public ColumnWriter column(int field) {
    return columns[field - FIRST_COLUMN_FIELD];
  }

  /** Counts a row and returns its index; the caller then adds its value to each column. */
  public int addRow() {
    return rows++;
  }

  /** Returns how many rows were added. */
  public int rows() {
    return rows;
  }

  /** Forgets all rows. */
  public void clear() {
    rows = 0;
    for (ColumnWriter column : columns) {
      column.clear();
    }
  }

  /** Returns the bytes of the columns, zeros included. */
  public int columnBytes() {
    int sum = 0;
    for (ColumnWriter column : columns) {
      sum += column.lengthBytes();
    }
    return sum;
  }

  /** Returns the bytes that {@link #writeTo} will write. */
  public int sizeAsField(int field) {
    return rows == 0 ? 0 : PlaneBuffer.sizeOfField(field, sizeBytes());
  }

  /** Writes the table as a field of the block; nothing when it has no rows. */
  public void writeTo(PlaneBuffer target, int field) {
    if (rows == 0) {
      return;
    }
    target.lengthField(field, sizeBytes());
    target.varintField(ROWS_FIELD, rows);
    for (int i = 0; i < columns.length; i++) {
      columns[i].writeTo(target, FIRST_COLUMN_FIELD + i);
    }
  }

  private int sizeBytes() {
    int sum = PlaneBuffer.sizeOfVarint(ROWS_FIELD << 3) + PlaneBuffer.sizeOfVarint(rows);
    for (int i = 0; i < columns.length; i++) {
      sum += columns[i].sizeAsField(FIRST_COLUMN_FIELD + i);
    }
    return sum;
  }
}
