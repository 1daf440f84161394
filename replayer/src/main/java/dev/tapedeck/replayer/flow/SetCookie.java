// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * What a Set-Cookie field does (RFC 6265, section 5.2).
 *
 * @param name of the cookie
 * @param value what it is set to
 * @param deletes whether it takes the cookie away rather than setting it
 */
record SetCookie(String name, String value, boolean deletes) {
  private static final Instant LONG_AGO = Instant.parse("2000-01-01T00:00:00Z");

  static SetCookie parse(String field) {
    int semicolon = field.indexOf(';');
    String pair = semicolon < 0 ? field : field.substring(0, semicolon);
    int equals = pair.indexOf('=');
    String name = pair.substring(0, Math.max(equals, 0)).trim();
    String value = pair.substring(equals + 1).trim();
    return new SetCookie(name, value, value.isEmpty() || isExpired(field, semicolon));
  }

  /**
   * Max-Age wins over Expires. Servers delete with the epoch or another time long ago; whether a
   * later one has come depends on the clocks of then.
   */
  private static boolean isExpired(String field, int semicolon) {
    boolean expired = false;
    for (String attribute :
        field.substring(semicolon < 0 ? field.length() : semicolon).split(";", -1)) {
      int equals = attribute.indexOf('=');
      String name =
          equals < 0 ? "" : attribute.substring(0, equals).trim().toLowerCase(Locale.ROOT);
      String value = attribute.substring(equals + 1).trim();
      if (name.equals("max-age")) {
        return value.startsWith("-") || value.matches("0+");
      } else if (name.equals("expires")) {
        expired = isLongAgo(value);
      }
    }
    return expired;
  }

  private static boolean isLongAgo(String date) {
    try {
      String spaced = date.replace('-', ' ');
      return DateTimeFormatter.RFC_1123_DATE_TIME.parse(spaced, Instant::from).isBefore(LONG_AGO);
    } catch (DateTimeException e) {
      return false; // browsers keep a cookie whose date they cannot read
    }
  }
}
