// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.plan.PlannedConnection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a plan that have not begun.
 *
 * <p><b>Threads:</b> any.
 */
final class ConnectionSource {
  // Guarded by this. By number, in the order in which they begin.
  private final Map<Integer, PlannedConnection> waiting = new LinkedHashMap<>();

  ConnectionSource(List<PlannedConnection> connections) {
    for (PlannedConnection connection : connections) {
      waiting.put(connection.number(), connection);
    }
  }

  /** Returns the next connection; null when there is none left. */
  synchronized @Nullable PlannedConnection poll() {
    Iterator<PlannedConnection> all = waiting.values().iterator();
    if (!all.hasNext()) {
      return null;
    }
    PlannedConnection next = all.next();
    all.remove();
    return next;
  }

  /** Returns the connection with that number; null when it has begun. */
  synchronized @Nullable PlannedConnection take(int number) {
    return waiting.remove(number);
  }
}
