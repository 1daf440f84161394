// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Compiles regular expressions of RE2's syntax that a user wrote, within bounds.
 *
 * <p>RE2 matches in linear time, but what it compiles to grows with the product of nested
 * repetitions, and its compiler calls itself for each pair of parentheses: {@code
 * ((a{1000}){1000}){1000}} would fill the memory, a thousand parentheses the stack.
 */
public final class BoundedRegex {
  /** How deep parentheses may nest. */
  private static final int MAX_DEPTH = 200;

  /** How many characters and classes there may be once repetitions are written out. */
  private static final long MAX_SIZE = 1 << 17;

  private final String regex;

  /** The sizes of the groups that are open, and of the last thing in each. */
  private final long[] sums = new long[MAX_DEPTH + 1];

  private final long[] lasts = new long[MAX_DEPTH + 1];
  private int depth;

  private BoundedRegex(String regex) {
    this.regex = regex;
  }

  /**
   * Compiles it.
   *
   * @throws PatternSyntaxException when it is none, or is too large
   */
  public static Pattern compile(String regex) {
    new BoundedRegex(regex).check();
    return Pattern.compile(regex);
  }

  private void check() {
    int at = 0;
    while (at < regex.length()) {
      at = next(at);
      if (sums[depth] > MAX_SIZE) {
        throw new PatternSyntaxException("repeats too much", regex);
      }
    }
  }

  /** Measures what stands there; returns where it ends. */
  private int next(int at) {
    switch (regex.charAt(at)) {
      case '(' -> {
        if (depth == MAX_DEPTH) {
          throw new PatternSyntaxException("nested too deeply", regex);
        }
        depth++;
        sums[depth] = 0;
        lasts[depth] = 0;
      }
      case ')' -> {
        if (depth > 0) {
          depth--;
          add(sums[depth + 1]);
        }
      }
      case '{' -> repeat(at);
      case '[' -> {
        add(1);
        return endOfClass(at);
      }
      case '\\' -> {
        add(1);
        return endOfEscape(at);
      }
      default -> add(1);
    }
    return at + 1;
  }

  private void add(long size) {
    sums[depth] += size;
    lasts[depth] = size;
  }

  /** Counts the last thing as often as the larger of the numbers in braces says. */
  private void repeat(int at) {
    int end = regex.indexOf('}', at);
    long times = 1;
    long number = 0;
    for (int i = at + 1; i < end; i++) {
      char c = regex.charAt(i);
      if (c >= '0' && c <= '9') {
        number = Math.min(MAX_SIZE, number * 10 + (c - '0'));
        times = Math.max(times, number);
      } else if (c == ',') {
        number = 0;
      } else {
        return;
      }
    }
    long grown = lasts[depth] * times;
    sums[depth] += grown - lasts[depth];
    lasts[depth] = grown;
  }

  /** A bracket that comes first in a class is one of its characters. */
  private int endOfClass(int open) {
    int at = open + 1;
    if (at < regex.length() && regex.charAt(at) == '^') {
      at++;
    }
    int first = at;
    while (at < regex.length() && (at == first || regex.charAt(at) != ']')) {
      at = regex.charAt(at) == '\\' || regex.startsWith("[:", at) ? at + 2 : at + 1;
    }
    return Math.min(regex.length(), at + 1);
  }

  private int endOfEscape(int at) {
    if (!regex.startsWith("\\Q", at)) {
      return Math.min(regex.length(), at + 2);
    }
    int end = regex.indexOf("\\E", at);
    return end < 0 ? regex.length() : end + 2;
  }
}
