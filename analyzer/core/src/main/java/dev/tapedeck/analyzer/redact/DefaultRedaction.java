// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The redaction rules that exports and reports follow unless told otherwise.
 *
 * <p>They know secrets by the <em>name</em> of what carries them: header fields, cookies, and
 * parameters of a query or of a form. They are a seat belt for sharing, not proof that nothing
 * secret is left: bodies other than forms are not looked into.
 *
 * <p><b>Threads:</b> stateless.
 */
public final class DefaultRedaction {
  /** What stands in place of a masked value. */
  public static final String MASK = "[redacted]";

  /** Fields that hold nothing but credentials (RFC 9110, sections 11.6 and 11.7; RFC 6265). */
  private static final Set<String> SECRET_HEADERS =
      Set.of(
          "authorization",
          "proxy-authorization",
          "cookie",
          "set-cookie",
          "cookie2",
          "set-cookie2",
          "authentication");

  /** Fields whose value is a URL that may have a query of its own. */
  private static final Set<String> URL_HEADERS =
      Set.of("referer", "location", "content-location", "origin");

  /** Words of a name, between separators or as its whole, that mark it as secret. */
  private static final Set<String> SECRET_WORDS =
      Set.of(
          "apikey",
          "token",
          "secret",
          "password",
          "passwd",
          "pwd",
          "passphrase",
          "credential",
          "credentials",
          "signature",
          "sig",
          "jwt",
          "otp",
          "session",
          "sessionid",
          "jsessionid",
          "phpsessid",
          "sessid",
          "sid",
          "auth",
          "authorization",
          "csrf",
          "xsrf",
          "passcode",
          "pin",
          "verifier",
          "samlresponse",
          "samlrequest",
          "cvv",
          "cvc");

  /** Parts that mark a name as secret wherever they stand in it, such as {@code accesstoken}. */
  private static final List<String> SECRET_PARTS =
      List.of(
          "apikey",
          "api-key",
          "api_key",
          "api.key",
          "accesskey",
          "access-key",
          "access_key",
          "privatekey",
          "private-key",
          "private_key",
          "subscriptionkey",
          "subscription-key",
          "subscription_key",
          "connectionstring",
          "connection-string",
          "connection_string",
          "token",
          "secret",
          "password",
          "passwd");

  /** Authentication challenges and answers to them name schemes, not secrets. */
  private static final Set<String> HARMLESS_HEADERS =
      Set.of("www-authenticate", "proxy-authenticate", "sec-websocket-key", "sec-websocket-accept");

  /** Three letters of which every secret name has some: most names are told by that alone. */
  private static final boolean[] TRACES = new boolean[1 << 15];

  /** The first two and the last two letters of each: every other pair of a name tells enough. */
  private static final boolean[] TRACE_PAIRS = new boolean[1 << 10];

  static {
    for (String trace :
        "key tok sec pas pwd cre sig jwt otp ses sid aut srf coo pin cvv cvc str rif aml"
            .split(" ", -1)) {
      int bits = trace(trace.charAt(0), trace.charAt(1), trace.charAt(2));
      TRACES[bits] = true;
      TRACE_PAIRS[bits >> 5] = true;
      TRACE_PAIRS[bits & 0x3ff] = true;
    }
  }

  private DefaultRedaction() {}

  private static int trace(int first, int second, int third) {
    return (first & 0x1f) << 10 | (second & 0x1f) << 5 | (third & 0x1f);
  }

  /** Returns false only for names that are no secret's, without looking much at them. */
  static boolean mayBeSecret(byte[] bytes, int from, int to) {
    for (int i = from; i + 1 < to; i += 2) {
      if (TRACE_PAIRS[(bytes[i] & 0x1f) << 5 | (bytes[i + 1] & 0x1f)]) {
        return hasTrace(bytes, from, to);
      }
    }
    return false;
  }

  private static boolean hasTrace(byte[] bytes, int from, int to) {
    for (int i = from; i + 2 < to; i++) {
      if (TRACES[trace(bytes[i], bytes[i + 1], bytes[i + 2])]) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns a header field's value as it may be shared.
   *
   * @param name of the field, in any case
   * @param value of the field
   */
  public static String headerValue(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (isSecretHeader(lower)) {
      return MASK;
    }
    return URL_HEADERS.contains(lower) ? url(value) : value;
  }

  /** Returns whether the field's whole value is masked. */
  public static boolean isSecretHeader(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (HARMLESS_HEADERS.contains(lower)) {
      return false;
    }
    return SECRET_HEADERS.contains(lower) || isSecretName(lower);
  }

  /** Returns whether a parameter of that name, percent-decoded, is masked. */
  public static boolean isSecretParameter(String name) {
    return isSecretName(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Returns a URL or request target as it may be shared: secret parameters of its query and
   * fragment are masked, and user information before the host is.
   */
  public static String url(String url) {
    int query = url.indexOf('?');
    int fragment = url.indexOf('#');
    int end = query < 0 ? fragment : fragment < 0 ? query : Math.min(query, fragment);
    if (end < 0) {
      return withoutUserInfo(url);
    }
    StringBuilder masked = new StringBuilder(url.length());
    masked.append(withoutUserInfo(url.substring(0, end)));
    int from = end;
    while (from < url.length()) {
      masked.append(url.charAt(from));
      int next = url.charAt(from) == '?' ? url.indexOf('#', from) : -1;
      int to = next < 0 ? url.length() : next;
      masked.append(parameters(url.substring(from + 1, to)));
      from = to;
    }
    return masked.toString();
  }

  /**
   * Returns parameters ({@code a=1&b=2}, of a query or a form) with the values of secret ones
   * masked and every other character as it was.
   */
  public static String parameters(String parameters) {
    StringBuilder masked = new StringBuilder(parameters.length());
    int from = 0;
    while (from <= parameters.length()) {
      int to = from;
      while (to < parameters.length() && !isParameterEnd(parameters.charAt(to))) {
        to++;
      }
      int equals = parameters.indexOf('=', from);
      if (equals >= 0
          && equals < to
          && isSecretParameter(PercentCoding.decode(parameters.substring(from, equals)))) {
        masked.append(parameters, from, equals + 1).append(MASK);
      } else {
        masked.append(parameters, from, to);
      }
      if (to < parameters.length()) {
        masked.append(parameters.charAt(to));
      }
      from = to + 1;
    }
    return masked.toString();
  }

  private static boolean isParameterEnd(char c) {
    return c == '&' || c == ';';
  }

  private static boolean hasTrace(String name) {
    for (int i = 0; i + 2 < name.length(); i++) {
      if (TRACES[trace(name.charAt(i), name.charAt(i + 1), name.charAt(i + 2))]) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSecretName(String lower) {
    if (!hasTrace(lower)) {
      return false;
    }
    for (String part : SECRET_PARTS) {
      if (lower.contains(part)) {
        return true;
      }
    }
    int from = 0;
    for (int i = 0; i <= lower.length(); i++) {
      if (i == lower.length() || !isAlphanumeric(lower.charAt(i))) {
        if (i > from && SECRET_WORDS.contains(lower.substring(from, i))) {
          return true;
        }
        from = i + 1;
      }
    }
    return false;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  /** RFC 3986, section 3.2.1: user information ends at the last {@code @} of the authority. */
  private static String withoutUserInfo(String url) {
    int authority = url.indexOf("://");
    if (authority < 0) {
      return url;
    }
    int from = authority + "://".length();
    int slash = url.indexOf('/', from);
    int to = slash < 0 ? url.length() : slash;
    int at = url.lastIndexOf('@', to - 1);
    return at < from ? url : url.substring(0, from) + MASK + url.substring(at);
  }
}
