// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.redact.TextMasker;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.splice.CutRequest;
import dev.tapedeck.replayer.websocket.WebSocketScript;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

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

  /** Returns whether its method is one that only reads (RFC 9110, section 9.2.1). */
  public boolean isSafe() {
    return SAFE_METHODS.contains(method());
  }

  /** Returns how many bytes the request has as recorded; 0 when it was not captured. */
  public long requestBytes() {
    HttpRequest request = exchange.request();
    return request == null ? 0 : request.head().length() + bodies.framedBytes(request);
  }

  /**
   * Returns how the capture lacks a part of the request, as the analyzer calls it; null when it
   * does not. In a talk the messages are what has to be whole.
   */
  public @Nullable String lacks() {
    HttpRequest request = exchange.request();
    return request == null || !CutRequest.isCut(request) || WebSocketScript.isIn(exchange)
        ? null
        : request.completeness().jsonName();
  }

  /** Returns whether it asked for a tunnel (RFC 9110, section 9.3.6), as clients of proxies do. */
  public boolean opensTunnel() {
    HttpRequest request = exchange.request();
    // With a protocol it is something else (RFC 8441, section 4).
    return request != null
        && request.method().equals("CONNECT")
        && request.headers().withPseudoFields().first(":protocol") == null;
  }

  /** Returns the target for reports: as {@link #target}, with secrets masked. */
  public String maskedTarget() {
    return TextMasker.url(target());
  }

  /** Returns the request's target; empty when the request was not captured. */
  public String target() {
    HttpRequest request = exchange.request();
    return request == null ? "" : request.target();
  }
}
