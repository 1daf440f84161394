// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.replayer.splice.Coding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Values that are too long to be equal by chance, and what they are made like. */
public final class RandomValues {
  private static final int MIN_TAIL = 8;
  private static final int VERSION_OF_UUID = 14;
  private static final int UUID_LENGTH = 36;

  private RandomValues() {}

  /** Returns whether a word is one. */
  public static boolean isOne(String word) {
    return Shape.of(word).compareTo(Shape.TOKEN) >= 0;
  }

  /** Goes through those in a text, wide words and the tight ones that they are made of. */
  public static void visit(String text, Consumer<String> visitor) {
    for (boolean wide : new boolean[] {true, false}) {
      Words.of(text, wide)
          .forEach(
              slice -> {
                String word = text.substring(slice.from(), slice.to());
                if (isOne(word)) {
                  visitor.accept(word);
                }
              });
    }
  }

  /**
   * Returns whether two were made by the same means: UUIDs of one version, numbers in hexadecimal
   * of one length, tokens of one length behind the same prefix. What is a text in base64 was not
   * made up, nor was a signed token.
   */
  public static boolean areAlike(String one, String other) {
    if (one.length() != other.length() || isText(one) || isText(other)) {
      return false;
    }
    Shape shape = Shape.of(one);
    if (shape.compareTo(Shape.TOKEN) < 0 || Shape.of(other) != shape) {
      return false;
    }
    if (isUuid(one) || isUuid(other)) {
      return isUuid(one)
          && isUuid(other)
          && one.charAt(VERSION_OF_UUID) == other.charAt(VERSION_OF_UUID);
    }
    int tail = Math.max(prefix(one), prefix(other));
    if (!one.substring(0, tail).equals(other.substring(0, tail))) {
      return false;
    }
    String tailOfOne = one.substring(tail);
    String tailOfOther = other.substring(tail);
    return tailOfOne.length() >= MIN_TAIL
        && isHex(tailOfOne) == isHex(tailOfOther)
        && (isMixed(tailOfOne) || isMixed(tailOfOther));
  }

  /**
   * Returns which value stands now where each stood, when two lists of them have the same form: as
   * many values, made by the same means place by place, and equal ones stand for equal ones.
   *
   * @return none when they have not
   */
  public static Map<String, String> paired(List<String> recorded, List<String> now) {
    Map<String, String> pairs = new LinkedHashMap<>();
    if (recorded.size() != now.size()) {
      return pairs;
    }
    for (int i = 0; i < now.size(); i++) {
      String then = recorded.get(i);
      String today = now.get(i);
      String before = pairs.putIfAbsent(then, today);
      boolean same = then.equals(today) || areAlike(then, today);
      if (!same || (before != null && !before.equals(today))) {
        return Map.of();
      }
    }
    return pairs;
  }

  private static boolean isUuid(String word) {
    return word.length() == UUID_LENGTH && word.charAt(8) == '-' && word.charAt(23) == '-';
  }

  /** Returns how long the name is that says what a token is of, such as {@code ord_}. */
  private static int prefix(String word) {
    int at = 0;
    while (at < word.length() && Character.isLetter(word.charAt(at))) {
      at++;
    }
    boolean parted = at < word.length() && (word.charAt(at) == '_' || word.charAt(at) == '-');
    return parted && word.length() - at > MIN_TAIL ? at + 1 : 0;
  }

  private static boolean isHex(String text) {
    return text.chars().allMatch(c -> Character.digit(c, 16) >= 0);
  }

  /** Digits alone count, and letters alone are words. */
  private static boolean isMixed(String text) {
    return text.chars().anyMatch(Character::isLetter) && text.chars().anyMatch(Character::isDigit);
  }

  private static boolean isText(String word) {
    if (Jwt.isOne(word)) {
      return true;
    }
    for (Coding coding : new Coding[] {Coding.BASE64, Coding.BASE64URL}) {
      String inner = coding.decode(word);
      if (inner != null
          && inner.length() >= MIN_TAIL / 2
          && inner.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
        return true;
      }
    }
    return false;
  }
}
