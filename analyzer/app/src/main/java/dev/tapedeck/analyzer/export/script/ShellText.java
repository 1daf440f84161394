// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.script;

/**
 * Writes recorded bytes for a POSIX shell, such that they are nothing but one word.
 *
 * <p>The result is printable ASCII with line feeds. Text is one character a byte.
 */
final class ShellText {
  private ShellText() {}

  /**
   * Returns a word that means the text.
   *
   * @param text without NUL, which no word can hold, and not ending in a line feed when it has
   *     characters that are not printable
   */
  static String word(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("no word holds NUL, length=" + text.length());
    }
    // Nothing is special between single quotes (POSIX.1-2017, XCU 2.2.2).
    return isPlain(text)
        ? "'" + text.replace("'", "'\\''") + "'"
        : "\"$(printf '" + printfFormat(text) + "')\"";
  }

  /** Returns whether the text can stand in a script as it is. */
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\n' && c != '\t') || c > '~') {
        return false;
      }
    }
    return true;
  }

  /** Octal escapes are all that printf needs (POSIX.1-2017, XCU printf). */
  private static String printfFormat(String text) {
    StringBuilder format = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || " :/.,;=_+".indexOf(c) >= 0
              || (c == '-' && i > 0);
      if (plain) {
        format.append(c);
      } else {
        format.append('\\').append(c >> 6 & 3).append(c >> 3 & 7).append(c & 7);
      }
    }
    return format.toString();
  }

  /** Returns text for one comment line: what is not printable is escaped. */
  static String comment(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '\\') {
        line.append(String.format("\\x%02x", (int) c & 0xff));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }
}
