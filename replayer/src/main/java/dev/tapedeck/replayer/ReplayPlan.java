// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is going to be sent, when, in which order and on which connections, and what is not.
 *
 * @param pace how fast
 * @param requests in the order of their due times
 * @param connections by number
 * @param skipped in recorded order
 * @param recordedConnections how many recorded connections the requests came from
 */
public record ReplayPlan(
    Pace pace,
    List<PlannedRequest> requests,
    List<PlannedConnection> connections,
    List<SkippedExchange> skipped,
    int recordedConnections) {
  public ReplayPlan {
    requests = List.copyOf(requests);
    connections = List.copyOf(connections);
    skipped = List.copyOf(skipped);
  }

  /** Returns the plan for a selection. */
  public static ReplayPlan of(Selection selection, PlanOptions options) {
    return new PlanBuilder(selection, options).build();
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
