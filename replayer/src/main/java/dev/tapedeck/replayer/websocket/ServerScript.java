// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.websocket;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a recorded server said behind an upgrade to WebSocket, and what the client said to it.
 *
 * <p>Pings and pongs are no part of it: they come by the clock of whoever sends them.
 *
 * @param turns of the server, in the order in which it took them
 * @param heard messages and the close of the client, in order
 */
public record ServerScript(List<Turn> turns, List<StreamMessage> heard) {
  public ServerScript {
    turns = List.copyOf(turns);
    heard = List.copyOf(heard);
  }

  /**
   * A message or the close of the server.
   *
   * @param message as recorded
   * @param awaited how many messages of the client had come before it
   * @param afterNanos how long after what came before it, of either side, it was sent
   */
  public record Turn(StreamMessage message, int awaited, long afterNanos) {}

  /** Returns the script of an exchange; null when not all that was said was captured. */
  public static @Nullable ServerScript of(Exchange exchange) {
    if (exchange.anomalies().stream().anyMatch(one -> one.kind() == AnomalyKind.LIMIT)) {
      return null;
    }
    List<Turn> turns = new ArrayList<>();
    List<StreamMessage> heard = new ArrayList<>();
    Long before = exchange.firstByteEpochNanos();
    long moved = before == null ? exchange.startedEpochNanos() : before;
    for (StreamMessage message : exchange.messages()) {
      boolean counts =
          message.kind() != StreamMessage.Kind.PING && message.kind() != StreamMessage.Kind.PONG;
      if (message.completeness() != Completeness.COMPLETE || message.kind() == null) {
        return null;
      }
      if (counts && message.sender() == Role.SERVER) {
        long after = Math.max(0, message.span().firstEpochNanos() - moved);
        turns.add(new Turn(message, heard.size(), after));
      } else if (counts) {
        heard.add(message);
      }
      moved = Math.max(moved, message.span().lastEpochNanos());
    }
    return new ServerScript(turns, heard);
  }
}
