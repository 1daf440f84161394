// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a request's URL says of its connection and its target (RFC 3986, section 3).
 *
 * @param isTls whether the scheme is one over TLS
 * @param authority without user information; empty when there is none
 * @param host of the authority, without brackets
 * @param port of the authority, or the scheme's
 * @param target path and query, with what no request line can hold escaped
 */
public record HarUrl(boolean isTls, String authority, String host, int port, String target) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int MAX_PORT = 65_535;

  static HarUrl of(String path, String url) throws HarFormatException {
    int schemeEnd = url.indexOf("://");
    String scheme = schemeEnd < 0 ? "http" : url.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
    String rest = schemeEnd < 0 ? url : url.substring(schemeEnd + 3);
    int authorityEnd = schemeEnd < 0 ? 0 : firstOf(rest, "/?#");
    String authority = rest.substring(0, authorityEnd);
    authority = authority.substring(authority.lastIndexOf('@') + 1);
    boolean isTls = scheme.equals("https") || scheme.equals("wss");
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    String host = hasPort ? authority.substring(0, colon) : authority;
    int port = isTls ? HTTPS_PORT : HTTP_PORT;
    if (hasPort && colon + 1 < authority.length()) {
      port = port(path, authority.substring(colon + 1));
    }
    String target = rest.substring(authorityEnd);
    target = target.substring(0, firstOf(target, "#"));
    if (!target.startsWith("/")) {
      target = "/" + target;
    }
    return new HarUrl(
        isTls, escape(authority), host.replace("[", "").replace("]", ""), port, escape(target));
  }

  private static int port(String path, String text) throws HarFormatException {
    boolean isNumber = text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int port = isNumber ? Integer.parseInt(text) : MAX_PORT + 1;
    if (port > MAX_PORT) {
      throw new HarFormatException(path, "has no port between 0 and 65535");
    }
    return port;
  }

  private static int firstOf(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  /** Escapes only what would break the request line: browsers send the rest as it is. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      if (value > ' ' && value < 0x7f) {
        escaped.append((char) value);
      } else {
        escaped.append('%').append(String.format("%02X", value));
      }
    }
    return escaped.toString();
  }
}
