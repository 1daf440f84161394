// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.export.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes an answer for programs, row by row as it is found. */
public final class RowWriter {
  private RowWriter() {}

  /** Writes one JSON object a line; with {@code array} they are the elements of an array. */
  public static void json(ResultSet rows, OutputStream out, boolean array)
      throws SQLException, IOException {
    List<String> names = SqlValues.names(rows);
    if (array) {
      write(out, "[\n");
    }
    for (boolean first = true; rows.next(); first = false) {
      if (array && !first) {
        write(out, ",");
      }
      List<@Nullable Object> values = values(rows, names.size());
      Json.compact(
          out,
          json -> {
            json.writeStartObject();
            for (int i = 0; i < names.size(); i++) {
              json.writeName(names.get(i));
              SqlValues.write(json, values.get(i));
            }
            json.writeEndObject();
          });
      write(out, "\n");
    }
    if (array) {
      write(out, "]\n");
    }
  }

  /**
   * Writes comma-separated values (RFC 4180) under a heading, one line a row; null is nothing, an
   * empty text is quoted.
   *
   * @param escape makes text harmless, on one line
   */
  public static void csv(ResultSet rows, OutputStream out, UnaryOperator<String> escape)
      throws SQLException, IOException {
    List<String> names = SqlValues.names(rows);
    List<String> cells = new ArrayList<>();
    names.forEach(name -> cells.add(cell(name, escape)));
    write(out, String.join(",", cells) + "\n");
    while (rows.next()) {
      cells.clear();
      for (Object value : values(rows, names.size())) {
        cells.add(cell(SqlValues.text(value), escape));
      }
      write(out, String.join(",", cells) + "\n");
    }
  }

  private static String cell(@Nullable String text, UnaryOperator<String> escape) {
    if (text == null) {
      return "";
    }
    String safe = escape.apply(text);
    boolean plain = !safe.isEmpty();
    for (int i = 0; i < safe.length(); i++) {
      plain &= safe.charAt(i) != ',' && safe.charAt(i) != '"';
    }
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }

  /** Returns the values of the current row. */
  public static List<@Nullable Object> values(ResultSet rows, int columns) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>(columns);
    for (int i = 1; i <= columns; i++) {
      values.add(SqlValues.get(rows, i));
    }
    return values;
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
