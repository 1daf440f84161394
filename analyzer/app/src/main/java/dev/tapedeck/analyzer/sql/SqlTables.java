// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All tables, for those who describe, complete or document them. */
public final class SqlTables {
  static final List<Table<?>> TABLES =
      List.of(
          ConnectionTable.table(),
          ExchangeTable.table(),
          HeaderTable.table(),
          MessageTable.table(),
          EventTables.events(),
          EventTables.losses());

  private SqlTables() {}

  /**
   * A table as users know it.
   *
   * @param name as in SQL
   * @param description what its rows are
   * @param columns in order
   */
  public record Description(String name, String description, List<ColumnDescription> columns) {
    public Description {
      columns = List.copyOf(columns);
    }
  }

  /**
   * A column as users know it.
   *
   * @param name as in SQL
   * @param type its SQL type
   * @param description what it holds, with its unit
   */
  public record ColumnDescription(String name, String type, String description) {
    /** Returns whether it holds whole bodies or payloads. */
    public boolean isContent() {
      return name.endsWith("_body")
          || name.endsWith("_body_text")
          || name.equals("payload")
          || name.equals("payload_text");
    }
  }

  /** Returns all tables in the order of the documentation. */
  public static List<Description> all() {
    List<Description> descriptions = new ArrayList<>();
    TABLES.forEach(table -> descriptions.add(describe(table)));
    return descriptions;
  }

  /** Returns the table of that name in any case; null when there is none. */
  public static @Nullable Description find(String name) {
    return all().stream()
        .filter(table -> table.name().equalsIgnoreCase(name))
        .findFirst()
        .orElse(null);
  }

  private static <R> Description describe(Table<R> table) {
    return new Description(
        table.name(),
        table.description(),
        table.columns().stream()
            .map(c -> new ColumnDescription(c.name(), c.type().sql(), c.description()))
            .toList());
  }
}
