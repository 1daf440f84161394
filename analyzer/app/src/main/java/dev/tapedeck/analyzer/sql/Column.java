// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import org.jspecify.annotations.Nullable;

/**
 * A column of a table, and how it is read of a row.
 *
 * @param <R> the table's rows
 * @param name as in SQL; the unit is its last word
 * @param type of the values
 * @param description what it holds, for people
 * @param reader reads it
 */
record Column<R>(String name, Type type, String description, Reader<R> reader) {
  /** What a column holds no value of, in place of a number. */
  static final long NULL = Long.MIN_VALUE;

  /** Separates the texts of a list while they are one. */
  static final char SEPARATOR = ',';

  /** What columns hold. */
  enum Type {
    TEXT("VARCHAR", "VARCHAR"),
    INTEGER("BIGINT", "BIGINT"),
    BOOLEAN("BOOLEAN", "BOOLEAN"),
    /** Nanoseconds since the Unix epoch until the view makes a time of them. */
    TIME("TIMESTAMP_NS", "BIGINT"),
    /** Base64 until the view undoes it. */
    BYTES("BLOB", "VARCHAR"),
    /** Names with commas between them until the view cuts them there. */
    NAMES("VARCHAR[]", "VARCHAR");

    private final String sql;
    private final String scanned;

    Type(String sql, String scanned) {
      this.sql = sql;
      this.scanned = scanned;
    }

    /** Returns the type that queries see. */
    String sql() {
      return sql;
    }

    /** Returns the type that the scan gives. */
    String scanned() {
      return scanned;
    }

    /** Returns the view's expression for a column. */
    String expression(String column) {
      return switch (this) {
        case TEXT, INTEGER, BOOLEAN -> column;
        case TIME -> "make_timestamp_ns(" + column + ") AS " + column;
        case BYTES -> "from_base64(" + column + ") AS " + column;
        case NAMES ->
            "CASE WHEN "
                + column
                + " = '' THEN []::VARCHAR[] ELSE string_split("
                + column
                + ", ',') END AS "
                + column;
      };
    }
  }

  /** Reads a column of a row. */
  sealed interface Reader<R> permits OfText, OfNumber {}

  /** Reads text. */
  @FunctionalInterface
  non-sealed interface OfText<R> extends Reader<R> {
    /** Returns the text; null when there is none. */
    @Nullable String read(R row);
  }

  /** Reads a number, a time, or 0 and 1 for false and true. */
  @FunctionalInterface
  non-sealed interface OfNumber<R> extends Reader<R> {
    /** Returns the number; {@link #NULL} when there is none. */
    long read(R row);
  }
}
