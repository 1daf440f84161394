// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.util.Arrays;

/**
 * What the characters of a JSON string mean, with where each stands.
 *
 * <p><b>Ownership:</b> the bytes are its own, and may be changed.
 */
final class JsonText {
  private final byte[] bytes;
  private final int[] places;

  private JsonText(byte[] bytes, int[] places) {
    this.bytes = bytes;
    this.places = places;
  }

  /**
   * Undoes the escapes (RFC 8259, section 7). Those of characters beyond ASCII become {@code ?}:
   * they are no part of a JSON text's structure.
   *
   * @param from index of the first character
   * @param to index after the last one
   */
  static JsonText unescape(byte[] source, int from, int to) {
    byte[] bytes = new byte[to - from];
    int[] places = new int[to - from + 1];
    int length = 0;
    int at = from;
    while (at < to) {
      places[length] = at;
      int next = at + 1;
      byte b = source[at];
      if (b == '\\' && next < to) {
        byte escaped = source[next++];
        b = simple(escaped);
        if (escaped == 'u') {
          next = Math.min(to, next + 4);
          b = ascii(source, at + 2, next);
        }
      }
      bytes[length++] = b;
      at = next;
    }
    places[length] = to;
    return new JsonText(Arrays.copyOf(bytes, length), Arrays.copyOf(places, length + 1));
  }

  private static byte simple(byte escaped) {
    return switch (escaped) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> escaped;
    };
  }

  private static byte ascii(byte[] source, int from, int to) {
    int code = 0;
    for (int i = from; i < to; i++) {
      int digit = Character.digit(source[i], 16);
      code = code << 4 | (digit < 0 ? 0xf : digit);
    }
    return code < 0x80 && to - from == 4 ? (byte) code : (byte) '?';
  }

  /** Returns the characters that are meant, one a byte of the source where they are not escaped. */
  byte[] bytes() {
    return bytes;
  }

  /** Returns where in the source a character stands; of the length, where the string ends. */
  int placeOf(int index) {
    return places[index];
  }
}
