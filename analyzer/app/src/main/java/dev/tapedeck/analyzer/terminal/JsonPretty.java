// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import dev.tapedeck.analyzer.text.SafeText;
import org.jspecify.annotations.Nullable;

/**
 * Lays JSON texts (RFC 8259) out for people: a member or element a line, coloured where wanted.
 *
 * <p>Nothing but white space between tokens is changed: names, strings and numbers stand as they
 * were sent, with their escapes, repeated names and digits. What could reach the terminal as a
 * control is escaped as {@link TerminalText} does. Several texts may follow one another, as in
 * lines of JSON.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class JsonPretty {
  /** Deeper texts are shown as they are. */
  private static final int MAX_DEPTH = 500;

  private static final String INDENT = "  ";
  private static final String NUMBER = "+-.0123456789eE";

  private final String text;
  private final boolean mayEnd;
  private final boolean colorful;
  private final StringBuilder out;
  private int at;

  private JsonPretty(String text, boolean mayEnd, boolean colorful) {
    this.text = text;
    this.mayEnd = mayEnd;
    this.colorful = colorful;
    this.out = new StringBuilder(text.length() * 2);
  }

  /** Where a text is no JSON, or is too deep. */
  private static final class NoJsonException extends Exception {
    private static final long serialVersionUID = 1;

    NoJsonException() {
      super("no JSON", null, false, false);
    }
  }

  /** The text ends where it may not be whole. */
  private static final class EndException extends Exception {
    private static final long serialVersionUID = 1;

    EndException() {
      super("end", null, false, false);
    }
  }

  /**
   * Lays a text out.
   *
   * @param text one or more objects or arrays
   * @param mayEnd whether it may end anywhere, because the rest was cut or not captured
   * @param colorful whether tokens are coloured
   * @return lines without the last line end; null when the text is no JSON
   */
  public static @Nullable String of(String text, boolean mayEnd, boolean colorful) {
    JsonPretty pretty = new JsonPretty(text, mayEnd, colorful);
    try {
      return pretty.texts() ? pretty.out.toString() : null;
    } catch (EndException e) {
      // What there is of it is laid out.
      return pretty.out.toString();
    } catch (NoJsonException e) {
      // What the caller asks: it is shown as the text that it is.
      return null;
    }
  }

  private boolean texts() throws NoJsonException, EndException {
    space();
    if (at == text.length() || (text.charAt(at) != '{' && text.charAt(at) != '[')) {
      return false;
    }
    while (at < text.length()) {
      if (out.length() > 0) {
        out.append('\n');
      }
      value(0);
      space();
    }
    return true;
  }

  private void value(int depth) throws NoJsonException, EndException {
    if (depth > MAX_DEPTH) {
      throw new NoJsonException();
    }
    switch (peek()) {
      case '{' -> members(depth, '}');
      case '[' -> members(depth, ']');
      case '"' -> string(Style.GOOD);
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> number();
    }
  }

  /** An object or an array. */
  private void members(int depth, char close) throws NoJsonException, EndException {
    out.append(text.charAt(at++));
    space();
    if (peek() == close) {
      out.append(close);
      at++;
      return;
    }
    while (true) {
      line(depth + 1);
      if (close == '}') {
        if (peek() != '"') {
          throw new NoJsonException();
        }
        string(Style.NAME);
        space();
        expect(':');
        out.append(": ");
        space();
      }
      value(depth + 1);
      space();
      if (peek() == close) {
        at++;
        line(depth);
        out.append(close);
        return;
      }
      expect(',');
      out.append(',');
      space();
    }
  }

  private void line(int depth) {
    out.append('\n').append(INDENT.repeat(depth));
  }

  private void string(Style style) throws NoJsonException, EndException {
    int from = at++;
    boolean ended = false;
    while (!ended && at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c < ' ') {
        throw new NoJsonException();
      }
      ended = c == '"';
    }
    at = Math.min(at, text.length());
    if (!ended && !mayEnd) {
      throw new NoJsonException();
    }
    token(style, SafeText.escape(text.substring(from, at)));
    if (!ended) {
      throw new EndException();
    }
  }

  private void number() throws NoJsonException {
    int from = at;
    while (at < text.length() && NUMBER.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == from || (at < text.length() && "]},: \t\r\n".indexOf(text.charAt(at)) < 0)) {
      throw new NoJsonException();
    }
    token(Style.MOVED, text.substring(from, at));
  }

  private void literal(String word) throws NoJsonException, EndException {
    int end = Math.min(text.length(), at + word.length());
    String found = text.substring(at, end);
    boolean whole = found.equals(word);
    if (!whole && !(mayEnd && end == text.length() && word.startsWith(found))) {
      throw new NoJsonException();
    }
    at = end;
    token(Style.WORD, found);
    if (!whole) {
      throw new EndException();
    }
  }

  private void token(Style style, String token) {
    out.append(colorful ? style.paint(token) : token);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws NoJsonException, EndException {
    if (at < text.length()) {
      return text.charAt(at);
    } else if (mayEnd) {
      throw new EndException();
    }
    throw new NoJsonException();
  }

  private void expect(char wanted) throws NoJsonException, EndException {
    if (peek() != wanted) {
      throw new NoJsonException();
    }
    at++;
  }
}
