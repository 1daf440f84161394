// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/** Finds numbers of payment cards, with or without blanks or hyphens between their digits. */
final class CardNumbers {
  private static final Pattern DIGITS = Pattern.compile("[0-9](?:[ -]?[0-9]){12,18}");

  /** Numbers that issuers of cards give out. */
  private static final Pattern ISSUED =
      Pattern.compile(
          "4[0-9]{15}|5[1-5][0-9]{14}|2[2-7][0-9]{14}|3[47][0-9]{13}|3[68][0-9]{12}"
              + "|6(?:011|5[0-9]{2})[0-9]{12}");

  private CardNumbers() {}

  /** Takes where a number lies. */
  @FunctionalInterface
  interface Found {
    void at(int from, int to);
  }

  /** Looks for numbers in a text of one character a byte. */
  static void find(String text, Found found) {
    for (Matcher matcher = DIGITS.matcher(text); matcher.find(); ) {
      if (isCard(text, matcher.start(), matcher.end())) {
        found.at(matcher.start(), matcher.end());
      }
    }
  }

  /** Adds the digits of the numbers in a text that begins at an offset; what divides them stays. */
  static void find(String text, int offset, Spans spans) {
    find(
        text,
        (from, to) -> {
          int start = from;
          for (int i = from; i <= to; i++) {
            if (i == to || !isDigit(text.charAt(i))) {
              spans.add(offset + start, offset + i);
              start = i + 1;
            }
          }
        });
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** ISO/IEC 7812-1, annex B. */
  private static boolean isCard(String text, int from, int to) {
    if ((from > 0 && Character.isLetterOrDigit(text.charAt(from - 1)))
        || (to < text.length() && Character.isLetterOrDigit(text.charAt(to)))) {
      return false;
    }
    StringBuilder digits = new StringBuilder();
    for (int i = from; i < to; i++) {
      if (isDigit(text.charAt(i))) {
        digits.append(text.charAt(i));
      }
    }
    if (!ISSUED.matcher(digits).matches()) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int twice = 2 * digit;
      sum += i % 2 == 0 ? digit : twice > 9 ? twice - 9 : twice;
    }
    return sum % 10 == 0;
  }
}
