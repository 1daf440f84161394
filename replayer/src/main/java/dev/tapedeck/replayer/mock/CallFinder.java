// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.plan.EventStreams;
import dev.tapedeck.replayer.plan.ServerPattern;
import dev.tapedeck.replayer.rules.MockRule;
import dev.tapedeck.replayer.websocket.ServerScript;
import dev.tapedeck.replayer.websocket.WebSocketScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the calls that recorded services made to others: the exchanges of the client role, and
 * those of both ends. What a process was serving when it made one tells what it was made for: the
 * analyzer's leg, else the exchanges of the same process within whose time it began.
 */
final class CallFinder {
  private static final int SWITCHING_PROTOCOLS = 101;

  /** Where more were served at once, time tells nothing. */
  private static final int MOST_INBOUND = 64;

  private final List<MockRule> rules;
  private final @Nullable Filter filter;
  private final @Nullable ServerPattern notOf;
  private final List<Found> found = new ArrayList<>();
  private final Map<String, Integer> leftOut = new TreeMap<>();

  private record Found(
      String id, Exchange exchange, RecordedCapture capture, Set<String> inbound) {}

  /** An exchange while it is served. */
  private record Window(String id, long fromNanos, long toNanos) {}

  /**
   * Makes a finder.
   *
   * @param filter which exchanges; null for all
   * @param notOf the server whose answers are left out, because it is the one under test; null for
   *     none
   */
  CallFinder(List<MockRule> rules, @Nullable Filter filter, @Nullable ServerPattern notOf) {
    this.rules = rules;
    this.filter = filter;
    this.notOf = notOf;
  }

  /** Returns how many exchanges cannot be matched with anything, by reason. */
  Map<String, Integer> leftOut() {
    return leftOut;
  }

  /** Returns the calls, by time. */
  List<RecordedCall> find(List<RecordedCapture> captures) {
    for (int i = 0; i < captures.size(); i++) {
      findIn(captures.get(i), captures.size() == 1 ? "" : (i + 1) + ":");
    }
    found.sort(Comparator.comparingLong((Found f) -> f.exchange().startedEpochNanos()));
    List<RecordedCall> calls = new ArrayList<>();
    for (Found one : found) {
      HttpRequest head = one.exchange().request();
      boolean talk = WebSocketScript.isInStream(one.exchange()) || TwoWayCall.isIn(one.exchange());
      if (head == null || (head.completeness() != Completeness.COMPLETE && !talk)) {
        leftOut.merge(head == null ? "no_request" : "incomplete_request", 1, Integer::sum);
      } else if (head.method().equals("CONNECT") && !talk) {
        leftOut.merge("tunnel", 1, Integer::sum);
      } else {
        calls.add(call(calls.size(), one, head));
      }
    }
    return calls;
  }

  private RecordedCall call(int number, Found one, HttpRequest head) {
    Upstream upstream = Upstream.of(head, one.exchange().connection());
    HttpRequest whole = one.capture().bodies().request(one.exchange());
    HttpRequest request = whole == null ? head : whole;
    String why = whyUnservable(one.exchange());
    if (why != null) {
      leftOut.merge(why, 1, Integer::sum);
    }
    return new RecordedCall(
        number,
        one.id(),
        upstream,
        one.exchange(),
        one.capture().bodies(),
        RequestCanon.of(request, rulesFor(rules, upstream, request)).digested(),
        one.inbound(),
        why);
  }

  static List<MockRule> rulesFor(List<MockRule> rules, Upstream upstream, HttpRequest request) {
    return rules.isEmpty()
        ? rules
        : rules.stream()
            .filter(r -> r.isFor(upstream.name(), request.method(), request.target()))
            .toList();
  }

  private static @Nullable String whyUnservable(Exchange exchange) {
    HttpResponse response = exchange.response();
    if (response == null || response.status() == 0) {
      return "no_answer";
    } else if (WebSocketScript.isIn(exchange)) {
      return ServerScript.of(exchange) == null ? "incomplete_messages" : null;
    } else if (response.status() == SWITCHING_PROTOCOLS) {
      return "switched_protocol";
    }
    if (!response.headers().isKnown()) {
      return "incomplete_answer";
    }
    boolean talk = TwoWayCall.isIn(exchange);
    if (talk && TwoWayCall.script(exchange) == null) {
      return "incomplete_messages";
    }
    // Of a stream clients stop listening; what they heard is the answer.
    boolean heard =
        response.completeness() == Completeness.TRUNCATED_END
            && (talk || EventStreams.isOne(response));
    return heard || response.completeness() == Completeness.COMPLETE ? null : "incomplete_answer";
  }

  private void findIn(RecordedCapture capture, String prefix) {
    Predicate<Exchange> meant =
        filter == null ? exchange -> true : filter.startingAt(capture.startEpochNanos());
    Map<Integer, List<Window>> served = new HashMap<>();
    Map<Integer, List<Exchange>> made = new HashMap<>();
    for (Session session : capture.sessions()) {
      boolean client = session.connection().role() == Role.CLIENT;
      ProcessInfo peer = session.connection().peer();
      int server = client ? 0 : session.connection().process().pid();
      int caller = client ? session.connection().process().pid() : peer == null ? 0 : peer.pid();
      boolean tested = notOf != null && notOf.matches(session.connection().server());
      for (Exchange exchange : session.exchanges()) {
        if (server != 0) {
          served
              .computeIfAbsent(server, unused -> new ArrayList<>())
              .add(
                  new Window(
                      prefix + exchange.id(),
                      exchange.startedEpochNanos(),
                      exchange.response() == null ? Long.MAX_VALUE : exchange.endedEpochNanos()));
        }
        if ((client || exchange.alsoSeenBy().contains(Role.CLIENT))
            && !tested
            && meant.test(capture.bodies().whole(exchange))) {
          made.computeIfAbsent(caller, unused -> new ArrayList<>()).add(exchange);
        }
      }
    }
    made.forEach(
        (caller, calls) -> {
          List<Window> windows = served.getOrDefault(caller, List.of());
          add(capture, prefix, calls, caller == 0 ? List.of() : windows);
        });
  }

  /** Goes through calls and windows by time, with the windows that are open. */
  private void add(
      RecordedCapture capture, String prefix, List<Exchange> calls, List<Window> windows) {
    calls.sort(Comparator.comparingLong(Exchange::startedEpochNanos));
    Iterator<Window> next =
        windows.stream().sorted(Comparator.comparingLong(Window::fromNanos)).iterator();
    Window coming = next.hasNext() ? next.next() : null;
    List<Window> open = new ArrayList<>();
    for (Exchange call : calls) {
      long at = call.startedEpochNanos();
      while (coming != null && coming.fromNanos() <= at) {
        open.add(coming);
        coming = next.hasNext() ? next.next() : null;
      }
      open.removeIf(window -> window.toNanos() < at);
      Leg leg = call.leg();
      Set<String> inbound = new HashSet<>();
      if (leg != null) {
        leg.outer().forEach(id -> inbound.add(prefix + id));
      } else if (open.size() <= MOST_INBOUND) {
        open.forEach(window -> inbound.add(window.id()));
      }
      found.add(new Found(prefix + call.id(), call, capture, inbound));
    }
  }
}
