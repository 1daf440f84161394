// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.redact.DefaultRedaction;

/**
 * A recorded exchange that a replay accounts for.
 *
 * @param id as the analyzer shows it; with several captures {@code capture:id}, captures from 1
 * @param sessionKey 0-based place of its session in the selection
 * @param innerLeg true when a recorded server made it while it served another selected exchange
 * @param exchange as recorded
 */
public record SelectedExchange(String id, int sessionKey, boolean innerLeg, Exchange exchange) {

  /** Returns what was recorded, with its bodies. */
  public Exchange whole() {
    return exchange;
  }

  /** Returns the method; empty when the request was not captured. */
  public String method() {
    HttpRequest request = exchange.request();
    return request == null ? "" : request.method();
  }

  /** Returns the target for reports: as {@link #target}, with secrets masked. */
  public String maskedTarget() {
    return DefaultRedaction.url(target());
  }

  /** Returns the request's target; empty when the request was not captured. */
  public String target() {
    HttpRequest request = exchange.request();
    return request == null ? "" : request.target();
  }
}
