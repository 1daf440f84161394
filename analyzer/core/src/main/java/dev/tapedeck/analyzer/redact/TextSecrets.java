// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Finds secrets in text of whatever language, in one pass: by their shape, as repetitions of
 * secrets that are known, as user information of URLs, and as values that a secret name stands
 * before. The latter as in URLs ({@code ?token=x}), in lines ({@code Password: x}), in markup
 * ({@code <password>x</password>}, {@code token="x"}, {@code <input name="csrf" value="x">}) and in
 * objects of scripts and of JSON that is not whole ({@code "secret": "x"}).
 */
final class TextSecrets {
  private static final int MAX_NAME = 64;

  /** A URL in a URL in a URL. */
  private static final int MAX_ENCODINGS = 3;

  /** Longer than what clients send as credentials of a URL. */
  private static final int MAX_USER_INFORMATION = 4096;

  private static final boolean[] NAME = new boolean[256];
  private static final boolean[] URL_VALUE_END = new boolean[256];
  private static final boolean[] AUTHORITY_END = new boolean[256];

  /** What parameters stand between, and a path with them. */
  private static final boolean[] URL_VALUE_BOUND = new boolean[256];

  private static final boolean[] AUTHORITY_BOUND = new boolean[256];
  private static final int MAX_PARAMETERS = 2048;

  /** What stands between a name and its value, or before a tag. */
  private static final String MARKS = "=:<%";

  /** Of each pair of bytes what it may be a part of. */
  private static final byte[] SIGNS = ByteScan.table();

  private static final byte SHAPE = 1;
  private static final byte FIRST_MARK = 2;
  private static final byte SECOND_MARK = 4;
  private static final byte ENCODED = 8;

  static {
    for (int c = 0; c < 256; c++) {
      boolean alphanumeric = c < 128 && Character.isLetterOrDigit(c);
      NAME[c] = alphanumeric || "_.-%[]+".indexOf(c) >= 0;
      AUTHORITY_END[c] = c <= ' ' || "/?#\"'<>\\`".indexOf(c) >= 0;
      AUTHORITY_BOUND[c] = c <= ' ' || "\"'<>`".indexOf(c) >= 0;
      URL_VALUE_BOUND[c] = AUTHORITY_BOUND[c] || c == '#' || c == ')';
      URL_VALUE_END[c] = c <= ' ' || "&;#\"'<>\\)`".indexOf(c) >= 0;
    }
    for (int i = 0; i < MARKS.length(); i++) {
      char mark = MARKS.charAt(i);
      for (int other = 0; other < 256; other++) {
        SIGNS[ByteScan.pair(mark, other)] |= FIRST_MARK;
        SIGNS[ByteScan.pair(other, mark)] |= SECOND_MARK;
      }
    }
    ShapeSecrets.markPairs(SIGNS, SHAPE);
    EncodedJson.markPairs(SIGNS, ENCODED);
  }

  private final byte[] bytes;
  private final int from;
  private final int to;
  private final Spans spans;
  private final Predicate<String> secret;
  private boolean insideJson;
  private boolean loose;
  private int nesting;

  /** Up to here base64 was looked into. */
  private int decodedEnd;

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

  /** Says that the text is JSON whose members were looked at: only those in strings are left. */
  TextSecrets insideJson() {
    insideJson = true;
    return this;
  }

  /** Says that it is a line of prose, where names of secrets stand behind blanks too. */
  TextSecrets loose() {
    loose = true;
    return this;
  }

  /** Says how often it was encoded. */
  TextSecrets nested(int times) {
    nesting = times;
    return this;
  }

  /** Adds all that there are. */
  void find(KnownSecrets known) {
    ShapeSecrets shapes = new ShapeSecrets(bytes, from, to, 0, spans);
    int at = from;
    for (; at + 1 < to; at += 2) {
      int signs = SIGNS[ByteScan.pair(bytes, at)];
      if (signs != 0) {
        if ((signs & SHAPE) != 0) {
          shapes.around(at);
        }
        if ((signs & ENCODED) != 0 && at >= decodedEnd) {
          encoded(at);
        }
        if ((signs & FIRST_MARK) != 0 && !isBehindMember(at)) {
          mark(at);
        }
        if ((signs & SECOND_MARK) != 0 && !isBehindMember(at + 1)) {
          mark(at + 1);
        }
      }
    }
    if (at < to && MARKS.indexOf(bytes[at]) >= 0) {
      mark(at);
    }
    shapes.cards();
    known.find(bytes, from, to, spans);
  }

  /** JSON in base64 begins at the first byte of a marked pair or before it. */
  private void encoded(int at) {
    for (int begin = Math.max(from, at - 1); begin <= at && decodedEnd <= at; begin++) {
      decodedEnd =
          Math.max(decodedEnd, EncodedJson.find(bytes, begin, from, to, secret, nesting, spans));
    }
  }

  /** The colon behind the name of a member, in JSON whose members were looked at, tells nothing. */
  private boolean isBehindMember(int at) {
    return insideJson
        && at - 2 >= from
        && at + 1 < to
        && bytes[at - 1] == '"'
        && bytes[at] == ':'
        && bytes[at - 2] != '\\'
        && bytes[at + 1] != '/'
        && bytes[at + 1] != '\\';
  }

  private void mark(int at) {
    switch (bytes[at]) {
      case '=' -> assignment(at);
      case ':' -> member(at);
      case '%' -> {
        encodedAssignment(at);
        encodedUserInformation(at);
      }
      default -> new MarkupSecrets(bytes, at, to, secret, spans).find();
    }
  }

  /** {@code ?name=value}, {@code name="value"}, or a line {@code NAME=value}. */
  private void assignment(int equals) {
    if (equals + 1 >= to || quotationBehind(equals)) {
      return;
    }
    int start = nameStart(equals);
    int before = start == from ? '\n' : bytes[start - 1];
    if (before == '\\' && bytes[start] == 'u' && equals - start > 5) {
      // An ampersand or the like, as careful writers of JSON escape it.
      start += 5;
      before = '&';
    }
    if (start == equals || !isBeforeName(before)) {
      return;
    }
    if (isSecret(start, equals)) {
      spans.add(equals + 1, urlValueEnd(equals + 1));
    } else if (OneTimeCodes.isName(bytes, start, equals)) {
      oneTimeCodes(start);
    }
  }

  private boolean isBeforeName(int before) {
    return "?&;#\n\r\"'".indexOf(before) >= 0 || (loose && " ,([".indexOf(before) >= 0);
  }

  /** Looks at all parameters of the URL or form around one. */
  private void oneTimeCodes(int name) {
    int start = name;
    int least = Math.max(from, name - MAX_PARAMETERS);
    while (start > least && bytes[start - 1] != '?' && !URL_VALUE_BOUND[bytes[start - 1] & 0xff]) {
      start--;
    }
    int end = name;
    int most = Math.min(to, name + MAX_PARAMETERS);
    while (end < most && !URL_VALUE_BOUND[bytes[end] & 0xff]) {
      end++;
    }
    int path = start;
    while (path > least && !AUTHORITY_BOUND[bytes[path - 1] & 0xff]) {
      path--;
    }
    OneTimeCodes.find(
        bytes,
        start,
        end,
        new String(bytes, path, start - path, StandardCharsets.ISO_8859_1),
        spans);
  }

  /**
   * A bare name and a quotation, with blanks around the sign or not: {@code token="x"} in markup,
   * {@code password: "x"} in GraphQL and YAML, {@code var token = "x"} in scripts. Returns whether
   * there is one.
   */
  private boolean quotationBehind(int sign) {
    int at = sign + 1;
    while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
    boolean escaped = at + 1 < to && bytes[at] == '\\';
    int quoteAt = escaped ? at + 1 : at;
    if (quoteAt >= to || (bytes[quoteAt] != '"' && bytes[quoteAt] != '\'')) {
      return false;
    }
    int end = sign;
    while (end > from && bytes[end - 1] == ' ') {
      end--;
    }
    int start = nameStart(end);
    if (start == end || !isSecret(start, end)) {
      return false;
    }
    spans.add(quoteAt + 1, closing(quoteAt, escaped));
    return true;
  }

  private int urlValueEnd(int start) {
    int end = start;
    while (end < to && !URL_VALUE_END[bytes[end] & 0xff]) {
      end++;
    }
    return end;
  }

  /** {@code %3Fname%3Dvalue}: a URL in a parameter of another one, which may be in one, too. */
  private void encodedAssignment(int percent) {
    int value = escapeEnd(percent, '=');
    if (value < 0) {
      return;
    }
    int start = percent;
    int least = Math.max(from, percent - MAX_NAME);
    while (start > least && NAME[bytes[start - 1] & 0xff] && !isDelimiter(start - 1)) {
      start--;
    }
    if (start - 3 >= from && isDelimiter(start - 1)) {
      int end = value;
      while (end < to
          && !URL_VALUE_END[bytes[end] & 0xff]
          && escapeEnd(end, '&') < 0
          && escapeEnd(end, '#') < 0) {
        end++;
      }
      if (isSecret(start, percent)) {
        spans.add(value, end);
      }
    }
  }

  /** {@code %3A%2F%2Fuser%3Apassword%40host}. */
  private void encodedUserInformation(int percent) {
    int start = escapeEnd(percent, ':');
    start = start < 0 ? -1 : escapeEnd(start, '/');
    start = start < 0 ? -1 : escapeEnd(start, '/');
    if (start < 0) {
      return;
    }
    int limit = Math.min(to, start + MAX_USER_INFORMATION);
    int last = -1;
    for (int at = start;
        at < limit
            && !URL_VALUE_END[bytes[at] & 0xff]
            && escapeEnd(at, '/') < 0
            && escapeEnd(at, '?') < 0
            && escapeEnd(at, '#') < 0;
        at++) {
      last = escapeEnd(at, '@') >= 0 ? at : last;
    }
    if (last > start) {
      spans.add(start, last);
    }
  }

  /** Returns whether an escape that ends with this byte is one of a character before parameters. */
  private boolean isDelimiter(int last) {
    int escape = last - 2;
    while (escape - 2 >= from && bytes[escape] == '5' && bytes[escape - 1] == '2') {
      escape -= 2;
    }
    return escape >= from
        && (escapeEnd(escape, '?') == last + 1
            || escapeEnd(escape, '&') == last + 1
            || escapeEnd(escape, '#') == last + 1);
  }

  /**
   * Returns where an escape of a character ends, whose percent sign may be escaped itself ({@code
   * %253D}); −1 when there is none.
   */
  private int escapeEnd(int at, int character) {
    if (bytes[at] != '%') {
      return -1;
    }
    int digits = at + 1;
    while (digits + 1 < to && bytes[digits] == '2' && bytes[digits + 1] == '5') {
      digits += 2;
    }
    boolean escape =
        digits + 1 < to
            && Character.digit(bytes[digits], 16) == character >> 4
            && Character.digit(bytes[digits + 1], 16) == (character & 0xf);
    return escape ? digits + 2 : -1;
  }

  /** {@code "name": "value"}, or a line {@code Name: value}. */
  private void member(int colon) {
    int authority = authority(colon);
    if (authority >= 0) {
      userInformation(authority);
      return;
    }
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
    if (!quoted && quotationBehind(colon)) {
      return;
    }
    int before = start == from ? '\n' : bytes[start - 1];
    boolean begins = before == '\n' || before == '\r' || (loose && isBeforeName(before));
    if (start == end || (quoted ? before != quote : !begins) || !isSecret(start, end)) {
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

  /** Returns what stands behind {@code ://}, of which JSON may escape the slashes; −1 for none. */
  private int authority(int colon) {
    int at = colon + 1;
    for (int i = 0; i < 2; i++) {
      at += at < to && bytes[at] == '\\' ? 1 : 0;
      if (at >= to || bytes[at] != '/') {
        return -1;
      }
      at++;
    }
    return at;
  }

  /** RFC 3986, section 3.2.1; {@code postgres://user:password@host/db} is as secret. */
  private void userInformation(int start) {
    int last = -1;
    int limit = Math.min(to, start + MAX_USER_INFORMATION);
    for (int at = start; at < limit && !AUTHORITY_END[bytes[at] & 0xff]; at++) {
      last = bytes[at] == '@' ? at : last;
    }
    if (last > start) {
      spans.add(start, last);
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
    String name = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    for (int times = 0; times < MAX_ENCODINGS && name.indexOf('%') >= 0; times++) {
      name = PercentCoding.decode(name);
    }
    return name;
  }
}
