// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.replayer.splice.Coding;
import dev.tapedeck.replayer.splice.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of a text. Tight words are letters, digits, {@code -} and {@code _}; wide ones may hold
 * what base64, tokens and escapes need besides.
 */
final class Words {
  private static final String WIDE = ".~+/%=";

  private Words() {}

  static List<Slice> of(String text, boolean wide) {
    List<Slice> words = new ArrayList<>();
    int from = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean inside = i < text.length() && isInside(text, i, wide);
      if (inside && from < 0) {
        from = i;
      } else if (!inside && from >= 0) {
        words.add(new Slice(from, i, Coding.PLAIN));
        from = -1;
      }
    }
    return words;
  }

  private static boolean isInside(String text, int i, boolean wide) {
    char c = text.charAt(i);
    if (isTight(c)) {
      return true;
    }
    if (!wide || WIDE.indexOf(c) < 0) {
      return false;
    }
    if (c == '=') {
      // Padding ends a word; what goes on after it was a name.
      int next = i;
      while (next < text.length() && text.charAt(next) == '=') {
        next++;
      }
      return next == text.length()
          || !(isTight(text.charAt(next)) || "./+".indexOf(text.charAt(next)) >= 0);
    }
    // A full stop that ends a sentence belongs to no word.
    return c != '.' || (i + 1 < text.length() && isTight(text.charAt(i + 1)));
  }

  static boolean isTight(char c) {
    return isAlphanumeric(c) || c == '-' || c == '_';
  }

  static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
