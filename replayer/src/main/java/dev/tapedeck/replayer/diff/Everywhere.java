// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.analyzer.rules.JsonPathPattern;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names the place of a difference so that it is the same in all like answers. */
public final class Everywhere {
  /** Before what is said of one message of a conversation. */
  private static final Pattern MESSAGE = Pattern.compile("(message|event)\\[\\d+]");

  private Everywhere() {}

  /**
   * Returns the path of a difference without what one answer alone has: {@code $.items[*].price},
   * {@code /table/tr/td/text()}, {@code body:lines}.
   */
  public static String path(Difference difference) {
    Matcher message = MESSAGE.matcher(difference.path());
    if (message.lookingAt()) {
      String within = difference.path().substring(message.end());
      return message.group(1)
          + "[*]"
          + (difference.kind() == DifferenceKind.JSON ? json(within) : within);
    }
    String path = difference.path();
    return switch (difference.kind()) {
      case JSON -> json(path);
      case XML, HTML -> path.replaceAll("\\[\\d+]", "");
      case TEXT -> "body:lines";
      case BYTES -> "body";
      case STATUS, HEADER, MESSAGE, LATENCY -> path;
    };
  }

  /** Returns a JSON path of which elements, and members named by a value, are any. */
  public static String json(String path) {
    StringBuilder everywhere = new StringBuilder("$");
    for (JsonPathPattern.Step step : JsonPathPattern.parse(path).steps()) {
      String member = step.member();
      if (member == null || isValue(member)) {
        everywhere.append("[*]");
      } else {
        everywhere.replace(0, everywhere.length(), JsonPaths.member(everywhere.toString(), member));
      }
    }
    return everywhere.toString();
  }

  private static boolean isValue(String member) {
    return member.indexOf('/') < 0
        && !Endpoints.NONE.of("GET", null, "/" + member).parameters().isEmpty();
  }
}
