// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.HttpRequest;
import java.util.Objects;

/**
 * A request that is going to be sent.
 *
 * @param number 0-based place in the order of due times
 * @param exchange what was recorded; its request is complete
 * @param connection 0-based number of the connection it is sent on
 * @param dueNanos from the replay's origin
 * @param pipelined true when it does not wait for the answer of its predecessor on the connection
 */
public record PlannedRequest(
    int number, SelectedExchange exchange, int connection, long dueNanos, boolean pipelined) {

  /** Returns the recorded request. */
  public HttpRequest request() {
    return Objects.requireNonNull(exchange.exchange().request(), "request");
  }
}
