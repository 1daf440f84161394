// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Undoes escapes and remembers where each character of the value stood. */
final class Escapes {
  private static final int LONGEST_ENTITY = 10;
  private static final Map<String, String> ENTITIES =
      Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00c2\u00a0");

  private final String raw;
  private final StringBuilder text;
  private int[] offsets;
  private int at;

  private Escapes(String raw) {
    this.raw = raw;
    this.text = new StringBuilder(raw.length());
    this.offsets = new int[raw.length() + 1];
  }

  /**
   * A value and the places of its characters.
   *
   * @param text the value
   * @param offsets where in the raw text each of its characters begins, and the end
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared and never leaves this package
  record Decoded(String text, int[] offsets) {
    int offset(int index) {
      return offsets[index];
    }
  }

  static Decoded decode(String raw, Coding coding) {
    Escapes escapes = new Escapes(raw);
    while (escapes.at < raw.length()) {
      int before = escapes.at;
      switch (coding) {
        case PERCENT, FORM -> escapes.percent(coding == Coding.FORM);
        case JSON -> escapes.json();
        case HTML -> escapes.entity();
        default -> {}
      }
      if (escapes.at == before) {
        escapes.put(String.valueOf(raw.charAt(before)), 1);
      }
    }
    escapes.room();
    escapes.offsets[escapes.text.length()] = raw.length();
    return new Decoded(escapes.text.toString(), escapes.offsets);
  }

  /** Takes so many raw characters as that value. */
  private void put(String value, int rawLength) {
    for (int i = 0; i < value.length(); i++) {
      room();
      offsets[text.length()] = at;
      text.append(value.charAt(i));
    }
    at += rawLength;
  }

  private void room() {
    if (text.length() >= offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2 + 1);
    }
  }

  private void putCharacter(int codePoint, int rawLength) {
    String character = Character.isValidCodePoint(codePoint) ? Character.toString(codePoint) : "?";
    byte[] utf8 = character.getBytes(StandardCharsets.UTF_8);
    put(new String(utf8, StandardCharsets.ISO_8859_1), rawLength);
  }

  private void percent(boolean form) {
    char c = raw.charAt(at);
    if (c == '+' && form) {
      put(" ", 1);
    } else if (c == '%') {
      int code = number(at + 1, at + 3, 16);
      if (code >= 0) {
        put(String.valueOf((char) code), 3);
      }
    }
  }

  private void json() {
    if (raw.charAt(at) != '\\' || at + 1 >= raw.length()) {
      return;
    }
    char escaped = raw.charAt(at + 1);
    switch (escaped) {
      case 'n' -> put("\n", 2);
      case 'r' -> put("\r", 2);
      case 't' -> put("\t", 2);
      case 'b' -> put("\b", 2);
      case 'f' -> put("\f", 2);
      case '"', '\\', '/' -> put(String.valueOf(escaped), 2);
      case 'u' -> {
        int code = number(at + 2, at + 6, 16);
        int low = code < 0 || !raw.startsWith("\\u", at + 6) ? -1 : number(at + 8, at + 12, 16);
        if (low >= 0
            && Character.isHighSurrogate((char) code)
            && Character.isLowSurrogate((char) low)) {
          putCharacter(Character.toCodePoint((char) code, (char) low), 12);
        } else if (code >= 0) {
          putCharacter(code, 6);
        }
      }
      default -> {}
    }
  }

  private void entity() {
    if (raw.charAt(at) != '&') {
      return;
    }
    int end = raw.indexOf(';', at);
    if (end < 0 || end - at > LONGEST_ENTITY) {
      return;
    }
    String name = raw.substring(at + 1, end);
    String known = ENTITIES.get(name);
    if (known != null) {
      put(known, end + 1 - at);
    } else if (name.startsWith("#x") || name.startsWith("#X")) {
      int code = number(at + 3, end, 16);
      if (code >= 0) {
        putCharacter(code, end + 1 - at);
      }
    } else if (name.startsWith("#")) {
      int code = number(at + 2, end, 10);
      if (code >= 0) {
        putCharacter(code, end + 1 - at);
      }
    }
  }

  private int number(int from, int to, int radix) {
    if (to > raw.length() || from >= to) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = Character.digit(raw.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      number = number * radix + digit;
    }
    return number;
  }
}
