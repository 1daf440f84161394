// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import java.util.BitSet;

/**
 * Counts errors and says when they are too many.
 *
 * <p><b>Threads:</b> any.
 */
final class ErrorStorm {
  private final ErrorLimit limit;

  // All guarded by this.
  private final BitSet window = new BitSet(ErrorLimit.WINDOW);
  private int errors;
  private int settled;
  private int errorsInWindow;

  ErrorStorm(ErrorLimit limit) {
    this.limit = limit;
  }

  /** Takes how a request ended; returns whether the limit is reached. */
  synchronized boolean settled(boolean error) {
    int place = settled++ % ErrorLimit.WINDOW;
    errorsInWindow += (error ? 1 : 0) - (window.get(place) ? 1 : 0);
    window.set(place, error);
    errors += error ? 1 : 0;
    if (!error) {
      return false;
    }
    int seen = Math.min(settled, ErrorLimit.WINDOW);
    return (limit.count() > 0 && errors >= limit.count())
        || (limit.share() > 0
            && seen >= ErrorLimit.MIN_REQUESTS
            && errorsInWindow > limit.share() * seen);
  }

  /** Returns how many errors there were. */
  synchronized int errors() {
    return errors;
  }
}
