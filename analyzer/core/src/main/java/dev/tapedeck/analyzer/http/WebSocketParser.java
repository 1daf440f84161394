// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.analyzer.message.WebSocketConversation;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;

/** Reads the WebSocket messages behind an upgrade and gives them to its exchange. */
final class WebSocketParser implements ProtocolParser {
  private final ProtocolSwitch upgrade;
  private final WebSocketConversation conversation;

  WebSocketParser(ProtocolSwitch upgrade, HttpResponse answer) {
    this.upgrade = upgrade;
    this.conversation =
        new WebSocketConversation(
            upgrade.options(),
            true,
            DeflateParameters.of(answer.headers()),
            upgrade.session().toEpochNanos());
    upgrade.exchange().responseDone = false;
  }

  /** Returns who sent bytes of a direction. */
  static Role sender(boolean request) {
    return request ? Role.CLIENT : Role.SERVER;
  }

  @Override
  public void data(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    conversation.data(sender(request), run, position, startNanos, endNanos);
  }

  @Override
  public void gap(boolean request, long lengthBytes, MissingCause cause) {
    conversation.gap(sender(request), lengthBytes, cause);
  }

  @Override
  public void end(boolean closed) {
    conversation.end();
    OpenExchange exchange = upgrade.exchange();
    exchange.messages = conversation.messages();
    exchange.carried = conversation.completeness();
    for (Anomaly anomaly : conversation.anomalies()) {
      exchange.anomaly(anomaly.kind(), anomaly.detail());
    }
    exchange.responseDone = true;
    upgrade.changed().run();
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
    return conversation.inMessages(sender(request));
  }

  @Override
  public long outsideMessages(boolean request) {
    return conversation.outsideMessages(sender(request));
  }

  @Override
  public long strayBytes(boolean request) {
    return outsideMessages(request);
  }
}
