// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBStruct;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** An answer's values as people and programs read them. */
public final class SqlValues {
  private SqlValues() {}

  /** Returns the names of an answer's columns, each once. */
  public static List<String> names(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    List<String> names = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String name = columns.getColumnLabel(i);
      String free = name;
      for (int number = 2; !taken.add(free); number++) {
        free = name + "_" + number;
      }
      names.add(free);
    }
    return names;
  }

  /** Returns for each column whether it holds numbers. */
  public static List<Boolean> numeric(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    List<Boolean> numeric = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      numeric.add(
          switch (columns.getColumnType(i)) {
            case Types.TINYINT,
                Types.SMALLINT,
                Types.INTEGER,
                Types.BIGINT,
                Types.FLOAT,
                Types.REAL,
                Types.DOUBLE,
                Types.NUMERIC,
                Types.DECIMAL ->
                true;
            default ->
                columns.getColumnTypeName(i).contains("INT")
                    && !columns.getColumnTypeName(i).startsWith("INTERVAL");
          });
    }
    return numeric;
  }

  /**
   * Returns the value of a column of the current row.
   *
   * @param column from 1
   * @return a Boolean, Number, String, List or Map; null for none
   */
  public static @Nullable Object get(ResultSet rows, int column) throws SQLException {
    Object value = rows.getObject(column);
    return value instanceof Timestamp
        ? rows.getObject(column, LocalDateTime.class).toString()
        : plain(value);
  }

  private static @Nullable Object plain(@Nullable Object value) throws SQLException {
    if (value == null
        || value instanceof Boolean
        || value instanceof Number
        || value instanceof String) {
      return value;
    } else if (value instanceof Blob blob) {
      return Base64.getEncoder().encodeToString(blob.getBytes(1, Math.toIntExact(blob.length())));
    } else if (value instanceof Timestamp timestamp) {
      return timestamp.toLocalDateTime().toString();
    } else if (value instanceof Array array) {
      List<@Nullable Object> list = new ArrayList<>();
      for (Object element : (Object[]) array.getArray()) {
        list.add(plain(element));
      }
      return list;
    } else if (value instanceof DuckDBStruct struct) {
      return map(struct.getMap());
    } else if (value instanceof Struct struct) {
      return plain(Arrays.asList(struct.getAttributes()));
    } else if (value instanceof Map<?, ?> map) {
      return map(map);
    } else if (value instanceof List<?> values) {
      List<@Nullable Object> list = new ArrayList<>();
      for (Object element : values) {
        list.add(plain(element));
      }
      return list;
    }
    return value.toString();
  }

  private static Map<String, @Nullable Object> map(Map<?, ?> map) throws SQLException {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      plain.put(String.valueOf(plain(entry.getKey())), plain(entry.getValue()));
    }
    return plain;
  }

  /** Returns a value as one text; null for none. */
  public static @Nullable String text(@Nullable Object value) {
    if (value instanceof List<?> list) {
      List<String> texts = new ArrayList<>();
      list.forEach(element -> texts.add(String.valueOf(text(element))));
      return "[" + String.join(", ", texts) + "]";
    } else if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    return value == null ? null : value.toString();
  }

  /** Writes a value as JSON. */
  static void write(JsonGenerator json, @Nullable Object value) {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof Number number) {
      write(json, number);
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      list.forEach(element -> write(json, element));
      json.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      map.forEach(
          (key, element) -> {
            json.writeName(String.valueOf(key));
            write(json, element);
          });
      json.writeEndObject();
    } else {
      json.writeString(value.toString());
    }
  }

  private static void write(JsonGenerator json, Number number) {
    if (number instanceof BigInteger big) {
      json.writeNumber(big);
    } else if (number instanceof BigDecimal decimal) {
      json.writeNumber(decimal);
    } else if (number instanceof Double || number instanceof Float) {
      double value = number.doubleValue();
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        // JSON has no number for it.
        json.writeString(Double.toString(value));
      }
    } else {
      json.writeNumber(number.longValue());
    }
  }
}
