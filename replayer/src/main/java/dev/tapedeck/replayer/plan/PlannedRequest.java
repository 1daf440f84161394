// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.HttpRequest;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * A request that is going to be sent.
 *
 * @param number 0-based place in the order of due times
 * @param exchange what was recorded; its request has its whole head
 * @param connection 0-based number of the connection it is sent on
 * @param dueNanos from the replay's origin
 * @param listens true when the recorded answer is an event stream
 * @param pipelined true when it does not wait for the answer of its predecessor on the connection
 * @param dependsOn numbers of other requests that must have been answered, or have failed, before
 *     this one is ready, on whatever connection; each less than its own, ascending
 */
public record PlannedRequest(
    int number,
    SelectedExchange exchange,
    int connection,
    long dueNanos,
    boolean listens,
    boolean pipelined,
    List<Integer> dependsOn) {
  static final String HTTP_2 = "HTTP/2";

  public PlannedRequest {
    dependsOn = List.copyOf(dependsOn);
    for (int other : dependsOn) {
      if (other < 0 || other >= number) {
        throw new IllegalArgumentException("number=" + number + " dependsOn=" + dependsOn);
      }
    }
  }

  /** Returns whether it is sent on a stream of an HTTP/2 connection. */
  public boolean multiplexed() {
    HttpRequest recorded = exchange.exchange().request();
    return recorded != null && recorded.version().equals(HTTP_2);
  }

  /** Returns the same request, ready when these have been settled too. */
  public PlannedRequest dependingOn(Collection<Integer> others) {
    if (others.isEmpty()) {
      return this;
    }
    TreeSet<Integer> all = new TreeSet<>(dependsOn);
    all.addAll(others);
    return new PlannedRequest(
        number, exchange, connection, dueNanos, listens, pipelined, List.copyOf(all));
  }

  /** Returns the recorded request with its body: one that was set aside is read at each call. */
  public HttpRequest request() {
    return Objects.requireNonNull(exchange.bodies().request(exchange.exchange()), "request");
  }
}
