// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Goes through texts word by word. Words are letters, digits and what tokens have besides; one that
 * means nothing as a whole is looked at by its own words, which have none of the latter.
 */
public final class WordWalk {
  private static final String WIDE = ".~+/%=";
  private static final String TIGHT = "";

  private WordWalk() {}

  /**
   * Returns whether two texts are made of the same words with the same between them.
   *
   * @param stands whether a word, the second, may stand where the first stood; equal ones may
   */
  public static boolean same(String recorded, String now, BiPredicate<String, String> stands) {
    return same(recorded, now, stands, null, WIDE);
  }

  /**
   * The same where not every word may stand for itself.
   *
   * @param stays whether a word may
   */
  static boolean same(
      String recorded, String now, BiPredicate<String, String> stands, Predicate<String> stays) {
    return same(recorded, now, stands, stays, WIDE);
  }

  /** The same by the words that have nothing but letters, digits, hyphens and underscores. */
  public static boolean sameTight(String recorded, String now, BiPredicate<String, String> stands) {
    return same(recorded, now, stands, null, TIGHT);
  }

  private static boolean same(
      String recorded,
      String now,
      BiPredicate<String, String> stands,
      @Nullable Predicate<String> stays,
      String besides) {
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
      boolean wide = !besides.isEmpty();
      boolean same =
          word.equals(wordNow)
              ? stays == null
                  || (stays.test(word) && (!wide || same(word, word, stands, stays, TIGHT)))
              : stands.test(word, wordNow) || (wide && same(word, wordNow, stands, stays, TIGHT));
      if (!same) {
        return false;
      }
      r = endRecorded;
      n = endNow;
    }
    return r == recorded.length() && n == now.length();
  }

  /**
   * Returns a text with other words.
   *
   * @param names gives the word that stands for one; null when it stays, or is looked at by its own
   *     words
   */
  public static String replace(String text, Function<String, @Nullable String> names) {
    return replace(text, names, WIDE);
  }

  private static String replace(
      String text, Function<String, @Nullable String> names, String besides) {
    StringBuilder replaced = null;
    int kept = 0;
    int at = 0;
    while (at < text.length()) {
      int end = endOfWord(text, at, besides);
      if (end == at) {
        at++;
        continue;
      }
      String word = text.substring(at, end);
      String other = names.apply(word);
      if (other == null) {
        other = besides.isEmpty() ? word : replace(word, names, TIGHT);
      }
      if (!other.equals(word)) {
        replaced = replaced == null ? new StringBuilder(text.length()) : replaced;
        replaced.append(text, kept, at).append(other);
        kept = end;
      }
      at = end;
    }
    return replaced == null ? text : replaced.append(text, kept, text.length()).toString();
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
