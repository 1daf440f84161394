// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Finds secrets in {@code a=1&b=2}, of a query or a form. */
final class Parameters {
  private Parameters() {}

  /** Adds the values of secret names between two offsets. */
  static void find(byte[] bytes, int from, int to, Predicate<String> secret, Spans spans) {
    find(bytes, from, to, "", secret, spans);
  }

  private static void find(
      byte[] bytes, int from, int to, String path, Predicate<String> secret, Spans spans) {
    int start = from;
    boolean codes = false;
    while (start < to) {
      int end = start;
      int equals = -1;
      while (end < to && bytes[end] != '&' && bytes[end] != ';') {
        if (bytes[end] == '=' && equals < 0) {
          equals = end;
        }
        end++;
      }
      if (equals >= 0 && secret.test(name(bytes, start, equals))) {
        spans.add(equals + 1, end);
      }
      codes |= equals >= 0 && OneTimeCodes.isName(bytes, start, equals);
      start = end + 1;
    }
    if (codes && secret.test(OneTimeCodes.KIN)) {
      OneTimeCodes.find(bytes, from, to, path, spans);
    }
  }

  private static String name(byte[] bytes, int from, int to) {
    return PercentCoding.decode(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
  }

  /**
   * Adds the secrets of a URL or request target: parameters of query and fragment, and user
   * information (RFC 3986, section 3.2.1).
   */
  static void findInUrl(byte[] bytes, int from, int to, Predicate<String> secret, Spans spans) {
    int end = from;
    while (end < to && bytes[end] != '?' && bytes[end] != '#') {
      end++;
    }
    String head = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    int authority = head.indexOf("://");
    if (authority >= 0) {
      int begin = authority + "://".length();
      int slash = head.indexOf('/', begin);
      int at = head.lastIndexOf('@', (slash < 0 ? head.length() : slash) - 1);
      if (at >= begin) {
        spans.add(from + begin, from + at);
      }
    }
    int start = end;
    for (int i = end; i <= to; i++) {
      if (i == to || bytes[i] == '?' || bytes[i] == '#') {
        find(bytes, Math.min(start, to), i, head, secret, spans);
        start = i + 1;
      }
    }
  }
}
