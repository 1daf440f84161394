// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.replayer.splice.CutRequest;
import dev.tapedeck.replayer.websocket.WebSocketScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes a plan of a selection. Used once. */
final class PlanBuilder {
  /** RFC 9110, section 15.2.2. */
  private static final int SWITCHING_PROTOCOLS = 101;

  /** A connection is opened at least this long before its first request, so that it is ready. */
  private static final long MIN_LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Nor much longer than that: the target may drop connections that stay silent. */
  private static final long MAX_LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Selection selection;
  private final PlanOptions options;
  private final List<SkippedExchange> skipped = new ArrayList<>();

  PlanBuilder(Selection selection, PlanOptions options) {
    this.selection = selection;
    this.options = options;
  }

  ReplayPlan build() {
    List<SelectedExchange> sendable = new ArrayList<>();
    for (SelectedExchange exchange : selection.exchanges()) {
      SkipReason reason = whyNot(exchange);
      if (reason == null) {
        sendable.add(exchange);
      } else {
        skipped.add(new SkippedExchange(exchange, reason));
      }
    }
    if (sendable.isEmpty()) {
      return new ReplayPlan(options.pace(), List.of(), List.of(), skipped, 0, 0, 0);
    }
    List<Timed> timeline = timeline(sendable);
    Schedule schedule =
        Schedule.of(
            options.pace(),
            timeline.get(0).startedEpochNanos(),
            timeline.get(timeline.size() - 1).startedEpochNanos(),
            timeline.size(),
            options.ramp());
    List<Timed> inTime = dropOverBudget(timeline, schedule);
    int recordedConnections =
        (int) inTime.stream().mapToInt(one -> one.exchange().sessionKey()).distinct().count();
    List<PlannedRequest> requests = plan(inTime, schedule);
    return new ReplayPlan(
        options.pace(),
        requests,
        connect(requests, schedule),
        skipped,
        recordedConnections,
        schedule.timeScale(),
        options.ramp().toNanos());
  }

  /**
   * Sorts by start time; on a connection requests keep their order, whatever the clocks of two
   * processors say. So nothing ever waits for something with a greater number.
   */
  private static List<Timed> timeline(List<SelectedExchange> sendable) {
    List<SelectedExchange> byPlace = new ArrayList<>(sendable);
    byPlace.sort(
        Comparator.comparingInt(SelectedExchange::sessionKey)
            .thenComparingInt(one -> one.exchange().index()));
    List<Timed> timeline = new ArrayList<>(byPlace.size());
    Timed last = null;
    for (SelectedExchange exchange : byPlace) {
      long started = exchange.exchange().startedEpochNanos();
      if (last != null && last.exchange().sessionKey() == exchange.sessionKey()) {
        started = Math.max(started, last.startedEpochNanos());
      }
      last = new Timed(exchange, started);
      timeline.add(last);
    }
    timeline.sort(Comparator.comparingLong(Timed::startedEpochNanos));
    return timeline;
  }

  private record Timed(SelectedExchange exchange, long startedEpochNanos) {}

  private @Nullable SkipReason whyNot(SelectedExchange selected) {
    Exchange exchange = selected.exchange();
    HttpRequest request = exchange.request();
    if (selected.innerLeg()) {
      return SkipReason.INNER_LEG;
    }
    if (request == null) {
      return SkipReason.NO_REQUEST;
    }
    boolean talk = WebSocketScript.isIn(exchange);
    // Of a talk in a stream the messages are what has to be whole: clients leave without an end.
    boolean headOnly =
        WebSocketScript.isInStream(exchange) && request.headers().withPseudoFields().isKnown();
    if (selected.opensTunnel()) {
      return SkipReason.TUNNEL;
    }
    if (request.completeness() != Completeness.COMPLETE && !headOnly && !isSendable(selected)) {
      return SkipReason.INCOMPLETE_REQUEST;
    }
    HttpResponse response = exchange.response();
    boolean streams = request.version().equals(PlannedRequest.HTTP_2);
    if (!(streams || request.version().startsWith("HTTP/1."))
        || (response != null && streams != response.version().equals(PlannedRequest.HTTP_2))
        || (request.method().equals("CONNECT") && !talk)
        || (response != null && response.status() == SWITCHING_PROTOCOLS && !talk)) {
      return SkipReason.UNSUPPORTED_PROTOCOL;
    }
    if (talk) {
      WebSocketScript script = WebSocketScript.of(exchange);
      if (script == null) {
        return SkipReason.INCOMPLETE_MESSAGES;
      }
      if (!options.allowUnsafe() && script.says()) {
        return SkipReason.UNSAFE_MESSAGES;
      }
    }
    if (!options.allowUnsafe() && !talk && !selected.isSafe()) {
      return SkipReason.UNSAFE_METHOD;
    }
    return null;
  }

  private static boolean listens(SelectedExchange selected) {
    HttpResponse response = selected.exchange().response();
    return response != null && EventStreams.isOne(response);
  }

  private boolean isSendable(SelectedExchange selected) {
    HttpRequest whole = options.allowIncomplete() ? selected.whole().request() : null;
    return whole != null && CutRequest.isSendable(whole);
  }

  private List<Timed> dropOverBudget(List<Timed> timeline, Schedule schedule) {
    if (options.budget() == null) {
      return timeline;
    }
    long budgetNanos = options.budget().toNanos();
    List<Timed> inTime = new ArrayList<>();
    for (Timed one : timeline) {
      if (schedule.dueNanos(one.startedEpochNanos()) <= budgetNanos) {
        inTime.add(one);
      } else {
        skipped.add(new SkippedExchange(one.exchange(), SkipReason.OVER_BUDGET));
      }
    }
    return inTime;
  }

  /** Due times ascend. */
  private List<PlannedRequest> plan(List<Timed> timeline, Schedule schedule) {
    Map<Integer, Integer> numbers = new HashMap<>();
    Map<Integer, Integer> lastIndexes = new HashMap<>();
    Map<Integer, StreamOrder> orders = new HashMap<>();
    List<PlannedRequest> requests = new ArrayList<>();
    boolean pooled = options.pooledConnections() > 0;
    for (Timed one : timeline) {
      SelectedExchange selected = one.exchange();
      Exchange exchange = selected.exchange();
      int key = selected.sessionKey();
      boolean streams = PlannedRequest.HTTP_2.equals(exchange.protocol());
      // One that was upgraded (RFC 7540, section 3.2) is one of each kind.
      int connection =
          numbers.computeIfAbsent(
              (pooled ? key % options.pooledConnections() : key) * 2 + (streams ? 1 : 0),
              unused -> numbers.size());
      Integer lastIndex = lastIndexes.put(key, exchange.index());
      // After a skipped request nothing is pipelined: what it depended on is not known.
      boolean pipelined =
          exchange.pipelined()
              && !pooled
              && !streams
              && lastIndex != null
              && lastIndex == exchange.index() - 1;
      requests.add(
          new PlannedRequest(
              requests.size(),
              selected,
              connection,
              schedule.dueNanos(one.startedEpochNanos()),
              listens(selected),
              pipelined,
              streams
                  ? orders
                      .computeIfAbsent(key, unused -> new StreamOrder())
                      .add(requests.size(), exchange)
                  : List.of()));
    }
    return requests;
  }

  private List<PlannedConnection> connect(List<PlannedRequest> requests, Schedule schedule) {
    Map<Integer, List<PlannedRequest>> byConnection = new TreeMap<>();
    for (PlannedRequest request : requests) {
      byConnection.computeIfAbsent(request.connection(), c -> new ArrayList<>()).add(request);
    }
    List<PlannedConnection> connections = new ArrayList<>();
    byConnection.forEach(
        (number, own) -> {
          if (options.pooledConnections() > 0) {
            long open = own.get(0).dueNanos() - leadNanos(null, 0);
            connections.add(new PlannedConnection(number, open, Long.MAX_VALUE, own));
          } else {
            connections.add(recordedConnection(number, own, schedule));
          }
        });
    return connections;
  }

  private PlannedConnection recordedConnection(
      int number, List<PlannedRequest> own, Schedule schedule) {
    PlannedRequest first = own.get(0);
    Exchange exchange = first.exchange().exchange();
    Session session = selection.sessions().get(first.exchange().sessionKey());
    Long opened = exchange.index() == 0 ? session.connection().openedEpochNanos() : null;
    long lead = leadNanos(opened, exchange.startedEpochNanos());
    Long closed = session.connection().closedEpochNanos();
    boolean max = options.pace() instanceof Pace.Max;
    long close = max ? 0 : closed == null ? Long.MAX_VALUE : schedule.dueNanos(closed);
    return new PlannedConnection(number, first.dueNanos() - lead, close, own);
  }

  /** A handshake takes as long as it takes, at any pace. */
  private long leadNanos(@Nullable Long openedEpochNanos, long startedEpochNanos) {
    if (options.pace() instanceof Pace.Max) {
      return 0;
    }
    long recorded = openedEpochNanos == null ? 0 : startedEpochNanos - openedEpochNanos;
    return Math.min(Math.max(recorded, MIN_LEAD_NANOS), MAX_LEAD_NANOS);
  }
}
