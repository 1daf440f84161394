// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.rules;

import java.util.Locale;
import java.util.regex.Pattern;

/** Patterns with stars, as in paths and names. */
public final class Glob {
  private Glob() {}

  /** Returns the pattern of a header name: {@code *} is any characters, case means nothing. */
  public static Pattern name(String glob) {
    return Pattern.compile(regex(glob.toLowerCase(Locale.ROOT), ".*", ".*"));
  }

  /** Returns the pattern of a path: {@code *} is within a segment, {@code **} across segments. */
  public static Pattern path(String glob) {
    return Pattern.compile(regex(glob, "[^/]*", ".*"));
  }

  private static String regex(String glob, String star, String twoStars) {
    StringBuilder regex = new StringBuilder();
    int from = 0;
    while (from < glob.length()) {
      int at = glob.indexOf('*', from);
      if (at < 0) {
        at = glob.length();
      }
      if (at > from) {
        regex.append(Pattern.quote(glob.substring(from, at)));
      }
      if (glob.startsWith("**", at)) {
        regex.append(twoStars);
        at++;
      } else if (at < glob.length()) {
        regex.append(star);
      }
      from = at + 1;
    }
    return regex.toString();
  }
}
