// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One piece of what was weighed before bytes were linked to a socket.
 *
 * @param side which way it speaks
 * @param epochNanos when it happened first, Unix epoch; null when it has no time of its own
 * @param text a sentence for people; never captured content
 */
public record LinkEvidence(Side side, @Nullable Long epochNanos, String text) {
  /** Which way a piece of evidence speaks. */
  public enum Side {
    /** For the link that was made. */
    FOR,
    /** Against a socket, so that it was left out. */
    AGAINST,
    /** For another socket than the one that was linked, or one of several equals. */
    OTHER;

    /** Returns the name used in JSON. */
    public String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
