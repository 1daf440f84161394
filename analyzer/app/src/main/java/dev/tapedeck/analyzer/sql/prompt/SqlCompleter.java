// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql.prompt;

import dev.tapedeck.analyzer.sql.SqlTables;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Offers tables, columns of the tables that the statement names, keywords and dot commands. */
final class SqlCompleter implements Completer {
  /** Where a table has to stand. */
  private static final Pattern AFTER_WHICH_TABLES =
      Pattern.compile("(?i)(\\b(from|join|describe|summarize)|\\.schema)\\s+$");

  private static final List<String> KEYWORDS =
      List.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP BY",
          "ORDER BY",
          "HAVING",
          "LIMIT",
          "JOIN",
          "LEFT JOIN",
          "USING",
          "ON",
          "AS",
          "AND",
          "OR",
          "NOT",
          "NULL",
          "IS",
          "IN",
          "LIKE",
          "ILIKE",
          "BETWEEN",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "DISTINCT",
          "WITH",
          "UNION ALL",
          "DESC",
          "ASC",
          "count(*)",
          "sum(",
          "avg(",
          "min(",
          "max(",
          "median(",
          "quantile_cont(",
          "EXPLAIN",
          "CREATE TABLE",
          "DESCRIBE",
          "SUMMARIZE");

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String before = line.line().substring(0, line.cursor() - line.wordCursor());
    Set<String> offered =
        AFTER_WHICH_TABLES.matcher(before).find()
            ? tables(line.word())
            : offered(line.line(), line.word());
    for (String text : offered) {
      candidates.add(new Candidate(text));
    }
  }

  /** Returns the tables whose name begins so. */
  static Set<String> tables(String begun) {
    Set<String> offered = new TreeSet<>();
    for (SqlTables.Description table : SqlTables.all()) {
      addMatching(offered, List.of(table.name()), begun.toLowerCase(Locale.ROOT));
    }
    return offered;
  }

  /** Returns what may stand in place of a word that was begun. */
  static Set<String> offered(String statement, String word) {
    Set<String> offered = new TreeSet<>();
    String begun = word.toLowerCase(Locale.ROOT);
    if (statement.strip().startsWith(".")) {
      addMatching(offered, SqlPrompt.COMMANDS, begun);
    }
    int dot = begun.lastIndexOf('.');
    String prefix = dot > 0 ? word.substring(0, dot + 1) : "";
    String rest = dot > 0 ? begun.substring(dot + 1) : begun;
    String lower = statement.toLowerCase(Locale.ROOT);
    List<SqlTables.Description> tables = SqlTables.all();
    boolean namesOne = tables.stream().anyMatch(table -> lower.contains(table.name()));
    for (SqlTables.Description table : tables) {
      if (prefix.isEmpty()) {
        addMatching(offered, List.of(table.name()), rest);
      }
      if (!namesOne || lower.contains(table.name())) {
        for (SqlTables.ColumnDescription column : table.columns()) {
          if (column.name().startsWith(rest)) {
            offered.add(prefix + column.name());
          }
        }
      }
    }
    if (prefix.isEmpty()) {
      addMatching(offered, KEYWORDS, begun);
    }
    return offered;
  }

  private static void addMatching(Set<String> offered, List<String> texts, String begun) {
    for (String text : texts) {
      if (text.toLowerCase(Locale.ROOT).startsWith(begun)) {
        offered.add(text);
      }
    }
  }
}
