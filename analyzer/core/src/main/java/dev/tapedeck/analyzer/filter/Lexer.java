// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import java.util.ArrayList;
import java.util.List;

/** Cuts an expression into pieces. */
final class Lexer {
  /** Longest first. */
  private static final List<String> SYMBOLS =
      List.of(
          "==", "!=", "<=", ">=", "!~", "&&", "||", "<", ">", "~", "!", "(", ")", "[", "]", ",");

  private final String expression;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String expression) {
    this.expression = expression;
  }

  /** Returns the pieces, the last of which is the end. */
  static List<Token> tokens(String expression) throws FilterSyntaxException {
    return new Lexer(expression).tokens();
  }

  private List<Token> tokens() throws FilterSyntaxException {
    while (true) {
      while (at < expression.length() && Character.isWhitespace(expression.charAt(at))) {
        at++;
      }
      if (at == expression.length()) {
        tokens.add(new Token(Token.Kind.END, "", at));
        return tokens;
      }
      char c = expression.charAt(at);
      if (c == '"' || c == '\'') {
        quoted(c);
      } else if (isWordCharacter(c)) {
        word();
      } else {
        symbol(c);
      }
    }
  }

  private void quoted(char quote) throws FilterSyntaxException {
    int start = at;
    at++;
    while (at < expression.length() && expression.charAt(at) != quote) {
      at += expression.charAt(at) == '\\' ? 2 : 1;
    }
    if (at >= expression.length()) {
      throw new FilterSyntaxException(
          expression, start, "text without end: add " + quote + " after it");
    }
    tokens.add(new Token(Token.Kind.QUOTED, expression.substring(start + 1, at), start));
    at++;
  }

  private void word() {
    int start = at;
    while (at < expression.length() && isWordCharacter(expression.charAt(at))) {
      at++;
    }
    tokens.add(new Token(Token.Kind.WORD, expression.substring(start, at), start));
  }

  private void symbol(char c) throws FilterSyntaxException {
    for (String symbol : SYMBOLS) {
      if (expression.startsWith(symbol, at)) {
        tokens.add(new Token(Token.Kind.SYMBOL, symbol, at));
        at += symbol.length();
        return;
      }
    }
    String advice =
        switch (c) {
          case '=' -> "equality is written ==";
          case '&' -> "write 'and'";
          case '|' -> "write 'or'";
          default -> "write texts in quotes";
        };
    String shown = Character.isISOControl(c) ? "control character" : "'" + c + "'";
    throw new FilterSyntaxException(expression, at, "unexpected " + shown + ": " + advice);
  }

  /** Of names, numbers with units, times, addresses with prefix lengths, and plain paths. */
  private static boolean isWordCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c > 0x9f
        || "_.:+/-".indexOf(c) >= 0;
  }
}
