// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.http.Http2Hints;
import dev.tapedeck.analyzer.message.WebSocketHints;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import org.jspecify.annotations.Nullable;

/**
 * Tells from a direction's first bytes which end of a connection a process held: the client sends
 * requests, or masks its WebSocket frames.
 */
final class RoleDecider {
  private static final int LONGEST_METHOD = 20;

  private RoleDecider() {}

  /**
   * Returns the role of a process that moved these bytes, which begin a stream or follow the other
   * direction's; null when they don't tell.
   */
  static @Nullable Role decide(Direction direction, Bytes run) {
    if (looksLikeResponse(run)) {
      return direction == Direction.EGRESS ? Role.SERVER : Role.CLIENT;
    }
    if (looksLikeRequest(run)) {
      return direction == Direction.EGRESS ? Role.CLIENT : Role.SERVER;
    }
    Role sender = Http2Hints.sender(run);
    if (sender == null && WebSocketHints.beginsWithClientFrames(run)) {
      sender = Role.CLIENT;
    }
    if (sender == null) {
      return null;
    }
    return (sender == Role.CLIENT) == (direction == Direction.EGRESS) ? Role.CLIENT : Role.SERVER;
  }

  private static boolean looksLikeResponse(Bytes run) {
    return run.length() >= 7 && run.slice(0, 7).toLatin1().equals("HTTP/1.");
  }

  private static boolean looksLikeRequest(Bytes run) {
    int at = 0;
    int limit = Math.min(run.length(), LONGEST_METHOD);
    while (at < limit && run.get(at) >= 'A' && run.get(at) <= 'Z') {
      at++;
    }
    if (at == 0 || at + 1 >= run.length() || run.get(at) != ' ') {
      return false;
    }
    byte target = run.get(at + 1);
    return target == '/' || target == '*' || target == 'h' || at == "CONNECT".length();
  }
}
