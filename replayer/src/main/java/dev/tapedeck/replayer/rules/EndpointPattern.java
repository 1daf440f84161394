// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.Glob;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which requests a rule is for, such as {@code GET /api/orders/*}, {@code /orders/{id}} or {@code
 * /static/**}.
 *
 * @param text as in the rules file
 * @param method empty for any
 * @param path of the request target, without its query
 */
record EndpointPattern(String text, String method, Pattern path) {
  /** Every request. */
  static final EndpointPattern ANY = new EndpointPattern("", "", Pattern.compile(".*"));

  /** What stands for a segment in a path template. */
  private static final Pattern PARAMETER = Pattern.compile("\\{[^/{}]*}");

  private static final Pattern SYNTAX =
      Pattern.compile("(?:(?<method>[A-Z]+|\\*)\\s+)?(?<path>/\\S*|\\*\\*?)");

  /**
   * Returns the pattern that a text names.
   *
   * @throws IllegalArgumentException when it names none
   */
  static EndpointPattern parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "endpoint '" + text + "': expected [METHOD] /path, with * and **");
    }
    String method = matcher.group("method");
    String path = matcher.group("path").equals("*") ? "**" : matcher.group("path");
    return new EndpointPattern(
        text,
        method == null || method.equals("*") ? "" : method,
        Glob.path(PARAMETER.matcher(path).replaceAll("*")));
  }

  boolean matches(String requestMethod, String requestTarget) {
    int query = requestTarget.indexOf('?');
    String requestPath = query < 0 ? requestTarget : requestTarget.substring(0, query);
    return (method.isEmpty() || method.equals(requestMethod))
        && path.matcher(requestPath).matches();
  }
}
