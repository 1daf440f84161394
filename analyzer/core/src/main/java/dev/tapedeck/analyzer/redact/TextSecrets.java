// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Finds secrets in text of whatever language, in one pass: by their shape, as repetitions of
 * secrets that are known, and as values that a secret name stands before. The latter as in URLs
 * ({@code ?token=x}), in lines ({@code Password: x}), in markup ({@code <password>x</password>},
 * {@code token="x"}, {@code <input name="csrf" value="x">}) and in objects of scripts and of JSON
 * that is not whole ({@code "secret": "x"}).
 */
final class TextSecrets {
  private static final int MAX_NAME = 64;

  private static final boolean[] NAME = new boolean[256];
  private static final boolean[] URL_VALUE_END = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean alphanumeric = c < 128 && Character.isLetterOrDigit(c);
      NAME[c] = alphanumeric || "_.-%[]+".indexOf(c) >= 0;
      URL_VALUE_END[c] = c <= ' ' || "&;#\"'<>\\)`".indexOf(c) >= 0;
    }
  }

  private final byte[] bytes;
  private final int from;
  private final int to;
  private final Spans spans;
  private final Predicate<String> secret;
  private boolean insideJson;

  /**
   * Looks at a run of bytes.
   *
   * @param secret says which names are those of secrets
   */
  TextSecrets(byte[] bytes, int from, int to, Predicate<String> secret, Spans spans) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.secret = secret;
    this.spans = spans;
  }

  /**
   * Secrets that may stand anywhere, by their first byte.
   *
   * @param byFirst for each value of a byte those that begin with it
   */
  record Known(List<List<byte[]>> byFirst) {
    /** None. */
    static final Known NONE = of(List.of());

    /** Returns values of one character a byte, none of them empty. */
    static Known of(Iterable<String> values) {
      List<List<byte[]>> all = new ArrayList<>();
      for (int i = 0; i < 256; i++) {
        all.add(List.of());
      }
      for (String value : values) {
        List<byte[]> more = new ArrayList<>(all.get(value.charAt(0)));
        more.add(value.getBytes(StandardCharsets.ISO_8859_1));
        all.set(value.charAt(0), more);
      }
      return new Known(all);
    }
  }

  /** Says that the text is JSON whose members were looked at: only those in strings are left. */
  TextSecrets insideJson() {
    insideJson = true;
    return this;
  }

  /** Adds all that there are. */
  void find(Known known) {
    boolean[] interesting = ShapeSecrets.FIRST.clone();
    for (char c : "=:<%".toCharArray()) {
      interesting[c] = true;
    }
    for (int c = 0; c < 256; c++) {
      interesting[c] |= !known.byFirst().get(c).isEmpty();
    }
    ShapeSecrets shapes = new ShapeSecrets(bytes, from, to, 0, spans);
    int shapesFrom = from;
    for (int at = from; at < to; at++) {
      int c = bytes[at] & 0xff;
      if (!interesting[c]) {
        continue;
      }
      List<byte[]> repeated = known.byFirst().get(c);
      for (int i = 0; i < repeated.size(); i++) {
        repetition(at, repeated.get(i));
      }
      if (ShapeSecrets.FIRST[c]) {
        shapesFrom = at < shapesFrom ? shapesFrom : shapes.at(at);
        continue;
      }
      switch (c) {
        case '=' -> assignment(at);
        case ':' -> member(at);
        case '%' -> encodedAssignment(at);
        case '<' -> new MarkupSecrets(bytes, at, to, secret, spans).find();
        default -> {
          // Only a repetition could begin here.
        }
      }
    }
  }

  private void repetition(int at, byte[] value) {
    if (to - at < value.length) {
      return;
    }
    for (int i = 1; i < value.length; i++) {
      if (bytes[at + i] != value[i]) {
        return;
      }
    }
    spans.add(at, at + value.length);
  }

  /** {@code ?name=value}, {@code name="value"}, or a line {@code NAME=value}. */
  private void assignment(int equals) {
    int start = nameStart(equals);
    if (start == equals || equals + 1 >= to) {
      return;
    }
    int before = start == from ? '\n' : bytes[start - 1];
    if (before == '\\' && bytes[start] == 'u' && equals - start > 5) {
      // An ampersand or the like, as careful writers of JSON escape it.
      start += 5;
      before = '&';
    }
    boolean escaped = bytes[equals + 1] == '\\' && equals + 2 < to;
    int quoteAt = escaped ? equals + 2 : equals + 1;
    boolean quoted = bytes[quoteAt] == '"' || bytes[quoteAt] == '\'';
    boolean inUrl = "?&;#".indexOf(before) >= 0;
    boolean begins = "\n\r\"'".indexOf(before) >= 0;
    boolean attribute = quoted && (inUrl || begins || before == ' ' || before == '\t');
    if (!(inUrl || begins || attribute) || !isSecret(start, equals)) {
      return;
    }
    if (attribute) {
      spans.add(quoteAt + 1, closing(quoteAt, escaped));
    } else {
      spans.add(equals + 1, urlValueEnd(equals + 1));
    }
  }

  private int urlValueEnd(int start) {
    int end = start;
    while (end < to && !URL_VALUE_END[bytes[end] & 0xff]) {
      end++;
    }
    return end;
  }

  /** {@code %3Fname%3Dvalue}: a URL in a parameter of another one. */
  private void encodedAssignment(int percent) {
    if (!isEscape(percent, 0x3d)) {
      return;
    }
    int start = percent;
    int least = Math.max(from, percent - MAX_NAME);
    while (start > least && NAME[bytes[start - 1] & 0xff] && !isDelimiter(start - 1)) {
      start--;
    }
    if (start - 3 >= from && isDelimiter(start - 1)) {
      int end = percent + 3;
      while (end < to
          && !URL_VALUE_END[bytes[end] & 0xff]
          && !isEscape(end, '&')
          && !isEscape(end, '#')) {
        end++;
      }
      if (isSecret(start, percent)) {
        spans.add(percent + 3, end);
      }
    }
  }

  /** Returns whether an escape that ends with this byte is one of a character before parameters. */
  private boolean isDelimiter(int last) {
    int escape = last - 2;
    return escape >= from
        && (isEscape(escape, '?') || isEscape(escape, '&') || isEscape(escape, '#'));
  }

  private boolean isEscape(int at, int character) {
    return at + 2 < to
        && bytes[at] == '%'
        && Character.digit(bytes[at + 1], 16) == character >> 4
        && Character.digit(bytes[at + 2], 16) == (character & 0xf);
  }

  /** {@code "name": "value"}, or a line {@code Name: value}. */
  private void member(int colon) {
    int end = colon;
    while (end > from && bytes[end - 1] == ' ') {
      end--;
    }
    int quote = end > from ? bytes[end - 1] : 0;
    boolean quoted = quote == '"' || quote == '\'';
    end -= quoted ? 1 : 0;
    boolean escaped = quoted && end > from && bytes[end - 1] == '\\';
    end -= escaped ? 1 : 0;
    if (insideJson && quoted && !escaped) {
      return;
    }
    int start = nameStart(end);
    int before = start == from ? '\n' : bytes[start - 1];
    if (start == end
        || (quoted ? before != quote : before != '\n' && before != '\r')
        || !isSecret(start, end)) {
      return;
    }
    int at = colon + 1;
    while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
    if (quoted) {
      value(at, escaped);
    } else {
      int stop = at;
      while (stop < to && bytes[stop] != '\n' && bytes[stop] != '\r') {
        stop++;
      }
      spans.add(at, stop);
    }
  }

  private void value(int start, boolean escaped) {
    int at = escaped && start + 1 < to && bytes[start] == '\\' ? start + 1 : start;
    if (at >= to) {
      return;
    }
    int first = bytes[at];
    if (first == '"' || first == '\'') {
      spans.add(at + 1, closing(at, escaped));
    } else if (first == '[') {
      int end = at + 1;
      while (end < to && bytes[end] != ']') {
        end++;
      }
      spans.add(at + 1, end);
    } else if (first != '{') {
      int end = at;
      while (end < to && " \t\r\n,}]".indexOf(bytes[end]) < 0) {
        end++;
      }
      if (!new String(bytes, at, end - at, StandardCharsets.ISO_8859_1).equals("null")) {
        spans.add(at, end);
      }
    }
  }

  /** Returns where a quotation ends that begins with a quote, behind a backslash or not. */
  private int closing(int quoteAt, boolean escaped) {
    int quote = bytes[quoteAt];
    int at = quoteAt + 1;
    while (at < to && bytes[at] != quote) {
      if (bytes[at] == '\\') {
        if (escaped && at + 1 < to && bytes[at + 1] == quote) {
          return at;
        }
        at++;
      }
      at++;
    }
    return Math.min(at, to);
  }

  private int nameStart(int end) {
    int start = end;
    int least = Math.max(from, end - MAX_NAME);
    while (start > least && NAME[bytes[start - 1] & 0xff]) {
      start--;
    }
    return start;
  }

  /** Returns whether a name is that of a secret, percent-encoded or not. */
  private boolean isSecret(int start, int end) {
    boolean encoded = false;
    for (int i = start; i < end; i++) {
      encoded |= bytes[i] == '%';
    }
    return (encoded || DefaultRedaction.mayBeSecret(bytes, start, end))
        && secret.test(name(start, end));
  }

  private String name(int start, int end) {
    return PercentCoding.decode(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
  }
}
