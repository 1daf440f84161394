// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.LinkEvidence.Side;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.TlsEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which sockets a process named to the TLS library for one session, and when: a later naming takes
 * the place of an earlier one.
 */
final class Namings {
  /** What was named at one moment, by its socket. */
  private final TreeMap<Long, Map<ConnectionId, BindingFacts.Said>> outgoing = new TreeMap<>();

  private final TreeMap<Long, Map<ConnectionId, BindingFacts.Said>> incoming = new TreeMap<>();

  private Namings() {}

  /**
   * Collects them.
   *
   * @param said all that was said of the session
   * @param socketOf the socket that something was said of; null when it is not known
   */
  static Namings of(
      List<BindingFacts.Said> said, Function<BindingFacts.Said, @Nullable ConnectionId> socketOf) {
    Namings namings = new Namings();
    for (BindingFacts.Said one : said) {
      if (one.isNaming()) {
        ConnectionId socket = socketOf.apply(one);
        // Said again later, after another one perhaps.
        for (long nanos : new long[] {one.firstNanos, one.lastNanos}) {
          if (one.evidence != TlsEvent.Evidence.SET_RFD) {
            add(namings.outgoing, nanos, socket, one);
          }
          if (one.evidence != TlsEvent.Evidence.SET_WFD) {
            add(namings.incoming, nanos, socket, one);
          }
        }
      }
    }
    return namings;
  }

  private static void add(
      NavigableMap<Long, Map<ConnectionId, BindingFacts.Said>> side,
      long nanos,
      @Nullable ConnectionId socket,
      BindingFacts.Said said) {
    Map<ConnectionId, BindingFacts.Said> moment =
        side.computeIfAbsent(nanos, unused -> new HashMap<>(2));
    if (socket != null) {
      moment.putIfAbsent(socket, said);
    }
  }

  /**
   * Returns the sockets that were named while bytes moved: the one named last before, and all that
   * were named between.
   *
   * @param firstNanos when the first bytes had moved
   * @param lastNanos when the last ones had
   * @param weighed takes the namings that no longer held
   */
  Map<ConnectionId, BindingFacts.Said> inForce(
      long firstNanos, long lastNanos, List<Weighed> weighed) {
    Map<ConnectionId, BindingFacts.Said> held = new HashMap<>(2);
    addInForce(outgoing, firstNanos, lastNanos, held);
    addInForce(incoming, firstNanos, lastNanos, held);
    Set<BindingFacts.Said> told = new HashSet<>();
    for (TreeMap<Long, Map<ConnectionId, BindingFacts.Said>> side : List.of(outgoing, incoming)) {
      for (Map<ConnectionId, BindingFacts.Said> moment : side.values()) {
        moment.forEach(
            (socket, said) -> {
              if (!held.containsKey(socket) && told.add(said)) {
                weighed.add(
                    new Weighed(
                        Side.AGAINST,
                        said.firstNanos,
                        Candidate.describe(said, socket) + " It no longer held when bytes moved."));
              }
            });
      }
    }
    return held;
  }

  private static void addInForce(
      NavigableMap<Long, Map<ConnectionId, BindingFacts.Said>> side,
      long firstNanos,
      long lastNanos,
      Map<ConnectionId, BindingFacts.Said> held) {
    if (side.isEmpty()) {
      return;
    }
    Long from = side.floorKey(firstNanos);
    if (from == null) {
      from = side.firstKey();
    }
    for (Map<ConnectionId, BindingFacts.Said> moment :
        side.subMap(from, true, Math.max(from, lastNanos), true).values()) {
      moment.forEach(held::putIfAbsent);
    }
  }
}
