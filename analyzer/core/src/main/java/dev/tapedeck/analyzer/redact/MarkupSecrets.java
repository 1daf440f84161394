// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Finds the secrets of one tag of XML or HTML: the text behind the start tag of an element with a
 * secret name, and the value beside a secret name, as of form fields and properties.
 */
final class MarkupSecrets {
  private static final int MAX_TAG = 4096;
  private static final String CDATA = "<![CDATA[";

  private final byte[] bytes;
  private final int tag;
  private final int to;
  private final Predicate<String> secret;
  private final Spans spans;

  MarkupSecrets(byte[] bytes, int tag, int to, Predicate<String> secret, Spans spans) {
    this.bytes = bytes;
    this.tag = tag;
    this.to = to;
    this.secret = secret;
    this.spans = spans;
  }

  /** Adds what there is. */
  void find() {
    int nameEnd = name(tag + 1);
    if (nameEnd == tag + 1 || !Character.isLetter(bytes[tag + 1])) {
      return;
    }
    int at = nameEnd;
    boolean named = false;
    int valueFrom = 0;
    int valueTo = 0;
    int limit = Math.min(to, tag + MAX_TAG);
    while (at < limit && bytes[at] != '>') {
      int start = at;
      at = name(at);
      if (at == start) {
        at++;
        continue;
      }
      if (at + 1 >= limit || bytes[at] != '=') {
        continue;
      }
      int quote = bytes[at + 1];
      boolean quoted = quote == '"' || quote == '\'';
      int from = at + (quoted ? 2 : 1);
      int end = from;
      while (end < limit
          && (quoted ? bytes[end] != quote : bytes[end] > ' ' && bytes[end] != '>')) {
        end++;
      }
      switch (text(start, at).toLowerCase(Locale.ROOT)) {
        case "name", "key", "id", "property" -> named |= secret.test(text(from, end));
        case "value", "content" -> {
          valueFrom = from;
          valueTo = end;
        }
        default -> {
          // Attributes that are secrets themselves are found as assignments.
        }
      }
      at = quoted && end < limit ? end + 1 : end;
    }
    if (named) {
      spans.add(valueFrom, valueTo);
    }
    if (at < to
        && bytes[at] == '>'
        && bytes[at - 1] != '/'
        && DefaultRedaction.mayBeSecret(bytes, tag, nameEnd)
        && secret.test(localName(nameEnd))) {
      content(at + 1);
    }
  }

  private void content(int start) {
    int from = start;
    while (from < to && bytes[from] <= ' ' && bytes[from] >= 0) {
      from++;
    }
    boolean characters =
        to - from > CDATA.length() && text(from, from + CDATA.length()).equals(CDATA);
    int at = characters ? from + CDATA.length() : from;
    int end = at;
    while (end < to && (characters ? bytes[end] != ']' : bytes[end] != '<')) {
      end++;
    }
    spans.add(at, end);
  }

  private String localName(int nameEnd) {
    String name = text(tag + 1, nameEnd);
    return name.substring(name.lastIndexOf(':') + 1);
  }

  private int name(int from) {
    int at = from;
    while (at < to && (Character.isLetterOrDigit(bytes[at]) || "_.:-".indexOf(bytes[at]) >= 0)) {
      at++;
    }
    return at;
  }

  private String text(int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }
}
