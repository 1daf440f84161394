// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.analyzer.message.WebSocketConversation;
import dev.tapedeck.format.Role;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a WebSocket in an HTTP/2 stream said (RFC 8441): extended CONNECT began it, an answer of 2xx
 * accepted it, and its frames are the stream's data.
 *
 * @param messages of both directions
 * @param anomalies of the conversation as a whole
 * @param completeness of the conversation
 */
record Http2WebSocket(
    List<StreamMessage> messages, List<Anomaly> anomalies, Completeness completeness) {
  /** The value of {@code :protocol}. */
  static final String PROTOCOL = "websocket";

  /** Reads a stream that has ended; null when it was no WebSocket, or was refused. */
  static @Nullable Http2WebSocket of(
      Http2Stream stream, AnalyzerOptions options, LongUnaryOperator toEpochNanos) {
    DataPieces asked = stream.request.pieces();
    DataPieces told = stream.response.pieces();
    int status = stream.response.status();
    if (asked == null || told == null || status < 200 || status > 299) {
      return null;
    }
    WebSocketConversation conversation =
        new WebSocketConversation(
            options, true, DeflateParameters.of(stream.response.headers()), toEpochNanos);
    asked.feed(conversation, Role.CLIENT);
    told.feed(conversation, Role.SERVER);
    conversation.end();
    return new Http2WebSocket(
        conversation.messages(), conversation.anomalies(), conversation.completeness());
  }
}
