// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.format.Role;
import org.jspecify.annotations.Nullable;

/**
 * Which recorded exchanges are replayed.
 *
 * @param role whose exchanges: a recorded server's, or a recorded client's
 * @param server the one server that is replayed; null when there is only one to choose from
 * @param maxSessions at most that many sessions, the earliest; greater than 0
 * @param filter which exchanges of these; null for all
 */
public record SelectionOptions(
    Role role, @Nullable ServerPattern server, int maxSessions, @Nullable Filter filter) {
  public SelectionOptions {
    if (maxSessions < 1) {
      throw new IllegalArgumentException("maxSessions=" + maxSessions);
    }
  }

  /** Returns the options of a user who gave none: the server role of the only server. */
  public static SelectionOptions defaults() {
    return new SelectionOptions(Role.SERVER, null, Integer.MAX_VALUE, null);
  }
}
