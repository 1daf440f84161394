// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text of some make.
 *
 * <p>With {@code words} only those of its words may change, and each of them has to match; what is
 * between them is compared.
 *
 * @param pattern what all of the text, or each word that may change, matches; null for anything
 * @param length in characters, of the same
 * @param words 0-based places of the words that may change, ascending; empty for all of the text
 */
public record TextType(@Nullable Pattern pattern, LengthRange length, List<Integer> words)
    implements ValueType {
  /** What words are made of: everything but white space and the punctuation of text and code. */
  private static final String BETWEEN_WORDS = " \t\r\n\f\"'=,;()<>{}[]&?|";

  public TextType {
    words = words.stream().sorted().toList();
  }

  @Override
  public String name() {
    return "text";
  }

  @Override
  public boolean fits(String text) {
    if (words.isEmpty()) {
      return isOne(text);
    }
    List<int[]> spans = spans(text);
    for (int word : words) {
      if (word >= spans.size() || !isOne(text.substring(spans.get(word)[0], spans.get(word)[1]))) {
        return false;
      }
    }
    return true;
  }

  private boolean isOne(String text) {
    return length.contains(text) && (pattern == null || pattern.matches(text));
  }

  @Override
  public String steady(String text) {
    if (words.isEmpty()) {
      return "";
    }
    StringBuilder steady = new StringBuilder();
    List<int[]> spans = spans(text);
    int at = 0;
    for (int word : words) {
      steady.append(text, at, spans.get(word)[0]).append('\0');
      at = spans.get(word)[1];
    }
    return steady.append(text, at, text.length()).toString();
  }

  /** Returns the words of a text. */
  static List<String> words(String text) {
    return spans(text).stream().map(span -> text.substring(span[0], span[1])).toList();
  }

  private static List<int[]> spans(String text) {
    List<int[]> spans = new ArrayList<>();
    int from = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean between = i == text.length() || BETWEEN_WORDS.indexOf(text.charAt(i)) >= 0;
      if (between && from >= 0) {
        spans.add(new int[] {from, i});
        from = -1;
      } else if (!between && from < 0) {
        from = i;
      }
    }
    return spans;
  }
}
