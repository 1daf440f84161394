// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.Set;

/**
 * What recorded values are called now.
 *
 * <p><b>Threads:</b> any; what is known may grow between calls.
 */
@FunctionalInterface
public interface Synonyms {
  /** Every value is called as it was. */
  Synonyms NONE = recorded -> Set.of();

  /** Returns the values that may stand now where that one stood; none when only itself may. */
  Set<String> of(String recorded);

  /**
   * Returns whether two texts are made of the same words, up to these names, with the same between
   * them. Words are letters, digits and what tokens have besides; a word that is none of the names
   * is compared by its own words.
   */
  default boolean sameWords(String recorded, String now) {
    return sameWords(recorded, now, ".~+/%=");
  }

  private boolean sameWords(String recorded, String now, String besides) {
    int r = 0;
    int n = 0;
    while (r < recorded.length() && n < now.length()) {
      int endRecorded = endOfWord(recorded, r, besides);
      int endNow = endOfWord(now, n, besides);
      if (endRecorded == r || endNow == n) {
        if (endRecorded != r || endNow != n || recorded.charAt(r) != now.charAt(n)) {
          return false;
        }
        r++;
        n++;
        continue;
      }
      String word = recorded.substring(r, endRecorded);
      String wordNow = now.substring(n, endNow);
      boolean same =
          word.equals(wordNow)
              || of(word).contains(wordNow)
              || (!besides.isEmpty() && sameWords(word, wordNow, ""));
      if (!same) {
        return false;
      }
      r = endRecorded;
      n = endNow;
    }
    return r == recorded.length() && n == now.length();
  }

  private static int endOfWord(String text, int from, String besides) {
    int end = from;
    while (end < text.length()) {
      char c = text.charAt(end);
      if (!Character.isLetterOrDigit(c) && c != '-' && c != '_' && besides.indexOf(c) < 0) {
        break;
      }
      end++;
    }
    return end;
  }
}
