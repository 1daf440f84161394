// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.endpoint.EndpointLearner;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.analyzer.redact.TextMasker;

/**
 * The endpoints of a plan's requests, whatever their hosts.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class PlanEndpoints {
  private final Endpoints endpoints;

  private PlanEndpoints(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  /** Learns the endpoints of a plan. */
  public static PlanEndpoints of(ReplayPlan plan) {
    EndpointLearner learner = new EndpointLearner();
    for (PlannedRequest request : plan.requests()) {
      learner.add(request.exchange().method(), null, request.exchange().target());
    }
    return new PlanEndpoints(learner.learned());
  }

  /** Returns the endpoint of an exchange, such as {@code GET /orders/{id}}. */
  public String label(SelectedExchange exchange) {
    return TextMasker.url(endpoints.of(exchange.method(), null, exchange.target()).label());
  }
}
