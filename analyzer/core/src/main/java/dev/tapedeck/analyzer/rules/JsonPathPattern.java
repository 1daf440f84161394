// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a JSON document a rule is for: JSONPath (RFC 9535) with member names, indexes,
 * {@code *} and {@code ..}.
 *
 * @param text as in the rules file
 * @param steps from the root on
 */
public record JsonPathPattern(String text, List<Step> steps) {
  private static final Pattern STEP =
      Pattern.compile(
          "(?<deep>\\.)?(?:"
              + "\\.?\\[(?:'(?<quoted>(?:[^'\\\\]|\\\\.)*)'|(?<index>[0-9]{1,9})|(?<all>\\*))]"
              + "|\\.(?<name>[^.\\[\\]*'\\s]+|\\*))");

  public JsonPathPattern {
    steps = List.copyOf(steps);
  }

  /**
   * One step down.
   *
   * @param deep true when any number of levels may lie before it
   * @param member the member's name; null for an element or any
   * @param index the element's index; -1 for a member or any
   */
  public record Step(boolean deep, @Nullable String member, int index) {
    /** Returns whether it takes every member and element. */
    public boolean any() {
      return member == null && index < 0;
    }
  }

  /**
   * Returns the pattern that a text names.
   *
   * @throws IllegalArgumentException when it names none
   */
  public static JsonPathPattern parse(String text) {
    if (!text.startsWith("$")) {
      throw new IllegalArgumentException("path '" + text + "': expected body or a path from $");
    }
    List<Step> steps = new ArrayList<>();
    Matcher matcher = STEP.matcher(text).region(1, text.length());
    int end = 1;
    while (end < text.length()) {
      if (!matcher.lookingAt()) {
        throw new IllegalArgumentException(
            "path '" + text + "': not understood from '" + text.substring(end) + "' on");
      }
      steps.add(step(matcher));
      end = matcher.end();
      matcher.region(end, text.length());
    }
    return new JsonPathPattern(text, steps);
  }

  private static Step step(Matcher matcher) {
    boolean deep = matcher.group("deep") != null;
    if (matcher.group("index") != null) {
      return new Step(deep, null, Integer.parseInt(matcher.group("index")));
    }
    if (matcher.group("quoted") != null) {
      return new Step(deep, matcher.group("quoted").replaceAll("\\\\(.)", "$1"), -1);
    }
    String name = matcher.group("name");
    return new Step(deep, name == null || name.equals("*") ? null : name, -1);
  }
}
