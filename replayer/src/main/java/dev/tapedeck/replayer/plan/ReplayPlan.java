// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What is going to be sent, when, in which order and on which connections, and what is not.
 *
 * @param pace how fast
 * @param requests in the order of their due times
 * @param connections by number
 * @param skipped in recorded order
 * @param recordedConnections how many recorded connections the requests came from
 * @param timeScale how long a recorded nanosecond takes in the replay; 0 when all is due at once
 * @param rampNanos over how long the first connections begin when all is due at once
 */
public record ReplayPlan(
    Pace pace,
    List<PlannedRequest> requests,
    List<PlannedConnection> connections,
    List<SkippedExchange> skipped,
    int recordedConnections,
    double timeScale,
    long rampNanos) {
  public ReplayPlan {
    requests = List.copyOf(requests);
    connections = List.copyOf(connections);
    skipped = List.copyOf(skipped);
  }

  /** Returns the plan for a selection. */
  public static ReplayPlan of(Selection selection, PlanOptions options) {
    return new PlanBuilder(selection, options).build();
  }

  /**
   * Returns the same plan with more for its requests to wait for.
   *
   * @param dependencies numbers of the requests that each request depends on; only lesser ones than
   *     its own
   */
  public ReplayPlan withDependencies(Function<PlannedRequest, Set<Integer>> dependencies) {
    List<PlannedRequest> all = new ArrayList<>(requests.size());
    for (PlannedRequest request : requests) {
      all.add(request.dependingOn(dependencies.apply(request)));
    }
    List<PlannedConnection> same = new ArrayList<>(connections.size());
    for (PlannedConnection connection : connections) {
      List<PlannedRequest> own = new ArrayList<>(connection.requests().size());
      for (PlannedRequest request : connection.requests()) {
        own.add(all.get(request.number()));
      }
      same.add(
          new PlannedConnection(
              connection.number(), connection.openNanos(), connection.closeNanos(), own));
    }
    return new ReplayPlan(pace, all, same, skipped, recordedConnections, timeScale, rampNanos);
  }

  /**
   * Returns the same plan in which each request also waits for those, on any connection, whose
   * recorded answers had ended before it began. So the target sees what it saw when it was
   * recorded, in the same order, however fast the replay is.
   */
  public ReplayPlan inRecordedOrder() {
    StreamOrder order = new StreamOrder();
    return withDependencies(
        request -> Set.copyOf(order.add(request.number(), request.exchange().exchange())));
  }

  /** Returns how many recorded exchanges the plan accounts for. */
  public int recorded() {
    return requests.size() + skipped.size();
  }

  /** Returns when the last request is due, in nanoseconds from the origin; 0 without requests. */
  public long lastDueNanos() {
    return requests.isEmpty() ? 0 : requests.get(requests.size() - 1).dueNanos();
  }

  /** Returns how many exchanges are skipped for each reason that occurs. */
  public Map<SkipReason, Integer> skippedByReason() {
    Map<SkipReason, Integer> counts = new EnumMap<>(SkipReason.class);
    for (SkippedExchange one : skipped) {
      counts.merge(one.reason(), 1, Integer::sum);
    }
    return counts;
  }
}
