// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A table that is read from captures.
 *
 * @param <R> its rows
 * @param name as in SQL
 * @param description what its rows are, for people
 * @param columns in order
 * @param rows reads the rows of a capture
 */
record Table<R>(String name, String description, List<Column<R>> columns, Rows<R> rows) {
  Table {
    columns = List.copyOf(columns);
  }

  /** Reads the rows of one capture. */
  @FunctionalInterface
  interface Rows<R> {
    /**
     * Hands out all rows.
     *
     * @param wanted names of the columns that will be read
     */
    void read(OpenCapture capture, Set<String> wanted, Sink<R> sink) throws IOException;
  }

  /** Takes rows. */
  @FunctionalInterface
  interface Sink<R> {
    /** Takes one; it may be kept until the next only. */
    void row(R row) throws IOException;
  }

  /** Returns the statement that makes the view of this table over its scan. */
  String view(String scan) {
    StringBuilder sql = new StringBuilder("CREATE VIEW ").append(name).append(" AS SELECT ");
    String separator = "";
    for (Column<R> column : columns) {
      sql.append(separator).append(column.type().expression('"' + column.name() + '"'));
      separator = ", ";
    }
    return sql.append(" FROM ").append(scan).append("()").toString();
  }

  /** Begins a list of columns. */
  static <R> Columns<R> columnsOf() {
    return new Columns<>();
  }

  /** Collects columns; confined to one thread. */
  static final class Columns<R> {
    private final List<Column<R>> list = new ArrayList<>();

    Columns<R> text(String name, String description, Column.OfText<R> reader) {
      list.add(new Column<>(name, Column.Type.TEXT, description, reader));
      return this;
    }

    Columns<R> number(String name, String description, Column.OfNumber<R> reader) {
      list.add(new Column<>(name, Column.Type.INTEGER, description, reader));
      return this;
    }

    Columns<R> time(String name, String description, Column.OfNumber<R> reader) {
      list.add(new Column<>(name, Column.Type.TIME, description, reader));
      return this;
    }

    Columns<R> truth(String name, String description, Predicate<R> reader) {
      Column.OfNumber<R> number = row -> reader.test(row) ? 1 : 0;
      list.add(new Column<>(name, Column.Type.BOOLEAN, description, number));
      return this;
    }

    Columns<R> bytes(String name, String description, Column.OfText<R> base64) {
      list.add(new Column<>(name, Column.Type.BYTES, description, base64));
      return this;
    }

    Columns<R> names(String name, String description, Column.OfText<R> joined) {
      list.add(new Column<>(name, Column.Type.NAMES, description, joined));
      return this;
    }

    List<Column<R>> list() {
      return List.copyOf(list);
    }
  }

  /** Returns a number that may be unknown as columns hold it. */
  static long orNull(@Nullable Number value) {
    return value == null ? Column.NULL : value.longValue();
  }

  /** Returns text of which "not known" is empty as columns hold it. */
  static @Nullable String known(String text) {
    return text.isEmpty() ? null : text;
  }
}
