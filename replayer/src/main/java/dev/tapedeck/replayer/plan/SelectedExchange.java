// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.redact.DefaultRedaction;
import dev.tapedeck.replayer.capture.BodyStore;

/**
 * A recorded exchange that a replay accounts for.
 *
 * @param id as the analyzer shows it; with several captures {@code capture:id}, captures from 1
 * @param sessionKey 0-based place of its session in the selection
 * @param innerLeg true when a recorded server made it while it served another selected exchange
 * @param exchange as recorded; bodies may be set aside, see {@link #whole}
 * @param bodies where these are
 */
public record SelectedExchange(
    String id, int sessionKey, boolean innerLeg, Exchange exchange, BodyStore bodies) {

  /**
   * Returns what was recorded, with its bodies: those that were set aside are read at each call.
   */
  public Exchange whole() {
    return bodies.whole(exchange);
  }

  /** Returns whether a body has to be read from the disk. */
  public boolean isSetAside() {
    return bodies.isSetAside(exchange);
  }

  /** Returns the method; empty when the request was not captured. */
  public String method() {
    HttpRequest request = exchange.request();
    return request == null ? "" : request.method();
  }

  /** Returns how many bytes the request has as recorded; 0 when it was not captured. */
  public long requestBytes() {
    HttpRequest request = exchange.request();
    return request == null ? 0 : request.head().length() + bodies.framedBytes(request);
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
