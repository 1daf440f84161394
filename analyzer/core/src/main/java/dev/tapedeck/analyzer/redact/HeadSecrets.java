// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Understands a head or trailer section of HTTP/1 as strictly as RFC 9112 asks senders to write it,
 * and finds the secrets in it. What is not so is refused: a lenient reader could see another
 * message in it than this one does, with secrets elsewhere.
 */
final class HeadSecrets {
  private static final Set<String> SET_COOKIE_ATTRIBUTES =
      Set.of(
          "path",
          "domain",
          "expires",
          "max-age",
          "secure",
          "httponly",
          "samesite",
          "partitioned",
          "priority");

  /** Fields that say how long a body is and how to read it. */
  private static final Set<String> DESCRIBES_BODY =
      Set.of("content-length", "content-type", "content-encoding", "transfer-encoding");

  private static final int MIN_RANDOM = 20;

  private static final Set<String> URL_HEADERS =
      Set.of("referer", "location", "content-location", "origin");

  private final RedactionRules rules;
  private final byte[] bytes;
  private final Spans spans;

  /** Facts of the last head, valid when {@link #head} returned true. */
  String method = "";

  int status;
  boolean http11;
  boolean chunked;
  long contentLength;
  boolean coded;
  String contentType = "";

  HeadSecrets(RedactionRules rules, byte[] bytes, Spans spans) {
    this.rules = rules;
    this.bytes = bytes;
    this.spans = spans;
  }

  /**
   * Understands a head.
   *
   * @param from first byte of the start line
   * @param to after the empty line
   * @return false when it is not as it should be
   */
  boolean head(int from, int to, boolean request) {
    contentLength = -1;
    int end = lineEnd(from, to);
    String line = text(from, trimmed(from, end));
    if (!(request ? requestLine(line, from) : statusLine(line, from))) {
      return false;
    }
    return fields(end + 1, to) && !(chunked && (contentLength >= 0 || !http11));
  }

  private boolean requestLine(String line, int from) {
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    if (first < 1 || last <= first + 1 || line.indexOf(' ', first + 1) != last) {
      return false;
    }
    method = line.substring(0, first);
    Parameters.findInUrl(bytes, from + first + 1, from + last, rules::isSecretParameter, spans);
    rules.findPatterns(line.substring(first + 1, last), from + first + 1, spans);
    hideOddTarget(line.substring(first + 1, last), from + first + 1);
    return isToken(method) && !endsLines(line) && version(line.substring(last + 1));
  }

  /** Of a target with control characters, what begins with the part that the first stands in. */
  private void hideOddTarget(String target, int from) {
    int control = firstControl(target);
    if (control < 0) {
      return;
    }
    int start = control;
    while (start > 0 && "/?&=;".indexOf(target.charAt(start - 1)) < 0) {
      start--;
    }
    spans.add(from + start, from + target.length());
  }

  private boolean statusLine(String line, int from) {
    if (line.length() < 12
        || line.charAt(8) != ' '
        || (line.length() > 12 && line.charAt(12) != ' ')
        || !version(line.substring(0, 8))) {
      return false;
    }
    status = 0;
    for (int i = 9; i < 12; i++) {
      int digit = line.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      status = status * 10 + digit;
    }
    String reason = line.substring(12);
    rules.findPatterns(reason, from + 12, spans);
    if (firstControl(reason) >= 0) {
      spans.add(from + 13, from + line.length());
    }
    return status >= 100 && !endsLines(line);
  }

  private boolean version(String version) {
    http11 = version.equals("HTTP/1.1");
    return http11 || version.equals("HTTP/1.0");
  }

  /** Understands the lines from an offset on, up to and with the empty one. */
  boolean fields(int from, int to) {
    int at = from;
    while (at < to) {
      int end = lineEnd(at, to);
      int stop = trimmed(at, end);
      if (stop == at) {
        return end + 1 == to;
      }
      if (!field(at, stop)) {
        return false;
      }
      at = end + 1;
    }
    return false;
  }

  private boolean field(int from, int to) {
    String line = text(from, to);
    int colon = line.indexOf(':');
    if (colon < 1 || !isToken(line.substring(0, colon)) || endsLines(line)) {
      return false;
    }
    int start = from + colon + 1;
    int end = to;
    while (start < end && isBlank(bytes[start])) {
      start++;
    }
    while (end > start && isBlank(bytes[end - 1])) {
      end--;
    }
    String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
    String value = text(start, end);
    findIn(name, value, start, end);
    rules.findPatterns(value, start, spans);
    if (firstControl(value) >= 0) {
      // Control characters may stand inside of a secret, and readers may drop them.
      spans.add(start, end);
      return !DESCRIBES_BODY.contains(name);
    }
    return isFramingSound(name, value);
  }

  /**
   * Finds secrets in a field's value by what the field's name says.
   *
   * @param name in lower case
   */
  void findIn(String name, String value, int from, int to) {
    if (rules.isSecretHeader(name)) {
      switch (name) {
        case "authorization", "proxy-authorization" -> credentials(value, from, to);
        case "cookie", "cookie2" -> pairs(from, to, false);
        case "set-cookie", "set-cookie2" -> pairs(from, to, true);
        default -> spans.add(from, to);
      }
    } else if (rules.defaults() && name.equals("sec-websocket-protocol")) {
      subprotocols(value, from);
    } else if (URL_HEADERS.contains(name)) {
      Parameters.findInUrl(bytes, from, to, rules::isSecretParameter, spans);
    }
  }

  /** The scheme of credentials is no secret (RFC 9110, section 11.4). */
  private void credentials(String value, int from, int to) {
    int blank = value.indexOf(' ');
    boolean scheme = blank > 0 && isToken(value.substring(0, blank));
    int start = scheme ? from + blank + 1 : from;
    while (start < to && isBlank(bytes[start])) {
      start++;
    }
    spans.add(start, to);
  }

  /**
   * Browsers let scripts say no other field of a WebSocket's request (RFC 6455, section 11.3.4), so
   * that credentials stand among subprotocols: behind the name of a scheme, behind {@code bearer.}
   * in a name, or anywhere, told by their looks.
   */
  private void subprotocols(String value, int from) {
    boolean named = false;
    int start = 0;
    while (start <= value.length()) {
      int comma = value.indexOf(',', start);
      int end = comma < 0 ? value.length() : comma;
      String one = value.substring(start, end);
      String lower = one.strip().toLowerCase(Locale.ROOT);
      int begin = start + one.length() - one.stripLeading().length();
      int stop = begin + lower.length();
      int part = begin + lower.lastIndexOf('.') + 1;
      if (named) {
        spans.add(from + begin, from + stop);
      } else if (lower.contains("bearer.")
          || lower.contains("token.")
          || isRandom(value, part, stop)) {
        spans.add(from + part, from + stop);
      }
      named = lower.equals("bearer") || lower.equals("jwt") || rules.isSecretHeader(lower);
      start = end + 1;
    }
  }

  /** Names of subprotocols are not that long, or have no digits among their letters. */
  private static boolean isRandom(String text, int from, int to) {
    int digits = 0;
    int letters = 0;
    for (int i = from; i < to; i++) {
      digits += text.charAt(i) >= '0' && text.charAt(i) <= '9' ? 1 : 0;
      letters += Character.isLetter(text.charAt(i)) ? 1 : 0;
    }
    return to - from >= MIN_RANDOM && digits >= 3 && letters >= 3;
  }

  /** Names of cookies stay (RFC 6265, section 4), values go. */
  private void pairs(int from, int to, boolean attributes) {
    boolean first = true;
    int start = from;
    while (start < to) {
      int end = start;
      int equals = -1;
      while (end < to && bytes[end] != ';') {
        if (bytes[end] == '=' && equals < 0) {
          equals = end;
        }
        end++;
      }
      while (start < end && isBlank(bytes[start])) {
        start++;
      }
      String name = text(start, Math.max(start, equals < 0 ? end : equals)).strip();
      if (!attributes || first || !SET_COOKIE_ATTRIBUTES.contains(name.toLowerCase(Locale.ROOT))) {
        spans.add(equals < 0 ? start : equals + 1, end);
      }
      first = false;
      start = end + 1;
    }
  }

  private boolean isFramingSound(String name, String value) {
    switch (name) {
      case "transfer-encoding" -> {
        boolean sound = !chunked && value.equalsIgnoreCase("chunked");
        chunked = true;
        return sound;
      }
      case "content-length" -> {
        long length = length(value);
        boolean sound = length >= 0 && (contentLength < 0 || contentLength == length);
        contentLength = length;
        return sound;
      }
      case "content-encoding" -> coded |= !value.isEmpty() && !value.equalsIgnoreCase("identity");
      case "content-type" ->
          contentType =
              (contentType.isEmpty() ? "" : contentType + ", ") + value.toLowerCase(Locale.ROOT);
      default -> {}
    }
    return true;
  }

  private static long length(String value) {
    return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
  }

  private int lineEnd(int from, int to) {
    int end = from;
    while (end < to - 1 && bytes[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Returns where a line ends without its CR. */
  private int trimmed(int from, int lineEnd) {
    return lineEnd > from && bytes[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Returns whether lenient readers could take a line for several, or for a shorter one. */
  private static boolean endsLines(String line) {
    return line.indexOf('\r') >= 0 || line.indexOf(0) >= 0;
  }

  /** Returns where the first control character stands that is no tab; −1 when there is none. */
  private static int firstControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return i;
      }
    }
    return -1;
  }

  /** RFC 9110, section 5.6.2. */
  private static boolean isToken(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!alphanumeric && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
