// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.markup;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which attributes and texts of a document a rule is for: a part of XPath, such as {@code
 * /order/item[2]/@price}, {@code //span/text()} or {@code /html/body/*}{@code /@id}. A step without
 * a number means every element of that name.
 *
 * @param text as in the rules file
 * @param pattern of the paths that {@link MarkupNode#childPaths} makes
 */
public record MarkupPath(String text, Pattern pattern) {
  private static final Pattern STEP =
      Pattern.compile("(//?)(?:(text\\(\\))|(@)?([^/@\\[\\]*()\\s]+|\\*))(?:\\[(\\d{1,9})])?");

  /** Any elements between. */
  private static final String ANY_DEPTH = "(?:/[^/]+)*";

  /**
   * Returns the path that a text names.
   *
   * @throws IllegalArgumentException when it names none
   */
  public static MarkupPath parse(String text) {
    StringBuilder regex = new StringBuilder();
    Matcher matcher = STEP.matcher(text);
    int end = 0;
    while (end < text.length()) {
      matcher.region(end, text.length());
      if (!matcher.lookingAt()) {
        throw new IllegalArgumentException(
            "path '" + text + "': not understood from '" + text.substring(end) + "' on");
      }
      String name = matcher.group(2) == null ? matcher.group(4) : matcher.group(2);
      regex.append(matcher.group(1).length() == 2 ? ANY_DEPTH : "").append('/');
      regex.append(matcher.group(3) == null ? "" : "@");
      regex.append(name.equals("*") ? "[^/\\[\\]@]+" : Pattern.quote(name));
      String number = matcher.group(5);
      if (number == null) {
        regex.append("(?:\\[\\d+])?");
      } else if (number.equals("1")) {
        regex.append("(?:\\[1])?"); // which is not written where there is no other
      } else {
        regex.append("\\[").append(number).append(']');
      }
      end = matcher.end();
    }
    return new MarkupPath(text, Pattern.compile(regex.toString()));
  }

  /** Returns whether a path is one of these. */
  public boolean matches(String path) {
    return pattern.matcher(path).matches();
  }
}
