// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.HashSet;
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

  /** Returns what both of two know. */
  default Synonyms or(Synonyms other) {
    if (this == NONE || other == NONE) {
      return this == NONE ? other : this;
    }
    return recorded -> {
      Set<String> both = new HashSet<>(of(recorded));
      both.addAll(other.of(recorded));
      return both;
    };
  }

  /**
   * Returns whether two texts are made of the same words, up to these names, with the same between
   * them. Words are letters, digits and what tokens have besides; a word that is none of the names
   * is compared by its own words.
   */
  default boolean sameWords(String recorded, String now) {
    return WordWalk.same(recorded, now, (word, wordNow) -> of(word).contains(wordNow));
  }
}
