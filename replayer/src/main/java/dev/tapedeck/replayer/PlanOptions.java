// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a selection becomes a plan.
 *
 * @param pace how fast
 * @param allowUnsafe whether methods other than GET, HEAD, OPTIONS and TRACE are sent
 * @param budget what is due later is not sent; null for no end
 * @param pooledConnections 0 for one connection for each recorded one, else how many are shared
 */
public record PlanOptions(
    Pace pace, boolean allowUnsafe, @Nullable Duration budget, int pooledConnections) {
  public PlanOptions {
    if (pooledConnections < 0) {
      throw new IllegalArgumentException("pooledConnections=" + pooledConnections);
    }
    if (budget != null && (budget.isNegative() || budget.isZero())) {
      throw new IllegalArgumentException("budget=" + budget);
    }
  }

  /** Returns the options of a user who gave none: recorded pace, safe methods only. */
  public static PlanOptions defaults() {
    return new PlanOptions(Pace.ORIGINAL, false, null, 0);
  }
}
