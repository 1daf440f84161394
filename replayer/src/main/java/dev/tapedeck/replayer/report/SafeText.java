// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

/**
 * Captured text made harmless for a terminal: whatever could move the cursor, change colours, set
 * titles or turn the reading direction is shown as an escape.
 */
public final class SafeText {
  private SafeText() {}

  /** Returns the text on one line, with every control and format character escaped. */
  public static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              if (isHarmless(point)) {
                safe.appendCodePoint(point);
              } else {
                append(safe, point);
              }
            });
    return safe.toString();
  }

  private static void append(StringBuilder safe, int point) {
    switch (point) {
      case '\r' -> safe.append("\\r");
      case '\n' -> safe.append("\\n");
      case '\t' -> safe.append("\\t");
      default -> safe.append("\\u{").append(Integer.toHexString(point)).append('}');
    }
  }

  private static boolean isHarmless(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Returns at most that many characters of the text. */
  static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length - 3) + "...";
  }
}
