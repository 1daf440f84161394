// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;

/**
 * A table of a block: its row count and a cursor for each of its columns. Fields of later versions
 * are skipped.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class TableReader {
  private static final int ROWS_FIELD = 1;
  private static final int FIRST_COLUMN_FIELD = 2;

  private final ColumnCursor[] columns;
  private final int rows;

  private TableReader(ColumnCursor[] columns, int rows) {
    this.columns = columns;
    this.rows = rows;
  }

  /** Returns a table of no rows; its columns give zeros. */
  public static TableReader empty(int lastField) {
    return new TableReader(absentColumns(lastField), 0);
  }

  /**
   * Reads the table in {@code [from, to)} of the plane.
   *
   * @param lastField the last field that the caller knows
   * @param maxRows rows that the table has at most
   */
  public static TableReader parse(byte[] plane, int from, int to, int lastField, int maxRows)
      throws MalformedPlaneException {
    ColumnCursor[] columns = absentColumns(lastField);
    long rows = 0;
    // A wrapped ByteString is the one source for which protobuf neither copies nor re-buffers.
    CodedInputStream input =
        UnsafeByteOperations.unsafeWrap(plane, from, to - from).newCodedInput();
    try {
      for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        int wireType = WireFormat.getTagWireType(tag);
        if (field == ROWS_FIELD && wireType == WireFormat.WIRETYPE_VARINT) {
          rows = input.readUInt64();
        } else if (field >= FIRST_COLUMN_FIELD
            && field <= lastField
            && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          int length = input.readRawVarint32();
          int start = from + input.getTotalBytesRead();
          input.skipRawBytes(length);
          columns[field - FIRST_COLUMN_FIELD] = new ColumnCursor(plane, start, start + length);
        } else {
          input.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw new MalformedPlaneException("a table is no protobuf message", e);
    }
    if (rows < 0 || rows > maxRows) {
      throw new MalformedPlaneException("a table has rows=" + rows + ", limit=" + maxRows);
    }
    return new TableReader(columns, (int) rows);
  }

  private static ColumnCursor[] absentColumns(int lastField) {
    ColumnCursor[] columns = new ColumnCursor[Math.max(0, lastField - FIRST_COLUMN_FIELD + 1)];
    Arrays.fill(columns, ColumnCursor.ABSENT);
    return columns;
  }

  /** Returns how many rows the table has. */
  public int rows() {
    return rows;
  }

  /** Returns the column of a field. */
  public ColumnCursor column(int field) {
    return columns[field - FIRST_COLUMN_FIELD];
  }

  /** Checks that every value of every column was taken. */
  public void requireAtEnd() throws MalformedPlaneException {
    for (ColumnCursor column : columns) {
      if (!column.isAtEnd()) {
        throw new MalformedPlaneException("a column has more values than its table has rows");
      }
    }
  }
}
