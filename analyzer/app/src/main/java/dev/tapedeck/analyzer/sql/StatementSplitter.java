// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text into statements at its semicolons, but for those in quotes and comments.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class StatementSplitter {
  private final StringBuilder open = new StringBuilder();

  /**
   * Adds a line.
   *
   * @return the statements that it completes, without their semicolons
   */
  public List<String> add(String line) {
    open.append(line).append('\n');
    List<String> complete = new ArrayList<>();
    int end = end(open);
    while (end >= 0) {
      addStatement(open.substring(0, end), complete);
      open.delete(0, end + 1);
      end = end(open);
    }
    return complete;
  }

  /** Returns whether a statement was begun and is not complete. */
  public boolean isOpen() {
    return !open.toString().isBlank();
  }

  /** Returns the statement that the end of the input completes; none or one. */
  public List<String> finish() {
    List<String> last = new ArrayList<>();
    addStatement(open.toString(), last);
    open.setLength(0);
    return last;
  }

  private static void addStatement(String text, List<String> statements) {
    if (!text.isBlank()) {
      statements.add(text.strip());
    }
  }

  /** Returns where the first semicolon stands that ends a statement; −1 when there is none. */
  private static int end(CharSequence text) {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == ';') {
        return i;
      } else if (c == '\'' || c == '"') {
        i = behind(text, i + 1, String.valueOf(c));
      } else if (startsWith(text, i, "--")) {
        i = behind(text, i, "\n");
      } else if (startsWith(text, i, "/*")) {
        i = behind(text, i + 2, "*/");
      } else if (c == '$') {
        i = behindDollarQuote(text, i);
      } else {
        i++;
      }
    }
    return -1;
  }

  /** A doubled quote ends one text and begins the next, which comes to the same here. */
  private static int behind(CharSequence text, int from, String end) {
    int at = text.toString().indexOf(end, from);
    return at < 0 ? text.length() : at + end.length();
  }

  /** {@code $$text$$} and {@code $tag$text$tag$}. */
  private static int behindDollarQuote(CharSequence text, int from) {
    int end = from + 1;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    boolean isTag = end < text.length() && text.charAt(end) == '$';
    return isTag ? behind(text, end + 1, text.subSequence(from, end + 1).toString()) : from + 1;
  }

  private static boolean startsWith(CharSequence text, int at, String start) {
    return text.length() - at >= start.length()
        && text.subSequence(at, at + start.length()).toString().equals(start);
  }
}
