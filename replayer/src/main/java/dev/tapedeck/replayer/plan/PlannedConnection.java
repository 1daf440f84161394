// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import java.util.List;

/**
 * A connection that is going to be opened.
 *
 * <p><b>Units:</b> nanoseconds from the replay's origin.
 *
 * @param number 0-based
 * @param openNanos when it is opened; negative for connections that were open before the first
 *     request
 * @param closeNanos when it is closed, unless an answer is still awaited; {@link Long#MAX_VALUE}
 *     for the end of the replay
 * @param requests in the order they are sent, at least one
 */
public record PlannedConnection(
    int number, long openNanos, long closeNanos, List<PlannedRequest> requests) {
  public PlannedConnection {
    requests = List.copyOf(requests);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("requests=[]");
    }
  }

  /** Returns whether it is an HTTP/2 connection: its requests do not wait for each other. */
  public boolean multiplexed() {
    return requests.get(0).multiplexed();
  }
}
