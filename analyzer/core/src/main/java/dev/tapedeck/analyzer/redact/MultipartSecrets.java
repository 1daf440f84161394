// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds secrets in the parts of a form (RFC 7578), each by its name and by what it holds.
 *
 * <p>Read strictly: what another reader could take for other parts is refused.
 */
final class MultipartSecrets {
  private static final String TYPE = "multipart/form-data";
  private static final String BOUNDARY = "boundary=";
  private static final Set<String> PLAIN_ENCODINGS = Set.of("7bit", "8bit", "binary");
  private static final int MAX_BOUNDARY = 70;

  private final RedactionRules rules;
  private final byte[] body;
  private final String text;
  private final Spans spans;

  private MultipartSecrets(RedactionRules rules, byte[] body, Spans spans) {
    this.rules = rules;
    this.body = body;
    this.text = new String(body, StandardCharsets.ISO_8859_1);
    this.spans = spans;
  }

  /** Returns whether bodies of that type are looked into. */
  static boolean isForm(String contentType) {
    return contentType.startsWith(TYPE) && boundary(contentType) != null;
  }

  /**
   * Adds the secrets.
   *
   * @param contentType in lower case
   * @return false when it is no such form, so that nothing is known of it
   */
  static boolean find(RedactionRules rules, String contentType, byte[] body, Spans spans) {
    String boundary = boundary(contentType);
    return boundary != null && new MultipartSecrets(rules, body, spans).parts("--" + boundary);
  }

  private static @Nullable String boundary(String contentType) {
    int at = contentType.indexOf(BOUNDARY);
    if (at < 0 || contentType.indexOf(BOUNDARY, at + 1) >= 0) {
      return null;
    }
    String value = contentType.substring(at + BOUNDARY.length());
    int end = value.indexOf(';');
    value = (end < 0 ? value : value.substring(0, end)).strip();
    if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
      value = value.substring(1, value.length() - 1);
    }
    return value.isEmpty() || value.length() > MAX_BOUNDARY || value.indexOf('"') >= 0
        ? null
        : value;
  }

  private boolean parts(String delimiterInLowerCase) {
    int length = delimiterInLowerCase.length();
    if (!text.regionMatches(true, 0, delimiterInLowerCase, 0, length)) {
      return false;
    }
    String delimiter = "\r\n" + text.substring(0, length);
    int at = length;
    while (!text.startsWith("--", at)) {
      int headEnd = text.indexOf("\r\n\r\n", at);
      int next = headEnd < 0 ? -1 : text.indexOf(delimiter, headEnd + 2);
      if (!text.startsWith("\r\n", at) || next < 0 || text.indexOf(delimiter, at) < headEnd) {
        return false;
      }
      int from = headEnd + 4;
      if (!part(text.substring(at + 2, headEnd), at + 2, from, Math.max(from, next))) {
        return false;
      }
      at = next + delimiter.length();
    }
    String rest = text.substring(at + 2);
    return rest.isEmpty() || rest.equals("\r\n");
  }

  private boolean part(String head, int headFrom, int from, int to) {
    String name = "";
    String type = "";
    for (String line : head.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon < 1 || line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
        return false;
      }
      String value = line.substring(colon + 1).strip();
      switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-disposition" -> {
          String found = name(value);
          if (found == null) {
            return false;
          }
          name = found;
        }
        case "content-type" -> type = value.toLowerCase(Locale.ROOT);
        case "content-transfer-encoding" -> {
          if (!PLAIN_ENCODINGS.contains(value.toLowerCase(Locale.ROOT))) {
            return false;
          }
        }
        default -> {
          // Says nothing of where secrets are.
        }
      }
    }
    rules.findPatterns(head, headFrom, spans);
    if (rules.isSecretField(name)) {
      spans.add(from, to);
      return true;
    }
    return content(type, from, to);
  }

  private boolean content(String type, int from, int to) {
    if (type.startsWith("multipart/") || !BodySecrets.isReadable(rules, type)) {
      return false;
    }
    byte[] content = Arrays.copyOfRange(body, from, to);
    Spans own = new Spans();
    if (!BodySecrets.find(rules, type, content, own)) {
      return false;
    }
    System.arraycopy(content, 0, body, from, content.length);
    spans.addAll(own, from);
    return true;
  }

  /** Returns the field's name, empty without one; null where it is not plainly written. */
  private static @Nullable String name(String disposition) {
    String lower = disposition.toLowerCase(Locale.ROOT);
    if (lower.contains("name*")) {
      return null;
    }
    int at = -1;
    for (int i = lower.indexOf("name="); i >= 0; i = lower.indexOf("name=", i + 1)) {
      if (i > 0 && (lower.charAt(i - 1) == ' ' || lower.charAt(i - 1) == ';')) {
        if (at >= 0) {
          return null;
        }
        at = i + "name=".length();
      }
    }
    if (at < 0) {
      return "";
    }
    if (disposition.startsWith("\"", at)) {
      int end = disposition.indexOf('"', at + 1);
      String quoted = end < 0 ? "\\" : disposition.substring(at + 1, end);
      return quoted.indexOf('\\') >= 0 ? null : PercentCoding.decode(quoted);
    }
    int end = disposition.indexOf(';', at);
    return disposition.substring(at, end < 0 ? disposition.length() : end).strip();
  }
}
