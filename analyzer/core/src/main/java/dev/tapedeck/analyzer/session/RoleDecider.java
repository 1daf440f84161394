// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.http.Http2Hints;
import dev.tapedeck.analyzer.http.ProxyPreamble;
import dev.tapedeck.analyzer.message.WebSocketHints;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells from a direction's first bytes which end of a connection a process held: the client sends
 * requests, or masks its WebSocket frames.
 */
final class RoleDecider {
  private static final int LONGEST_METHOD = 20;
  private static final int LONGEST_LINE = 4096;
  private static final Pattern REQUEST_LINE =
      Pattern.compile("[A-Z]{3,20} [^ \\x00-\\x1f]+ HTTP/(?:1\\.[01]|2\\.0)\r?\n");
  private static final Pattern REQUEST_START =
      Pattern.compile("[A-Z]{1,20}(?: [^ \\x00-\\x1f]*(?: [HTP/0-9.\r]*)?)?");
  private static final String STATUS_START = "HTTP/1.";
  private static final Pattern STATUS_LINE =
      Pattern.compile("HTTP/1\\.[01] [1-5][0-9]{2}(?: [^\\x00-\\x1f]*)?\r?\n");

  private RoleDecider() {}

  /**
   * Returns the role of a process that moved these bytes, which begin a stream or follow the other
   * direction's; null when they don't tell.
   */
  static @Nullable Role decide(Direction direction, Bytes run) {
    if (looksLikeResponse(run)) {
      return direction == Direction.EGRESS ? Role.SERVER : Role.CLIENT;
    }
    if (looksLikeRequest(run) || ProxyPreamble.mayBegin(run)) {
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

  /** Whether bytes show another role. */
  enum Contradiction {
    YES,
    NO,
    MORE_TELLS
  }

  /**
   * Says whether the first bytes of a direction prove that the process has not that role: they are
   * the first line of a message that the other end would send.
   */
  static Contradiction contradicts(Role recorded, Direction direction, Bytes lead) {
    boolean asks = (recorded == Role.CLIENT) == (direction == Direction.EGRESS);
    String start = lead.slice(0, Math.min(lead.length(), LONGEST_LINE)).toLatin1();
    if ((asks ? STATUS_LINE : REQUEST_LINE).matcher(start).lookingAt()) {
      return Contradiction.YES;
    }
    boolean mayBecome =
        asks
            ? STATUS_START.startsWith(start) || start.startsWith(STATUS_START)
            : REQUEST_START.matcher(start).matches();
    return mayBecome && start.indexOf('\n') < 0 && start.length() < LONGEST_LINE
        ? Contradiction.MORE_TELLS
        : Contradiction.NO;
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
