// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Percent-encoded text of URLs and forms (RFC 3986, section 2.1; URL standard, section 5). */
public final class PercentCoding {
  /** Characters a URL may hold as they are (RFC 3986, sections 2.2 and 2.3), and the escape. */
  private static final String URL_CHARACTERS = "-._~:/?#[]@!$&'()*+,;=%";

  private PercentCoding() {}

  /**
   * Returns a name or value of a query or form with {@code +} and escapes resolved as UTF-8;
   * malformed escapes stay as they are.
   *
   * @param text ISO 8859-1, one character a byte
   */
  public static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0 && isAscii(text)) {
      return text;
    }
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '%' ? escapedByte(text, i) : -1;
      if (value >= 0) {
        decoded.write(value);
        i += 2;
      } else {
        decoded.write(c == '+' ? ' ' : c);
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  /**
   * Returns the text with every byte that no URL may hold escaped.
   *
   * @param text ISO 8859-1, one character a byte
   */
  public static String encodeIllegal(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isAlphanumeric(c) || URL_CHARACTERS.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%').append(hexDigit(c >> 4)).append(hexDigit(c));
      }
    }
    return encoded.toString();
  }

  private static int escapedByte(String text, int at) {
    if (at + 2 >= text.length()) {
      return -1;
    }
    int high = Character.digit(text.charAt(at + 1), 16);
    int low = Character.digit(text.charAt(at + 2), 16);
    return high < 0 || low < 0 ? -1 : (high << 4) | low;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static char hexDigit(int value) {
    return Character.toUpperCase(Character.forDigit(value & 0xf, 16));
  }
}
