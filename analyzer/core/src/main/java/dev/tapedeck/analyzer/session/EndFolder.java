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
    List<Exchange> seen = client.exchanges();
    int next = 0;
    for (int i = 0; i < seen.size(); i++) {
      int found = next;
      while (found < shown.size() && !isSame(server.exchanges(), found, seen, i)) {
        found++;
      }
      if (found < shown.size()) {
        shown.set(found, seenByClient(shown.get(found)));
        next = found + 1;
      } else {
        left.add(seen.get(i));
      }
    }
    return new Folded(
        with(server, shown),
        left.isEmpty() ? null : with(client, left),
        client.exchanges().size() - left.size());
  }

  /** The same bytes at overlapping times: the clocks are one host's. */
  private static boolean isSame(
      List<Exchange> servers, int serverIndex, List<Exchange> clients, int clientIndex) {
    Exchange server = servers.get(serverIndex);
    Exchange client = clients.get(clientIndex);
    return earliest(servers, serverIndex) <= latest(clients, clientIndex)
        && earliest(clients, clientIndex) <= latest(servers, serverIndex)
        && sameHead(server.request(), client.request())
        && sameHead(server.response(), client.response());
  }

  /** Returns when it began; without its request, some time after the one before had begun. */
  private static long earliest(List<Exchange> exchanges, int index) {
    Exchange exchange = exchanges.get(index);
    if (exchange.request() != null) {
      return exchange.startedEpochNanos();
    }
    return index == 0 ? Long.MIN_VALUE : exchanges.get(index - 1).startedEpochNanos();
  }

  /** Returns when it ended; without its answer, some time before the next one ended. */
  private static long latest(List<Exchange> exchanges, int index) {
    Exchange exchange = exchanges.get(index);
    if (exchange.response() != null) {
      return exchange.endedEpochNanos();
    }
    return index + 1 == exchanges.size()
        ? Long.MAX_VALUE
        : exchanges.get(index + 1).endedEpochNanos();
  }

  /** An end that lost a message does not contradict the one that has it. */
  private static boolean sameHead(@Nullable HttpMessage one, @Nullable HttpMessage other) {
    return one == null || other == null || one.head().equals(other.head());
  }

  private static Exchange seenByClient(Exchange exchange) {
    return exchange.toBuilder().alsoSeenBy(Set.of(Role.CLIENT)).build();
  }

  private static Session with(Session session, List<Exchange> exchanges) {
    return session.toBuilder().exchanges(exchanges).build();
  }
}
