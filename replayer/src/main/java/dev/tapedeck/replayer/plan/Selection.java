// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.capture.RecordedCapture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The recorded exchanges that one replay accounts for, in the order of their requests.
 *
 * <p>In the server role these are the exchanges of one server. Of the legs of one request only the
 * outermost counts when that server is chosen; an inner leg stays in the selection, marked, so that
 * the accounting shows it. A server of which nothing but tunnels was asked, as of a proxy that TLS
 * goes through, leaves nothing to choose. A filter chooses among exchanges: what it does not mean
 * is not part of the selection, as if it had not been recorded.
 *
 * @param exchanges by start time
 * @param sessions the sessions they belong to; {@link SelectedExchange#sessionKey} points here
 */
public record Selection(List<SelectedExchange> exchanges, List<Session> sessions) {
  public Selection {
    exchanges = List.copyOf(exchanges);
    sessions = List.copyOf(sessions);
  }

  /**
   * Selects from captures.
   *
   * @throws SelectionException when there is nothing to replay, or more than one server to choose
   *     from; the message lists them
   */
  public static Selection of(List<RecordedCapture> captures, SelectionOptions options)
      throws SelectionException {
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < captures.size(); i++) {
      String prefix = captures.size() == 1 ? "" : (i + 1) + ":";
      findIn(captures.get(i), prefix, options, found);
    }
    refuseNothing(captures, options, found);
    refuseSeveral(options, found);
    found.sort(
        Comparator.comparingLong((Found f) -> f.session().exchanges().get(0).startedEpochNanos())
            .thenComparing(Found::prefix)
            .thenComparingInt(f -> f.session().number()));
    List<Found> kept = earliest(found, options.maxSessions());
    List<SelectedExchange> exchanges = new ArrayList<>();
    for (int key = 0; key < kept.size(); key++) {
      Found one = kept.get(key);
      for (Exchange exchange : one.exchanges()) {
        exchanges.add(one.selected(exchange, key));
      }
    }
    // The sort is stable: what began at once stays in the order of sessions and their requests.
    exchanges.sort(Comparator.comparingLong(e -> e.exchange().startedEpochNanos()));
    return new Selection(exchanges, kept.stream().map(Found::session).toList());
  }

  /** Returns those of the exchanges that are meant. */
  public Selection only(Predicate<SelectedExchange> meant) {
    return new Selection(exchanges.stream().filter(meant).toList(), sessions);
  }

  /** Sessions of inner legs alone do not count, and a limit leaves them out. */
  private static List<Found> earliest(List<Found> found, int maxSessions) {
    if (found.size() <= maxSessions) {
      return found;
    }
    return found.stream()
        .filter(f -> !f.inner().containsAll(f.exchanges()))
        .limit(maxSessions)
        .toList();
  }

  private static void findIn(
      RecordedCapture capture, String prefix, SelectionOptions options, List<Found> found) {
    List<Session> candidates = new ArrayList<>();
    for (Session session : capture.sessions()) {
      if (hasRole(session, options.role())
          && !session.exchanges().isEmpty()
          && (options.server() == null
              || options.server().matches(session.connection().server()))) {
        candidates.add(session);
      }
    }
    Set<Exchange> inner = options.role() == Role.SERVER ? innerLegs(candidates) : Set.of();
    Predicate<Exchange> meant =
        options.filter() == null
            ? exchange -> true
            : options.filter().startingAt(capture.startEpochNanos());
    for (Session session : candidates) {
      List<Exchange> exchanges =
          session.exchanges().stream()
              .filter(exchange -> meant.test(capture.bodies().whole(exchange)))
              .toList();
      if (!exchanges.isEmpty()) {
        found.add(new Found(prefix, session, exchanges, inner, capture.bodies()));
      }
    }
  }

  /** Returns those of which an outer leg is among the candidates too, by identity. */
  private static Set<Exchange> innerLegs(List<Session> candidates) {
    Set<String> ids = new HashSet<>();
    for (Session session : candidates) {
      session.exchanges().forEach(exchange -> ids.add(exchange.id()));
    }
    Set<Exchange> inner = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Session session : candidates) {
      for (Exchange exchange : session.exchanges()) {
        if (exchange.leg() != null && exchange.leg().outer().stream().anyMatch(ids::contains)) {
          inner.add(exchange);
        }
      }
    }
    return inner;
  }

  /** A connection that was recorded at both ends is one session, the server's. */
  private static boolean hasRole(Session session, Role role) {
    return session.connection().role() == role
        || session.exchanges().stream().anyMatch(e -> e.alsoSeenBy().contains(role));
  }

  private static void refuseNothing(
      List<RecordedCapture> captures, SelectionOptions options, List<Found> found)
      throws SelectionException {
    if (!found.isEmpty()) {
      return;
    }
    Map<String, Integer> recorded = new TreeMap<>();
    for (RecordedCapture capture : captures) {
      for (Session session : capture.sessions()) {
        recorded.merge(describe(session), session.exchanges().size(), Integer::sum);
      }
    }
    StringBuilder message = new StringBuilder("nothing to replay: no exchange of a recorded ");
    message.append(options.role() == Role.SERVER ? "server" : "client");
    if (options.server() != null) {
      message.append(" with that --server");
    }
    if (options.filter() != null) {
      message.append(" that --filter means");
    }
    if (recorded.isEmpty()) {
      message.append("; the capture holds no exchange at all");
    } else {
      message.append("; recorded are ").append(String.join(", ", counted(recorded)));
      message.append("; choose with --role and --server");
    }
    throw new SelectionException(message.toString());
  }

  private static void refuseSeveral(SelectionOptions options, List<Found> found)
      throws SelectionException {
    if (options.server() != null) {
      return;
    }
    Map<Endpoint, Integer> servers = new LinkedHashMap<>();
    for (Found one : found) {
      for (Exchange exchange : one.exchanges()) {
        if (!one.inner().contains(exchange) && !one.selected(exchange, 0).opensTunnel()) {
          servers.merge(one.session().connection().server(), 1, Integer::sum);
        }
      }
    }
    if (servers.size() > 1) {
      Map<String, Integer> named = new TreeMap<>();
      servers.forEach((server, count) -> named.put(server.toString(), count));
      throw new SelectionException(
          "several recorded servers: "
              + String.join(", ", counted(named))
              + "; choose one with --server IP:PORT");
    }
  }

  private static List<String> counted(Map<String, Integer> counts) {
    List<String> texts = new ArrayList<>();
    counts.forEach(
        (name, count) ->
            texts.add(name + " (" + count + (count == 1 ? " exchange)" : " exchanges)")));
    return texts;
  }

  private static String describe(Session session) {
    return (session.connection().role() == Role.SERVER ? "server " : "client of ")
        + session.connection().server();
  }

  private record Found(
      String prefix,
      Session session,
      List<Exchange> exchanges,
      Set<Exchange> inner,
      BodyStore bodies) {
    SelectedExchange selected(Exchange exchange, int sessionKey) {
      return new SelectedExchange(
          prefix + exchange.id(), sessionKey, inner.contains(exchange), exchange, bodies);
    }
  }
}
