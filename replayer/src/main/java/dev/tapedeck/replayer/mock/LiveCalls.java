// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.replayer.diff.Synonyms;
import java.util.Set;

/**
 * What a replay that goes on beside the mock knows.
 *
 * <p><b>Threads:</b> any.
 */
public interface LiveCalls {
  /** There is no replay, or nothing is known of it. */
  LiveCalls NONE =
      new LiveCalls() {
        @Override
        public Set<String> inFlight() {
          return Set.of();
        }

        @Override
        public Synonyms synonyms() {
          return Synonyms.NONE;
        }
      };

  /** Returns the ids of the recorded exchanges whose requests were sent and are not answered. */
  Set<String> inFlight();

  /** Returns what recorded values are called now. */
  Synonyms synonyms();
}
