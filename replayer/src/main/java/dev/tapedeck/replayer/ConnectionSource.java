// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a plan that have not begun.
 *
 * <p><b>Threads:</b> any.
 */
final class ConnectionSource {
  // Guarded by this.
  private final Deque<PlannedConnection> waiting;

  ConnectionSource(List<PlannedConnection> connections) {
    waiting = new ArrayDeque<>(connections);
  }

  /** Returns the next connection; null when there is none left. */
  synchronized @Nullable PlannedConnection poll() {
    return waiting.poll();
  }
}
