// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.Everywhere;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where like answers have like values, as a rule names it.
 *
 * @param endpoint such as {@code GET /orders/{id}}
 * @param key {@code header} or {@code path}
 * @param text such as {@code $.items[*].at}
 */
record Place(String endpoint, String key, String text) implements Comparable<Place> {
  private static final Pattern COOKIE = Pattern.compile("header:(set-cookie\\[[^\\]]+])");
  private static final Pattern FIELD = Pattern.compile("(?:header|trailer):([^@\\[.]+)");
  private static final Pattern MESSAGE = Pattern.compile("^(?:message|event)\\[\\d+]");
  private static final Pattern LINE = Pattern.compile("body:line (\\d+)");
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::endpoint).thenComparing(Place::key).thenComparing(Place::text);

  /** Returns the place of a difference; null when no rule can be about it. */
  static @Nullable Place of(String endpoint, Difference difference) {
    // Rules for JSON are about every message of an answer that is a conversation.
    String path = MESSAGE.matcher(difference.path()).replaceFirst("");
    return switch (difference.kind()) {
      case HEADER -> {
        Matcher cookie = COOKIE.matcher(path);
        Matcher field = FIELD.matcher(path);
        if (cookie.matches()) {
          yield new Place(endpoint, "header", cookie.group(1));
        }
        yield field.matches() ? new Place(endpoint, "header", field.group(1)) : null;
      }
      case JSON -> new Place(endpoint, "path", Everywhere.json(path));
      case XML, HTML -> path.length() == 1 ? null : new Place(endpoint, "path", path);
      case TEXT -> {
        Matcher line = LINE.matcher(path);
        yield line.matches() ? new Place(endpoint, "path", "line[" + line.group(1) + "]") : null;
      }
      case STATUS, BYTES, MESSAGE, LATENCY -> null;
    };
  }

  /** Returns the array that holds the element; null when it is none. */
  @Nullable Place array() {
    return text.startsWith("$") && text.endsWith("[*]")
        ? new Place(endpoint, key, text.substring(0, text.length() - "[*]".length()))
        : null;
  }

  /** Returns the same place without numbers of elements or lines. */
  Place anywhere() {
    return new Place(
        endpoint, key, text.startsWith("line[") ? "line[*]" : text.replaceAll("\\[\\d+]", ""));
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return text + " of " + endpoint;
  }
}
