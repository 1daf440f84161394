// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says of what texts are made: a regular expression of classes and lengths that holds none of their
 * letters and digits.
 */
final class TextMake {
  private static final String NUMBER = "-?[0-9]{1,20}(?:\\.[0-9]{1,20})?(?:[eE][-+]?[0-9]{1,3})?";

  private static final int MAX_RUNS = 24;
  private static final int MAX_LENGTH = 500;

  /** Runs of that many characters have one length on purpose. */
  private static final int FIXED_LENGTH = 8;

  private TextMake() {}

  /** Returns what all texts match; null when there is nothing in common. */
  static @Nullable String of(List<String> texts) {
    if (texts.stream().allMatch(text -> text.matches(NUMBER)) && !texts.isEmpty()) {
      return NUMBER;
    }
    List<List<String>> parts = new ArrayList<>();
    for (String text : texts) {
      if (text.length() > MAX_LENGTH || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
        return null;
      }
      parts.add(runs(text));
    }
    String inRuns = ofRuns(parts);
    return inRuns == null ? ofCharacters(texts) : inRuns;
  }

  /** Cuts a text into runs of letters and digits, and single other characters. */
  private static List<String> runs(String text) {
    List<String> runs = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean plain = i < text.length() && isPlain(text.charAt(i));
      if (!plain) {
        if (i > from) {
          runs.add(text.substring(from, i));
        }
        if (i < text.length()) {
          runs.add(text.substring(i, i + 1));
        }
        from = i + 1;
      }
    }
    return runs;
  }

  private static boolean isPlain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static @Nullable String ofRuns(List<List<String>> parts) {
    List<String> first = parts.get(0);
    if (first.size() > MAX_RUNS) {
      return null;
    }
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < first.size(); i++) {
      boolean plain = isPlain(first.get(i).charAt(0));
      List<String> column = new ArrayList<>();
      for (List<String> part : parts) {
        if (part.size() != first.size()
            || isPlain(part.get(i).charAt(0)) != plain
            || (!plain && !part.get(i).equals(first.get(i)))) {
          return null;
        }
        column.add(part.get(i));
      }
      pattern.append(plain ? ofRun(column) : literal(first.get(i)));
    }
    return pattern.toString();
  }

  private static String literal(String character) {
    return ".$^{}[]()|*+?\\".contains(character) ? "\\" + character : character;
  }

  private static String ofRun(List<String> runs) {
    int min = runs.stream().mapToInt(String::length).min().orElse(1);
    int max = runs.stream().mapToInt(String::length).max().orElse(1);
    String set = characters(runs, false);
    boolean digits = set.equals("[0-9]");
    if (min == max && min >= FIXED_LENGTH && !digits) {
      return set + "{" + min + "}";
    }
    return set + "{1," + (digits ? max + 3 : Math.max(FIXED_LENGTH, 2 * max)) + "}";
  }

  private static String ofCharacters(List<String> texts) {
    int max = texts.stream().mapToInt(String::length).max().orElse(1);
    return characters(texts, true) + "{1," + Math.max(FIXED_LENGTH, 2 * max) + "}";
  }

  private static String characters(List<String> texts, boolean others) {
    StringBuilder set = new StringBuilder("[");
    set.append(any(texts, '0', '9') ? "0-9" : "");
    set.append(any(texts, 'A', 'Z') ? "A-Z" : "");
    set.append(any(texts, 'a', 'z') ? "a-z" : "");
    for (char c = ' '; others && c <= '~'; c++) {
      if (!isPlain(c) && any(texts, c, c)) {
        set.append("^-]\\[".indexOf(c) >= 0 ? "\\" : "").append(c);
      }
    }
    return set.append(']').toString();
  }

  private static boolean any(List<String> texts, char from, char to) {
    return texts.stream().anyMatch(text -> text.chars().anyMatch(c -> c >= from && c <= to));
  }
}
