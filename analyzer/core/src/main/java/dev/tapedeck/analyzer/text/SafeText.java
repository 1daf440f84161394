// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.text;

/**
 * Makes captured text harmless for a terminal: whatever could move the cursor, change colours, set
 * titles or turn the reading direction is shown as an escape.
 *
 * <p><b>Threads:</b> stateless.
 */
public final class SafeText {
  private SafeText() {}

  /** Returns the text on one line, with every control and format character escaped. */
  public static String escape(String text) {
    return escape(text, false);
  }

  /** Returns the text with its line feeds and tabs kept and everything else escaped. */
  public static String escapeLines(String text) {
    return escape(text, true);
  }

  private static String escape(String text, boolean keepLines) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              boolean kept = keepLines && (point == '\n' || point == '\t');
              if (kept || isHarmless(point)) {
                safe.appendCodePoint(point);
              } else {
                appendEscape(safe, point);
              }
            });
    return safe.toString();
  }

  private static void appendEscape(StringBuilder safe, int point) {
    switch (point) {
      case '\r' -> safe.append("\\r");
      case '\n' -> safe.append("\\n");
      case '\t' -> safe.append("\\t");
      default -> {
        if (point < 0x100) {
          safe.append("\\x").append(hex(point >> 4)).append(hex(point));
        } else {
          safe.append("\\u{").append(Integer.toHexString(point)).append('}');
        }
      }
    }
  }

  private static boolean isHarmless(int point) {
    if (point >= 0x20 && point < 0x7f) {
      return true;
    }
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

  private static char hex(int value) {
    return Character.forDigit(value & 0xf, 16);
  }
}
