// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Parts of a request target (RFC 9112, section 3.2). */
public final class TargetParts {
  private static final String SCHEME_END = "://";

  private TargetParts() {}

  /** Returns the path as sent, without scheme and authority, query and fragment. */
  public static String path(String target) {
    int end = pathEnd(target);
    int scheme = target.indexOf(SCHEME_END);
    if (target.startsWith("/") || scheme < 0 || scheme > end) {
      return Texts.readable(target.substring(0, end));
    }
    int slash = target.indexOf('/', scheme + SCHEME_END.length());
    return slash < 0 || slash > end ? "/" : Texts.readable(target.substring(slash, end));
  }

  /** Returns the query as sent, without its question mark; null when there is none. */
  public static @Nullable String query(String target) {
    int from = target.indexOf('?');
    int fragment = target.indexOf('#');
    if (from < 0 || (fragment >= 0 && fragment < from)) {
      return null;
    }
    return Texts.readable(target.substring(from + 1, fragment < 0 ? target.length() : fragment));
  }

  /** Returns the host of an authority in lower case, without user and port; null for null. */
  public static @Nullable String host(@Nullable String authority) {
    if (authority == null) {
      return null;
    }
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    int bracket = host.lastIndexOf(']');
    int colon = host.indexOf(':', Math.max(0, bracket));
    if (colon >= 0) {
      host = host.substring(0, colon);
    }
    return host.toLowerCase(Locale.ROOT);
  }

  private static int pathEnd(String target) {
    int query = target.indexOf('?');
    int fragment = target.indexOf('#');
    int end = query < 0 ? target.length() : query;
    return fragment < 0 ? end : Math.min(end, fragment);
  }
}
