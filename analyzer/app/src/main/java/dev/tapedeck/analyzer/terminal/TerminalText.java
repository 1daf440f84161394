// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.Bytes;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Captured bytes and bodies as text that is harmless for a terminal, as {@link SafeText} makes it.
 */
public final class TerminalText {
  private TerminalText() {}

  /**
   * Returns the beginning of a body's text as lines, without the end of the last one. One byte is
   * at least one character of text, so these are no more bytes than asked for.
   */
  public static String escapeBlock(String text, long maxBytes) {
    String shown = SafeText.escapeLines(beginning(text, maxBytes).replace("\r\n", "\n"));
    return shown.endsWith("\n") ? shown.substring(0, shown.length() - 1) : shown;
  }

  /** Returns the first characters of a text, none of them in half. */
  public static String beginning(String text, long maxCharacters) {
    int end = (int) Math.min(maxCharacters, text.length());
    if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  /**
   * Returns header text for people: captured bytes that are UTF-8 are shown as what they mean,
   * others as escapes.
   *
   * @param latin1 one character a byte
   */
  public static String ofLatin1(String latin1) {
    boolean ascii = true;
    for (int i = 0; i < latin1.length(); i++) {
      ascii &= latin1.charAt(i) < 0x80;
    }
    if (ascii) {
      return SafeText.escape(latin1);
    }
    byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return SafeText.escape(
          StandardCharsets.UTF_8.newDecoder().decode(Bytes.copyOf(bytes).asBuffer()).toString());
    } catch (CharacterCodingException e) {
      // Not UTF-8, so nobody knows which letters are meant.
      return cEscapes(Bytes.copyOf(bytes), bytes.length);
    }
  }

  /** Returns at most {@code limit} bytes in C's notation: printable ASCII as it is. */
  public static String cEscapes(Bytes bytes, int limit) {
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

  private static char hex(int value) {
    return Character.forDigit(value & 0xf, 16);
  }
}
