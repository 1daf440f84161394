// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import dev.tapedeck.analyzer.rules.JsonPathPattern.Step;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds secret values in JSON texts (RFC 8259), of which several may follow one another.
 *
 * <p>Of a secret object or array every value in it is secret. Strings are masked between their
 * quotes, numbers whole and by digits. {@code true} and {@code false} become {@code null}, for a
 * token would be no JSON. A string that is a JSON text is looked into as if it stood there
 * unquoted.
 */
final class JsonSecrets {
  /** Deeper than any document that people write. */
  private static final int MAX_DEPTH = 500;

  private static final int MAX_STEPS = 62;

  /** Texts in strings of texts; each one is longer than what it holds. */
  private static final int MAX_NESTING = 8;

  /** {@code {"a":1}}. */
  private static final int SHORTEST_NESTED = 7;

  private static final long[] NO_STATES = new long[0];

  private static final boolean[] NUMBER = new boolean[256];
  private static final boolean[] NUMBER_END = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      NUMBER[c] = "+-.0123456789eE".indexOf(c) >= 0;
      NUMBER_END[c] = "]},: \t\r\n".indexOf(c) >= 0;
    }
  }

  private final RedactionRules rules;
  private final byte[] bytes;
  private final int end;
  private final Spans spans;
  private final int nesting;
  private int at;

  /** Up to here the text is understood: behind a value, or at the start. */
  private int understood;

  private JsonSecrets(RedactionRules rules, byte[] bytes, Spans spans, int nesting) {
    this.nesting = nesting;
    this.rules = rules;
    this.bytes = bytes;
    this.end = bytes.length;
    this.spans = spans;
  }

  /** Where a text is no JSON, or is too deep to be looked through. */
  private static final class NoJsonException extends Exception {
    private static final long serialVersionUID = 1;

    NoJsonException() {
      super("no JSON", null, false, false);
    }
  }

  /**
   * Adds the secrets.
   *
   * @param bytes the text; secret booleans are replaced at once
   * @return false when it is no JSON, so that nothing is known of it
   */
  static boolean find(RedactionRules rules, byte[] bytes, Spans spans) {
    return rulesFit(rules) && new JsonSecrets(rules, bytes, spans, 0).texts();
  }

  /**
   * Adds the secrets of as much of a text as can be understood.
   *
   * @param bytes the text; secret booleans are replaced at once
   * @return the length of what was understood, which ends with a value; all of it for a JSON text
   */
  static int findPrefix(RedactionRules rules, byte[] bytes, Spans spans) {
    if (!rulesFit(rules)) {
      return 0;
    }
    JsonSecrets secrets = new JsonSecrets(rules, bytes, spans, 0);
    return secrets.texts() ? bytes.length : secrets.understood;
  }

  private static boolean rulesFit(RedactionRules rules) {
    return rules.paths().stream().allMatch(path -> path.steps().size() <= MAX_STEPS);
  }

  private boolean texts() {
    try {
      long[] states = new long[rules.paths().size()];
      Arrays.fill(states, 1);
      space();
      while (at < end) {
        value(states, false, 0);
        space();
      }
      return true;
    } catch (NoJsonException e) {
      // What the caller asks: such a body cannot be masked from there on.
      return false;
    }
  }

  private void value(long[] states, boolean inherited, int depth) throws NoJsonException {
    boolean secret = inherited || isMatched(states);
    if (depth > MAX_DEPTH) {
      throw new NoJsonException();
    }
    switch (peek()) {
      case '{' -> object(states, secret, depth);
      case '[' -> array(states, secret, depth);
      case '"' -> {
        int from = at + 1;
        string();
        if (secret) {
          spans.add(from, at - 1);
        } else if (at - 1 - from >= SHORTEST_NESTED && (bytes[from] == '{' || bytes[from] == '[')) {
          nested(states, from, at - 1);
        }
      }
      case 't' -> literal("true", secret);
      case 'f' -> literal("false", secret);
      case 'n' -> literal("null", false);
      default -> number(secret);
    }
    understood = at;
  }

  /** Looks into a string that may be a JSON text itself. */
  private void nested(long[] states, int from, int to) throws NoJsonException {
    if (nesting == MAX_NESTING) {
      throw new NoJsonException();
    }
    JsonText inner = JsonText.unescape(bytes, from, to);
    Spans found = new Spans();
    JsonSecrets secrets = new JsonSecrets(rules, inner.bytes(), found, nesting + 1);
    byte[] before = inner.bytes().clone();
    try {
      secrets.value(states, false, 0);
      secrets.space();
    } catch (NoJsonException e) {
      // A text that begins like JSON only; patterns look into it all the same.
      return;
    }
    if (secrets.at == secrets.end) {
      for (int i = 0; i < before.length; i++) {
        if (before[i] != inner.bytes()[i]) {
          bytes[inner.placeOf(i)] = inner.bytes()[i];
        }
      }
      found.forEach((start, end) -> spans.add(inner.placeOf(start), inner.placeOf(end)));
    }
  }

  private void object(long[] states, boolean secret, int depth) throws NoJsonException {
    at++;
    space();
    if (peek() == '}') {
      at++;
      return;
    }
    boolean named = false;
    int pairFrom = -1;
    while (true) {
      if (peek() != '"') {
        throw new NoJsonException();
      }
      int from = at + 1;
      boolean escaped = string();
      boolean plain =
          states.length == 0 && !escaped && !DefaultRedaction.mayBeSecret(bytes, from, at - 1);
      String name = plain ? null : text(from, at - 1);
      char role = role(from, at - 1);
      space();
      expect(':');
      space();
      int start = at;
      boolean pair = role == 'v' && named;
      value(
          plain ? states : step(states, name, -1),
          secret || pair || rules.isSecretMember(name),
          depth + 1);
      if (role == 'n') {
        named |= isSecretName(start);
      } else if (role == 'v' && !pair && bytes[start] != '{' && bytes[start] != '[') {
        pairFrom = start;
      }
      space();
      if (peek() == '}') {
        if (named && pairFrom >= 0 && !secret) {
          int end = at;
          at = pairFrom;
          value(NO_STATES, true, depth + 1);
          at = end;
          understood = end;
        }
        at++;
        return;
      }
      expect(',');
      space();
    }
  }

  /**
   * Returns what a member is in an object that tells a name and its value, as in lists of fields,
   * parameters and variables: {@code n}, {@code v}, or neither.
   */
  private char role(int from, int to) {
    switch (to - from < 3 ? 0 : bytes[to - 1] | 0x20) {
      case 'e' -> {
        return ends(from, to, "name") ? 'n' : ends(from, to, "value") ? 'v' : ' ';
      }
      case 'y' -> {
        return ends(from, to, "key") ? 'n' : ' ';
      }
      case 's' -> {
        return ends(from, to, "values") ? 'v' : ' ';
      }
      default -> {
        return ' ';
      }
    }
  }

  private boolean ends(int from, int to, String lower) {
    int start = to - lower.length();
    for (int i = 0; i < lower.length(); i++) {
      if (start < from || (bytes[start + i] | 0x20) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the value that began there and has just ended is a secret's name. */
  private boolean isSecretName(int start) throws NoJsonException {
    if (bytes[start] != '"'
        || !rules.defaults()
        || !(DefaultRedaction.mayBeSecret(bytes, start + 1, at - 1)
            || escapes(start + 1, at - 1))) {
      return false;
    }
    String name = text(start + 1, at - 1);
    return DefaultRedaction.isSecretParameter(name) || DefaultRedaction.isSecretHeader(name);
  }

  private boolean escapes(int from, int to) {
    int i = from;
    while (i < to && bytes[i] != '\\') {
      i++;
    }
    return i < to;
  }

  private void array(long[] states, boolean secret, int depth) throws NoJsonException {
    at++;
    space();
    if (peek() == ']') {
      at++;
      return;
    }
    for (int index = 0; ; index++) {
      value(step(states, null, index), secret, depth + 1);
      space();
      if (peek() == ']') {
        at++;
        return;
      }
      expect(',');
      space();
    }
  }

  /** Each bit of a state is a step that the next member or element may take. */
  private long[] step(long[] states, @Nullable String name, int index) {
    if (states.length == 0) {
      return states;
    }
    long[] next = new long[states.length];
    for (int i = 0; i < states.length; i++) {
      List<Step> steps = rules.paths().get(i).steps();
      for (int s = 0; s < steps.size(); s++) {
        if ((states[i] >> s & 1) == 0) {
          continue;
        }
        Step step = steps.get(s);
        if (step.deep()) {
          next[i] |= 1L << s;
        }
        if (step.any()
            || (name != null && name.equals(step.member()))
            || (index >= 0 && index == step.index())) {
          next[i] |= 1L << (s + 1);
        }
      }
    }
    return next;
  }

  private boolean isMatched(long[] states) {
    for (int i = 0; i < states.length; i++) {
      if ((states[i] >> rules.paths().get(i).steps().size() & 1) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Goes behind a string; returns whether there are escapes in it. */
  private boolean string() throws NoJsonException {
    byte[] text = bytes;
    boolean escaped = false;
    int i = at + 1;
    while (true) {
      i = ByteScan.plainEnd(text, i, end);
      if (i < end && text[i] == '"') {
        at = i + 1;
        return escaped;
      } else if (i + 1 >= end || text[i] != '\\') {
        throw new NoJsonException();
      }
      escaped = true;
      i += 2;
    }
  }

  private void number(boolean secret) throws NoJsonException {
    int from = at;
    while (at < end && NUMBER[bytes[at] & 0xff]) {
      at++;
    }
    if (at == from || (at < end && !NUMBER_END[bytes[at] & 0xff])) {
      throw new NoJsonException();
    }
    if (secret) {
      for (int i = from; i < at; i++) {
        int start = i;
        while (i < at && bytes[i] >= '0' && bytes[i] <= '9') {
          i++;
        }
        spans.add(start, i);
      }
    }
  }

  private void literal(String word, boolean secret) throws NoJsonException {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
    if (secret) {
      byte[] unknown = "null ".getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(unknown, 0, bytes, at - word.length(), word.length());
    }
  }

  /** Returns a string's meaning as far as names need it. */
  private String text(int from, int to) throws NoJsonException {
    String raw = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    if (raw.indexOf('\\') < 0) {
      return raw;
    }
    StringBuilder text = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = raw.charAt(i++);
      if (escaped == 'u') {
        text.append((char) codeUnit(raw, i));
        i += 4;
      } else {
        text.append(escaped);
      }
    }
    return text.toString();
  }

  private static int codeUnit(String raw, int at) throws NoJsonException {
    if (at + 4 > raw.length()) {
      throw new NoJsonException();
    }
    int code = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = Character.digit(raw.charAt(i), 16);
      if (digit < 0) {
        throw new NoJsonException();
      }
      code = code << 4 | digit;
    }
    return code;
  }

  private void space() {
    if (at < end && bytes[at] > ' ') {
      return;
    }
    while (at < end
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
  }

  private int peek() throws NoJsonException {
    if (at >= end) {
      throw new NoJsonException();
    }
    return bytes[at] & 0xff;
  }

  private void expect(int wanted) throws NoJsonException {
    if (peek() != wanted) {
      throw new NoJsonException();
    }
    at++;
  }
}
