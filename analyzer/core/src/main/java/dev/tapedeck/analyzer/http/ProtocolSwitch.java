// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.internal.h1.MessageParser;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A connection of HTTP/1 that turned to another protocol: the answer 101, or 2xx to CONNECT.
 *
 * <p>A parser that adds to the exchange of the switch sets its {@code responseDone} to false, and
 * back to true before it calls {@code changed}: until then the exchange stays open.
 *
 * @param options bounds
 * @param session what all exchanges share
 * @param sink takes the exchanges that come after this one
 * @param exchange the one whose answer switched, with both messages
 * @param tunnel whether it was CONNECT
 * @param nextIndex the place among the session's exchanges of the first one that comes after this
 * @param changed hands out the exchange when it is done
 */
record ProtocolSwitch(
    AnalyzerOptions options,
    SessionContext session,
    Consumer<Exchange> sink,
    OpenExchange exchange,
    boolean tunnel,
    int nextIndex,
    Runnable changed) {
  private static final String UPGRADE = "upgrade";

  /** Returns the parser of what follows. */
  ProtocolParser parser() {
    HttpResponse answer = exchange.response;
    if (tunnel) {
      return new TunnelParser(this);
    }
    if (answer == null) {
      return new OpaqueParser();
    }
    if (upgradesTo(answer, "websocket")) {
      return new WebSocketParser(this, answer);
    }
    return upgradesTo(answer, "h2c") ? Http2Parser.afterUpgrade(this) : new OpaqueParser();
  }

  /** RFC 9110, section 7.8; a few servers leave the field out. */
  private boolean upgradesTo(HttpResponse answer, String protocol) {
    List<HeaderField> fields = answer.headers().all(UPGRADE);
    if (fields.isEmpty() && exchange.request != null) {
      fields = exchange.request.headers().all(UPGRADE);
    }
    return fields.stream()
        .flatMap(field -> Arrays.stream(field.value().split(",", -1)))
        .anyMatch(word -> word.strip().equalsIgnoreCase(protocol));
  }

  /** Hands on what the parsers of HTTP/1 had looked at already when the protocol was switched. */
  static void forwardWaiting(
      ProtocolParser next, MessageParser requests, MessageParser responses, long nanos) {
    forwardWaiting(next, requests, true, nanos);
    forwardWaiting(next, responses, false, nanos);
  }

  private static void forwardWaiting(
      ProtocolParser next, MessageParser parser, boolean request, long nanos) {
    if (parser.isWaiting()) {
      long position = parser.waitingPosition();
      next.data(request, parser.takeWaiting(), position, nanos, nanos);
    }
  }
}
