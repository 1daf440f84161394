// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes a plan of a selection. Used once. */
final class PlanBuilder {
  /** RFC 9110, section 9.2.1. */
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

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
      return new ReplayPlan(options.pace(), List.of(), List.of(), skipped, 0);
    }
    Schedule schedule =
        Schedule.of(
            options.pace(),
            sendable.get(0).exchange().startedEpochNanos(),
            sendable.get(sendable.size() - 1).exchange().startedEpochNanos(),
            sendable.size());
    List<SelectedExchange> inTime = dropOverBudget(sendable, schedule);
    int recordedConnections =
        (int) inTime.stream().mapToInt(SelectedExchange::sessionKey).distinct().count();
    List<PlannedRequest> requests = plan(inTime, schedule);
    return new ReplayPlan(
        options.pace(), requests, connect(requests, schedule), skipped, recordedConnections);
  }

  private @Nullable SkipReason whyNot(SelectedExchange selected) {
    Exchange exchange = selected.exchange();
    HttpRequest request = exchange.request();
    if (selected.innerLeg()) {
      return SkipReason.INNER_LEG;
    }
    if (request == null) {
      return SkipReason.NO_REQUEST;
    }
    if (request.completeness() != Completeness.COMPLETE) {
      return SkipReason.INCOMPLETE_REQUEST;
    }
    HttpResponse response = exchange.response();
    if (!request.version().startsWith("HTTP/1.")
        || request.method().equals("CONNECT")
        || (response != null && response.status() == SWITCHING_PROTOCOLS)) {
      return SkipReason.UNSUPPORTED_PROTOCOL;
    }
    if (!options.allowUnsafe() && !SAFE_METHODS.contains(request.method())) {
      return SkipReason.UNSAFE_METHOD;
    }
    return null;
  }

  private List<SelectedExchange> dropOverBudget(
      List<SelectedExchange> sendable, Schedule schedule) {
    if (options.budget() == null) {
      return sendable;
    }
    long budgetNanos = options.budget().toNanos();
    List<SelectedExchange> inTime = new ArrayList<>();
    for (SelectedExchange exchange : sendable) {
      if (schedule.dueNanos(exchange.exchange().startedEpochNanos()) <= budgetNanos) {
        inTime.add(exchange);
      } else {
        skipped.add(new SkippedExchange(exchange, SkipReason.OVER_BUDGET));
      }
    }
    return inTime;
  }

  /** Exchanges come by start time, so that due times ascend. */
  private List<PlannedRequest> plan(List<SelectedExchange> exchanges, Schedule schedule) {
    Map<Integer, Integer> numbers = new HashMap<>();
    Map<Integer, Integer> lastIndexes = new HashMap<>();
    List<PlannedRequest> requests = new ArrayList<>();
    boolean pooled = options.pooledConnections() > 0;
    for (SelectedExchange selected : exchanges) {
      Exchange exchange = selected.exchange();
      int key = selected.sessionKey();
      int connection =
          numbers.computeIfAbsent(
              pooled ? key % options.pooledConnections() : key, unused -> numbers.size());
      Integer lastIndex = lastIndexes.put(key, exchange.index());
      // After a skipped request nothing is pipelined: what it depended on is not known.
      boolean pipelined =
          exchange.pipelined() && !pooled && lastIndex != null && lastIndex == exchange.index() - 1;
      requests.add(
          new PlannedRequest(
              requests.size(),
              selected,
              connection,
              schedule.dueNanos(exchange.startedEpochNanos()),
              pipelined));
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
            // Bytes had this order, whatever the clocks of two processors say.
            own.sort(Comparator.comparingInt(request -> request.exchange().exchange().index()));
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
