// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A statement that the database refused, told in one line. */
public final class SqlException extends IOException {
  private static final long serialVersionUID = 1;
  private static final String LINE = "LINE ";
  private static final String CUT = "...";

  private final String what;
  private final @Nullable String place;

  private SqlException(String what, @Nullable String place, SQLException cause) {
    super(place == null ? what : what + ": " + place, cause);
    this.what = what;
    this.place = place;
  }

  /** Returns what is wrong. */
  public String what() {
    return what;
  }

  /** Returns where in the statement, such as {@code line 1, column 8}; null when not known. */
  public @Nullable String place() {
    return place;
  }

  /** Returns what the database says of a statement: its message, then the line with a caret. */
  static SqlException of(SQLException failure, String sql) {
    return of(failure, sql, 0);
  }

  /**
   * Returns the same of a statement with lines before it that the user did not write.
   *
   * @param linesBefore how many
   */
  static SqlException of(SQLException failure, String sql, int linesBefore) {
    String message = failure.getMessage() == null ? "refused" : failure.getMessage();
    String[] lines = message.split("\n", -1);
    StringBuilder what = new StringBuilder();
    String place = null;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].startsWith(LINE) && i + 1 < lines.length && lines[i + 1].contains("^")) {
        place = place(lines[i], lines[i + 1].indexOf('^'), sql, linesBefore);
        break;
      }
      if (!lines[i].isBlank()) {
        what.append(what.isEmpty() ? "" : " ").append(lines[i].strip());
      }
    }
    return new SqlException(what.toString(), place, failure);
  }

  private static @Nullable String place(String line, int caret, String sql, int linesBefore) {
    int colon = line.indexOf(": ");
    int shownFrom = colon + 2;
    if (colon < LINE.length() || caret < shownFrom) {
      return null;
    }
    int number = Integer.parseInt(line.substring(LINE.length(), colon)) - linesBefore;
    String shown = line.substring(shownFrom);
    int column = caret - shownFrom;
    if (shown.startsWith(CUT)) {
      // Of a long line only a part is shown.
      String part = shown.substring(CUT.length());
      String end = part.endsWith(CUT) ? part.substring(0, part.length() - CUT.length()) : part;
      int at = sql.indexOf(end);
      column += at < 0 ? 0 : at - sql.lastIndexOf('\n', at) - 1 - CUT.length();
    }
    return "line " + number + ", column " + (column + 1);
  }
}
