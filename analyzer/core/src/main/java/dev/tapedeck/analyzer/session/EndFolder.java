// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Folds what both ends of a connection recorded into the server's side, so that each exchange is
 * shown once.
 */
final class EndFolder {
  private EndFolder() {}

  /**
   * Both ends after folding.
   *
   * @param server with {@code alsoSeenBy} set where the client recorded the exchange too
   * @param client with the exchanges only it recorded; null when there is none
   * @param folded how many of the client's exchanges are shown from the server's side
   */
  record Folded(Session server, @Nullable Session client, int folded) {}

  static Folded fold(Session server, Session client) {
    List<Exchange> shown = new ArrayList<>(server.exchanges());
    List<Exchange> left = new ArrayList<>();
    int next = 0;
    for (Exchange exchange : client.exchanges()) {
      int found = next;
      while (found < shown.size() && !isSame(shown.get(found), exchange)) {
        found++;
      }
      if (found < shown.size()) {
        shown.set(found, seenByClient(shown.get(found)));
        next = found + 1;
      } else {
        left.add(exchange);
      }
    }
    return new Folded(
        with(server, shown),
        left.isEmpty() ? null : with(client, left),
        client.exchanges().size() - left.size());
  }

  /** The same bytes at overlapping times: the clocks are one host's. */
  private static boolean isSame(Exchange server, Exchange client) {
    return server.startedEpochNanos() <= client.endedEpochNanos()
        && client.startedEpochNanos() <= server.endedEpochNanos()
        && sameHead(server.request(), client.request())
        && sameHead(server.response(), client.response());
  }

  /** An end that lost a message does not contradict the one that has it. */
  private static boolean sameHead(@Nullable HttpMessage one, @Nullable HttpMessage other) {
    return one == null || other == null || one.head().equals(other.head());
  }

  private static Exchange seenByClient(Exchange exchange) {
    return new Exchange(
        exchange.sessionNumber(),
        exchange.index(),
        exchange.connection(),
        exchange.request(),
        exchange.response(),
        exchange.interim(),
        exchange.startedEpochNanos(),
        exchange.firstByteEpochNanos(),
        exchange.endedEpochNanos(),
        exchange.pipelined(),
        Set.of(Role.CLIENT),
        exchange.completeness(),
        exchange.anomalies());
  }

  private static Session with(Session session, List<Exchange> exchanges) {
    return new Session(
        session.number(),
        session.connection(),
        exchanges,
        session.accounting(),
        session.anomalies());
  }
}
