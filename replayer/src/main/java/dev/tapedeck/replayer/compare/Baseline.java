// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.diff.Renaming;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What answers are compared with: the recorded ones, or those of another target.
 *
 * <p><b>Threads:</b> any.
 */
public interface Baseline {
  /**
   * An answer to compare with.
   *
   * @param response whole, with its content codings undone
   * @param cameEpochNanos when it came
   */
  record Answer(HttpResponse response, long cameEpochNanos) {}

  /**
   * Returns the answer for a request; null when there is none.
   *
   * @throws IOException when it cannot be read
   */
  @Nullable Answer of(PlannedRequest request) throws IOException;

  /** Returns what texts of that answer have become in the one that is compared with it. */
  Renaming renaming(PlannedRequest request);
}
