// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells from the text of a path segment alone that it is a value rather than a name. */
final class SegmentShape {
  /** Longer text is no name of anything. */
  static final int MAX_NAME_LENGTH = 64;

  private static final int MIN_HASH_LENGTH = 8;
  private static final int MIN_LETTERED_HASH_LENGTH = 16;
  private static final int MIN_TOKEN_LENGTH = 16;
  private static final int MIN_TOKEN_CHANGES = 5;
  private static final int MAX_VERSION_DIGITS = 2;
  private static final int[] UUID_DASHES = {8, 13, 18, 23};
  private static final int UUID_LENGTH = 36;

  /** Names that a version number follows. */
  private static final Set<String> BEFORE_VERSION = Set.of("api", "rest", "version", "ver", "v");

  private SegmentShape() {}

  /**
   * Returns what kind of value a segment is; null when it may be a name.
   *
   * @param text percent-decoded
   * @param previous the segment before it; null when it is the first
   */
  static @Nullable ParameterKind of(String text, @Nullable String previous) {
    if (text.isEmpty()) {
      return null;
    }
    if (text.length() > MAX_NAME_LENGTH || hasControls(text)) {
      return isHash(text) ? ParameterKind.HASH : ParameterKind.TOKEN;
    }
    if (isDigits(text, 0, text.length())) {
      return isVersion(text, previous) ? null : ParameterKind.INTEGER;
    }
    if (isUuid(text)) {
      return ParameterKind.UUID;
    }
    if (isNumber(text)) {
      return ParameterKind.NUMBER;
    }
    if (isDate(text)) {
      return ParameterKind.DATE;
    }
    if (isHash(text)) {
      return ParameterKind.HASH;
    }
    if (isEmail(text)) {
      return ParameterKind.EMAIL;
    }
    return isToken(text) ? ParameterKind.TOKEN : null;
  }

  private static boolean hasControls(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether only the version of an interface can stand behind that name. */
  static boolean isBeforeVersion(String name) {
    return BEFORE_VERSION.contains(name);
  }

  private static boolean isVersion(String digits, @Nullable String previous) {
    return digits.length() <= MAX_VERSION_DIGITS
        && previous != null
        && BEFORE_VERSION.contains(previous);
  }

  static boolean isDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return from < to;
  }

  private static boolean isNumber(String text) {
    int from = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int dot = text.indexOf('.', from);
    return dot < 0
        ? from == 1 && isDigits(text, from, text.length())
        : isDigits(text, from, dot) && isDigits(text, dot + 1, text.length());
  }

  static boolean isUuid(String text) {
    boolean braces = text.startsWith("{") && text.endsWith("}");
    String bare = braces ? text.substring(1, text.length() - 1) : text;
    if (bare.length() != UUID_LENGTH) {
      return false;
    }
    for (int i = 0, dash = 0; i < UUID_LENGTH; i++) {
      if (dash < UUID_DASHES.length && i == UUID_DASHES[dash]) {
        if (bare.charAt(i) != '-') {
          return false;
        }
        dash++;
      } else if (!isHex(bare.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether it is {@code 2024-05-17}, {@code 2024-05} or one with a time behind. */
  private static boolean isDate(String text) {
    if (text.length() < 7
        || !isDigits(text, 0, 4)
        || text.charAt(4) != '-'
        || !isBetween(text, 5, 1, 12)) {
      return false;
    }
    if (text.length() == 7) {
      return true;
    }
    if (text.length() < 10 || text.charAt(7) != '-' || !isBetween(text, 8, 1, 31)) {
      return false;
    }
    return text.length() == 10
        || ((text.charAt(10) == 'T' || text.charAt(10) == 't' || text.charAt(10) == ' ')
            && text.length() >= 13
            && isBetween(text, 11, 0, 24));
  }

  private static boolean isBetween(String text, int at, int least, int most) {
    if (!isDigits(text, at, at + 2)) {
      return false;
    }
    int number = (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
    return number >= least && number <= most;
  }

  static boolean isHash(String text) {
    if (text.length() < MIN_HASH_LENGTH) {
      return false;
    }
    boolean lower = false;
    boolean upper = false;
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isHex(c)) {
        return false;
      }
      lower |= c >= 'a';
      upper |= c >= 'A' && c < 'a';
      digit |= isDigit(c);
    }
    return !(lower && upper) && (digit || text.length() >= MIN_LETTERED_HASH_LENGTH);
  }

  private static boolean isEmail(String text) {
    int at = text.indexOf('@');
    return at > 0 && text.indexOf('@', at + 1) < 0 && text.indexOf('.', at) > at + 1;
  }

  /** Returns whether letters and digits follow each other as they do in no word. */
  private static boolean isToken(String text) {
    if (text.length() < MIN_TOKEN_LENGTH) {
      return false;
    }
    int changes = 0;
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isDigit(c) && !isLetter(c) && c != '_' && c != '-' && c != '=' && c != '.' && c != '~') {
        return false;
      }
      digit |= isDigit(c);
      if (i > 0 && isOdd(text.charAt(i - 1), c)) {
        changes++;
      }
    }
    return digit && changes >= MIN_TOKEN_CHANGES && changes * 5 >= text.length();
  }

  /** A digit beside a letter, or a capital that ends rather than begins a run of small letters. */
  private static boolean isOdd(char before, char c) {
    return (isDigit(before) && isLetter(c))
        || (isLetter(before) && isDigit(c))
        || (before >= 'a' && before <= 'z' && c >= 'A' && c <= 'Z');
  }

  static boolean isHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
