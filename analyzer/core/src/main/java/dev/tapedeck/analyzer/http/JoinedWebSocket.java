// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.analyzer.message.WebSocketConversation;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads what may be a WebSocket connection that the recording joined behind its handshake, and
 * makes one exchange of it, without request and answer.
 *
 * <p>It is one when the client sent masked frames, beyond doubt: nothing else looks like them. What
 * only the server sent may be frames by chance, and proves nothing.
 *
 * <p><b>Limits:</b> where {@value #MAX_SEARCHED_BYTES} bytes prove nothing, the search is over.
 */
final class JoinedWebSocket implements ProtocolParser {
  static final long MAX_SEARCHED_BYTES = 4 << 20;

  private final SessionContext session;
  private final Consumer<Exchange> sink;
  private final WebSocketConversation conversation;
  private long bytes;
  private long firstNanos = Long.MAX_VALUE;
  private long lastNanos = Long.MIN_VALUE;

  JoinedWebSocket(AnalyzerOptions options, SessionContext session, Consumer<Exchange> sink) {
    this.session = session;
    this.sink = sink;
    this.conversation =
        new WebSocketConversation(
            options, false, DeflateParameters.UNKNOWN, session.toEpochNanos());
  }

  /** Returns whether it is a WebSocket connection. */
  boolean isProven() {
    return conversation.hasFrames(Role.CLIENT);
  }

  /** Returns whether so much proved nothing that it is not looked for any longer. */
  boolean isHopeless() {
    return bytes > MAX_SEARCHED_BYTES && !isProven();
  }

  /** Says that it is something else, or that nothing follows; frees what decompressing took. */
  void close() {
    conversation.end();
  }

  @Override
  public void data(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    bytes += run.length();
    firstNanos = Math.min(firstNanos, startNanos);
    lastNanos = Math.max(lastNanos, endNanos);
    conversation.data(WebSocketParser.sender(request), run, position, startNanos, endNanos);
  }

  @Override
  public void gap(boolean request, long lengthBytes, MissingCause cause) {
    conversation.gap(WebSocketParser.sender(request), lengthBytes, cause);
  }

  @Override
  public void end(boolean closed) {
    close();
    emit();
  }

  /** Hands the exchange out. */
  void emit() {
    List<Anomaly> anomalies = new ArrayList<>(conversation.anomalies());
    anomalies.add(0, new Anomaly(AnomalyKind.WEBSOCKET, "handshake not captured"));
    sink.accept(
        Exchange.newBuilder(session.sessionNumber(), 0, session.connection())
            .times(
                session.toEpochNanos().applyAsLong(firstNanos),
                null,
                session.toEpochNanos().applyAsLong(lastNanos))
            .completeness(Completeness.TRUNCATED_START)
            .anomalies(anomalies)
            .messages(conversation.messages())
            .build());
  }

  @Override
  public void detach() {
    conversation.detach();
  }

  @Override
  public long heldBytes() {
    return conversation.keptBytes();
  }

  @Override
  public void relieve(long keptBytes) {
    conversation.keepAtMost(keptBytes);
  }

  @Override
  public long inMessages(boolean request) {
    return conversation.inMessages(WebSocketParser.sender(request));
  }

  @Override
  public long outsideMessages(boolean request) {
    return conversation.outsideMessages(WebSocketParser.sender(request));
  }

  @Override
  public long strayBytes(boolean request) {
    return outsideMessages(request);
  }
}
