// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts that stand for each other in a recorded answer and in the answer now: what was rewritten in
 * the request comes back in links, redirects and cookies.
 *
 * @param pairs longest recorded text first
 * @param synonyms what values are called now that live answers minted
 */
public record Renaming(List<Pair> pairs, Synonyms synonyms) {
  /** Nothing was rewritten. */
  public static final Renaming NONE = new Renaming(List.of());

  public Renaming {
    pairs =
        pairs.stream()
            .filter(pair -> !pair.recorded().isEmpty() && !pair.recorded().equals(pair.now()))
            .sorted(Comparator.comparingInt((Pair pair) -> pair.recorded().length()).reversed())
            .toList();
  }

  /** Makes one of texts alone. */
  public Renaming(List<Pair> pairs) {
    this(pairs, Synonyms.NONE);
  }

  /** Returns whether the texts are equal up to the renaming. */
  boolean same(String recorded, String now) {
    boolean equal = keepsAll();
    if ((equal && recorded.equals(now)) || synonyms.of(recorded).contains(now)) {
      return true;
    }
    String renamed = pairs.isEmpty() ? recorded : apply(recorded);
    return (equal && renamed.equals(now)) || synonyms.sameWords(renamed, now);
  }

  /** Returns whether what is equal is the same; otherwise its words have to be looked at. */
  boolean keepsAll() {
    return synonyms.allStay();
  }

  /** Returns the recorded text as it would read now. */
  String apply(String recorded) {
    StringBuilder renamed = new StringBuilder(recorded.length());
    int at = 0;
    while (at < recorded.length()) {
      Pair found = pairAt(recorded, at);
      if (found == null) {
        renamed.append(recorded.charAt(at++));
      } else {
        renamed.append(found.now());
        at += found.recorded().length();
      }
    }
    return renamed.toString();
  }

  private @Nullable Pair pairAt(String text, int at) {
    for (Pair pair : pairs) {
      if (text.startsWith(pair.recorded(), at)) {
        return pair;
      }
    }
    return null;
  }

  /**
   * One text and what it became.
   *
   * @param recorded the text in the capture
   * @param now the text that was sent instead
   */
  public record Pair(String recorded, String now) {}
}
