// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A segment in which numbers or digests stand beside text, such as {@code order-{id}} or {@code
 * {id}.json}.
 *
 * @param parts the text before, between and behind the values; one more than there are kinds
 * @param kinds of the values
 */
record SegmentPattern(List<String> parts, List<ParameterKind> kinds) {
  /** With more values than that it is rather text as a whole. */
  private static final int MAX_VALUES = 2;

  /** Versions and sizes of algorithms are names, however many there are. */
  private static final Pattern NAME =
      Pattern.compile("(?i)v\\d+([.-].*)?|(utf|sha|iso|rfc|ipv|oauth|md|h)-?\\d+(-\\d+)?");

  SegmentPattern {
    parts = List.copyOf(parts);
    kinds = List.copyOf(kinds);
  }

  /** Returns whether it is a name in spite of its digits, such as {@code v2}. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Returns the pattern of a segment; null when there is no value in it. */
  static @Nullable SegmentPattern of(String text) {
    if (isName(text)) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    List<ParameterKind> kinds = new ArrayList<>();
    int textFrom = 0;
    int at = 0;
    while (at < text.length()) {
      int end = runEnd(text, at);
      ParameterKind kind = end == at ? null : valueOf(text.substring(at, end));
      if (kind != null) {
        parts.add(text.substring(textFrom, at));
        kinds.add(kind);
        textFrom = end;
      }
      at = Math.max(end, at + 1);
    }
    if (kinds.isEmpty() || kinds.size() > MAX_VALUES) {
      return null;
    }
    parts.add(text.substring(textFrom));
    return new SegmentPattern(parts, kinds);
  }

  /** Returns whether a value stands right behind a letter, as in {@code step1}. */
  boolean isTight() {
    for (int i = 0; i < kinds.size(); i++) {
      String before = parts.get(i);
      if (!before.isEmpty() && SegmentShape.isLetter(before.charAt(before.length() - 1))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the end of the letters and digits that begin there; the start when there are none. */
  private static int runEnd(String text, int from) {
    int end = from;
    while (end < text.length()
        && (SegmentShape.isDigit(text.charAt(end)) || SegmentShape.isLetter(text.charAt(end)))) {
      end++;
    }
    // Digits behind letters, as in user42, are a value of their own, unless it is a digest.
    if (end > from && !SegmentShape.isHash(text.substring(from, end))) {
      int digits = from;
      while (digits < end && !SegmentShape.isDigit(text.charAt(digits))) {
        digits++;
      }
      return digits > from ? digits : digitsEnd(text, from, end);
    }
    return end;
  }

  private static int digitsEnd(String text, int from, int end) {
    int digits = from;
    while (digits < end && SegmentShape.isDigit(text.charAt(digits))) {
      digits++;
    }
    return digits;
  }

  private static @Nullable ParameterKind valueOf(String run) {
    if (SegmentShape.isDigits(run, 0, run.length())) {
      return ParameterKind.INTEGER;
    }
    return SegmentShape.isHash(run) ? ParameterKind.HASH : null;
  }
}
