// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Tells the parameters {@code code} and {@code state} of OAuth 2.0 (RFC 6749, sections 4.1.2 and
 * 4.1.3) from the many others of these names: by what stands beside them, or by the path.
 */
final class OneTimeCodes {
  /** A parameter that is secret wherever these two may be: by rules without it they stay. */
  static final String KIN = "code_verifier";

  /** What nothing but OAuth and OpenID Connect puts beside one of the two. */
  private static final Set<String> BESIDE =
      Set.of(
          "client_id",
          "redirect_uri",
          "response_type",
          "grant_type",
          "session_state",
          "code_challenge",
          "code_verifier",
          "scope",
          "authuser");

  /** Of paths to which a browser is sent back. */
  private static final String[] PATHS = {"callback", "oauth", "oidc", "signin-", "/sso", "/login"};

  /** Shorter ones are numbers of errors and countries. */
  private static final int MIN_CODE = 8;

  private OneTimeCodes() {}

  /** Returns whether a parameter of that name may be one of the two. */
  static boolean isName(byte[] bytes, int from, int to) {
    return is("code", bytes, from, to) || is("state", bytes, from, to);
  }

  /**
   * Adds the two of {@code a=1&b=2} when they are those of OAuth.
   *
   * @param path what stands before the parameters, in any case
   */
  static void find(byte[] bytes, int from, int to, String path, Spans spans) {
    Spans found = new Spans();
    boolean code = false;
    boolean state = false;
    boolean oauth = false;
    int longest = 0;
    int start = from;
    while (start < to) {
      start += isEscapedAmpersand(bytes, start, to) ? 5 : 0;
      int end = start;
      int equals = -1;
      while (end < to && bytes[end] != '&' && bytes[end] != ';' && bytes[end] != '\\') {
        equals = bytes[end] == '=' && equals < 0 ? end : equals;
        end++;
      }
      if (equals > 0) {
        boolean isCode = is("code", bytes, start, equals);
        boolean isState = is("state", bytes, start, equals);
        if (isCode || isState) {
          found.add(equals + 1, end);
          longest = isCode ? Math.max(longest, end - equals - 1) : longest;
        }
        code |= isCode;
        state |= isState;
        oauth |= BESIDE.contains(name(bytes, start, equals));
      }
      start = end + 1;
    }
    if ((code || state) && (oauth || (code && (state || isCalledBack(path, longest))))) {
      spans.addAll(found, 0);
    }
  }

  /** As careful writers of JSON put it, behind a backslash. */
  private static boolean isEscapedAmpersand(byte[] bytes, int at, int to) {
    return to - at >= 5 && is("u0026", bytes, at, at + 5);
  }

  private static boolean isCalledBack(String path, int length) {
    String lower = path.toLowerCase(Locale.ROOT);
    for (String part : PATHS) {
      if (lower.contains(part)) {
        return length >= MIN_CODE;
      }
    }
    return false;
  }

  private static boolean is(String lower, byte[] bytes, int from, int to) {
    return to - from == lower.length() && lower.equals(name(bytes, from, to));
  }

  private static String name(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
  }
}
