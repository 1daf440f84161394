// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import java.util.Locale;

/**
 * A piece of an expression.
 *
 * @param kind what it is
 * @param text as written; of a quoted text what is between the quotes, backslashes included
 * @param position 0-based place of its first character
 */
record Token(Kind kind, String text, int position) {
  /** Kinds of pieces. */
  enum Kind {
    /** A name, number, duration, address or other run without blanks. */
    WORD,
    /** A text in quotes. */
    QUOTED,
    /** A comparison or bracket. */
    SYMBOL,
    END
  }

  boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /** Returns whether it is that keyword, in any case. */
  boolean isKeyword(String keyword) {
    return kind == Kind.WORD && text.toLowerCase(Locale.ROOT).equals(keyword);
  }

  /** Returns a quoted text's meaning where it is no regular expression. */
  String unescaped() {
    if (kind != Kind.QUOTED || text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() && isEscapable(text.charAt(i + 1))) {
        i++;
        c = text.charAt(i);
      }
      plain.append(c);
    }
    return plain.toString();
  }

  /** Returns a quoted text's meaning as a regular expression: only quotes need a backslash. */
  String regex() {
    return kind == Kind.QUOTED ? text.replace("\\\"", "\"").replace("\\'", "'") : text;
  }

  private static boolean isEscapable(char c) {
    return c == '\\' || c == '"' || c == '\'';
  }

  /** Returns how messages name it. */
  String described() {
    return kind == Kind.END ? "the end" : "'" + text + "'";
  }
}
