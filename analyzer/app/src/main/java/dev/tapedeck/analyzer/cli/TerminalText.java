// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.Bytes;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Makes captured text harmless for a terminal: whatever could move the cursor, change colours, set
 * titles or turn the reading direction is shown as an escape.
 */
final class TerminalText {
  private TerminalText() {}

  /** Returns the text on one line, with every control and format character escaped. */
  static String escape(String text) {
    return escape(text, false);
  }

  /** Returns the text with its line feeds and tabs kept and everything else escaped. */
  static String escapeLines(String text) {
    return escape(text, true);
  }

  /**
   * Returns the beginning of a body's text as lines, without the end of the last one. One byte is
   * at least one character of text, so these are no more bytes than asked for.
   */
  static String escapeBlock(String text, long maxBytes) {
    int end = (int) Math.min(maxBytes, text.length());
    if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    String shown = escapeLines(text.substring(0, end).replace("\r\n", "\n"));
    return shown.endsWith("\n") ? shown.substring(0, shown.length() - 1) : shown;
  }

  /**
   * Returns header text for people: captured bytes that are UTF-8 are shown as what they mean,
   * others as escapes.
   *
   * @param latin1 one character a byte
   */
  static String ofLatin1(String latin1) {
    boolean ascii = true;
    for (int i = 0; i < latin1.length(); i++) {
      ascii &= latin1.charAt(i) < 0x80;
    }
    if (ascii) {
      return escape(latin1);
    }
    byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return escape(
          StandardCharsets.UTF_8.newDecoder().decode(Bytes.copyOf(bytes).asBuffer()).toString());
    } catch (CharacterCodingException e) {
      // Not UTF-8, so nobody knows which letters are meant.
      return cEscapes(Bytes.copyOf(bytes), bytes.length);
    }
  }

  /** Returns at most {@code limit} bytes in C's notation: printable ASCII as it is. */
  static String cEscapes(Bytes bytes, int limit) {
    StringBuilder text = new StringBuilder();
    int end = Math.min(limit, bytes.length());
    for (int i = 0; i < end; i++) {
      int b = bytes.get(i) & 0xff;
      switch (b) {
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        case '\t' -> text.append("\\t");
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        default -> {
          if (b >= 0x20 && b < 0x7f) {
            text.append((char) b);
          } else {
            text.append("\\x").append(hex(b >> 4)).append(hex(b));
          }
        }
      }
    }
    return text.toString();
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
