// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.analyzer.rules.JsonPathPattern.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of JSON texts (RFC 8259) stand. Several texts may follow one another, as in
 * newline-delimited JSON; each has its own root.
 *
 * <p><b>Threads:</b> confined to one. <b>Limits:</b> {@value #MAX_DEPTH} levels.
 */
public final class JsonSpans {
  private static final int MAX_DEPTH = 200;

  private final String text;
  private final Visitor visitor;
  private final List<Step> path = new ArrayList<>();
  private int at;

  private JsonSpans(String text, Visitor visitor) {
    this.text = text;
    this.visitor = visitor;
  }

  /** Is shown every value. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes a value; members and elements come before what holds them.
     *
     * @param spans knows the value's path during the call
     * @param from first character: of a string the one after its quote
     * @param to character after the last: of a string its closing quote
     * @param type what it is
     */
    void value(JsonSpans spans, int from, int to, Type type);
  }

  /** What a value is. */
  public enum Type {
    STRING,
    NUMBER,
    LITERAL,
    OBJECT,
    ARRAY
  }

  /** Where a text is no JSON, or is too deep to be looked through. */
  private static final class NoJsonException extends Exception {
    private static final long serialVersionUID = 1;

    NoJsonException() {
      super("no JSON", null, false, false);
    }
  }

  /**
   * Shows all values of a text.
   *
   * @return false when it is no JSON; what came before that place has been shown
   */
  public static boolean visit(String text, Visitor visitor) {
    JsonSpans spans = new JsonSpans(text, visitor);
    try {
      spans.space();
      int roots = 0;
      while (spans.at < text.length()) {
        spans.value(0);
        spans.space();
        roots++;
      }
      return roots > 0;
    } catch (NoJsonException e) {
      // The caller is told; a text that only looks like JSON is nothing unusual.
      return false;
    }
  }

  /** Returns the values at a path, in their order; none when the text is no JSON. */
  public static List<Slice> find(String text, JsonPathPattern pattern) {
    List<Slice> found = new ArrayList<>();
    visit(
        text,
        (spans, from, to, type) -> {
          if (matches(pattern.steps(), 0, spans.path, 0)) {
            found.add(new Slice(from, to, type == Type.STRING ? Coding.JSON : Coding.PLAIN));
          }
        });
    return found;
  }

  private static boolean matches(List<Step> pattern, int p, List<Step> path, int i) {
    if (p == pattern.size()) {
      return i == path.size();
    }
    if (i == path.size()) {
      return false;
    }
    Step wanted = pattern.get(p);
    Step is = path.get(i);
    boolean fits =
        wanted.any()
            || (wanted.member() != null && wanted.member().equals(is.member()))
            || (wanted.index() >= 0 && wanted.index() == is.index());
    return (fits && matches(pattern, p + 1, path, i + 1))
        || (wanted.deep() && matches(pattern, p, path, i + 1));
  }

  /** Returns the name of the member that the value is, or is an element of; null at the root. */
  public @Nullable String key() {
    return name(0);
  }

  /** Returns the name of the member around {@link #key}; null when there is none. */
  public @Nullable String owner() {
    return name(1);
  }

  private @Nullable String name(int skip) {
    int left = skip;
    for (int i = path.size() - 1; i >= 0; i--) {
      String member = path.get(i).member();
      if (member != null && left-- == 0) {
        return member;
      }
    }
    return null;
  }

  /** Returns the value's path. */
  public JsonPathPattern path() {
    StringBuilder written = new StringBuilder("$");
    for (Step step : path) {
      String member = step.member();
      if (member == null) {
        written.append('[').append(step.index()).append(']');
      } else if (member.matches("[A-Za-z_]\\w*")) {
        written.append('.').append(member);
      } else {
        written.append("['").append(member.replace("\\", "\\\\").replace("'", "\\'")).append("']");
      }
    }
    return new JsonPathPattern(written.toString(), path);
  }

  private void value(int depth) throws NoJsonException {
    if (depth > MAX_DEPTH) {
      throw new NoJsonException();
    }
    int from = at;
    switch (peek()) {
      case '{' -> {
        object(depth);
        visitor.value(this, from, at, Type.OBJECT);
      }
      case '[' -> {
        array(depth);
        visitor.value(this, from, at, Type.ARRAY);
      }
      case '"' -> {
        string();
        visitor.value(this, from + 1, at - 1, Type.STRING);
      }
      case 't' -> literal("true", from);
      case 'f' -> literal("false", from);
      case 'n' -> literal("null", from);
      default -> {
        number();
        visitor.value(this, from, at, Type.NUMBER);
      }
    }
  }

  private void object(int depth) throws NoJsonException {
    at++;
    space();
    if (peek() == '}') {
      at++;
      return;
    }
    while (true) {
      expect('"');
      at--;
      int from = at + 1;
      string();
      String raw = text.substring(from, at - 1);
      String name = raw.indexOf('\\') < 0 ? raw : Escapes.decode(raw, Coding.JSON).text();
      space();
      expect(':');
      space();
      path.add(new Step(false, name, -1));
      value(depth + 1);
      path.remove(path.size() - 1);
      space();
      if (peek() == '}') {
        at++;
        return;
      }
      expect(',');
      space();
    }
  }

  private void array(int depth) throws NoJsonException {
    at++;
    space();
    if (peek() == ']') {
      at++;
      return;
    }
    for (int index = 0; ; index++) {
      path.add(new Step(false, null, index));
      value(depth + 1);
      path.remove(path.size() - 1);
      space();
      if (peek() == ']') {
        at++;
        return;
      }
      expect(',');
      space();
    }
  }

  private void string() throws NoJsonException {
    at++;
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return;
      } else if (c == '\\') {
        peek();
        at++;
      } else if (c < ' ') {
        throw new NoJsonException();
      }
    }
  }

  private void number() throws NoJsonException {
    int from = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == from) {
      throw new NoJsonException();
    }
  }

  private void literal(String word, int from) throws NoJsonException {
    if (!text.startsWith(word, at)) {
      throw new NoJsonException();
    }
    at += word.length();
    visitor.value(this, from, at, Type.LITERAL);
  }

  private void space() {
    while (at < text.length() && " \n\r\t".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws NoJsonException {
    if (at >= text.length()) {
      throw new NoJsonException();
    }
    return text.charAt(at);
  }

  private void expect(char wanted) throws NoJsonException {
    if (peek() != wanted) {
      throw new NoJsonException();
    }
    at++;
  }
}
