// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.HashSet;
import java.util.Set;
import java.util.function.BiPredicate;

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

  /** Returns whether every value may still be called what it was, see {@link #stays}. */
  default boolean allStay() {
    return true;
  }

  /**
   * Returns whether a value may still be called what it was. It may not when that is what another
   * one is called now.
   */
  default boolean stays(String recorded) {
    return true;
  }

  /** Returns what both of two know. */
  default Synonyms or(Synonyms other) {
    if (this == NONE || other == NONE) {
      return this == NONE ? other : this;
    }
    Synonyms one = this;
    return new Synonyms() {
      @Override
      public Set<String> of(String recorded) {
        Set<String> both = new HashSet<>(one.of(recorded));
        both.addAll(other.of(recorded));
        return both;
      }

      @Override
      public boolean allStay() {
        return one.allStay() && other.allStay();
      }

      @Override
      public boolean stays(String recorded) {
        return one.stays(recorded) && other.stays(recorded);
      }
    };
  }

  /**
   * Returns whether two texts are made of the same words, up to these names, with the same between
   * them. Words are letters, digits and what tokens have besides; a word that is none of the names
   * is compared by its own words.
   */
  default boolean sameWords(String recorded, String now) {
    BiPredicate<String, String> named = (word, wordNow) -> of(word).contains(wordNow);
    return allStay()
        ? WordWalk.same(recorded, now, named)
        : WordWalk.same(recorded, now, named, this::stays);
  }
}
