// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import java.util.Locale;

/** Why a request that was due has no answer. Names in JSON are these in lower case. */
public enum FailureReason {
  /** Nobody listens at the target. */
  CONNECT_REFUSED,
  /** No connection to the target within the time allowed. */
  CONNECT_TIMEOUT,
  /** The target cannot be reached for another reason. */
  CONNECT_FAILED,
  /** TLS with the target failed: certificate, name, protocol. */
  TLS_HANDSHAKE,
  /** The target does not speak the protocol that was recorded. */
  WRONG_PROTOCOL,
  /** A value that the request carries was not minted by an answer now. */
  FLOW_MISSING,
  /** The target did not agree on WebSocket, or its compression, as in the recording. */
  WEBSOCKET_HANDSHAKE,
  /** The connection was reset. */
  RESET,
  /** The target closed the connection before its answer was whole. */
  CLOSED_EARLY,
  /** Nothing moved for longer than allowed. */
  TIMEOUT,
  /** What the target sent is no HTTP/1 answer. */
  MALFORMED_ANSWER,
  /** The answer is larger than allowed. */
  ANSWER_TOO_LARGE,
  /** Reading or writing failed for another reason. */
  IO_ERROR;

  /** Returns whether there was no connection to send on, so that it says nothing of a request. */
  public boolean isOfConnecting() {
    return switch (this) {
      case CONNECT_REFUSED, CONNECT_TIMEOUT, CONNECT_FAILED, TLS_HANDSHAKE -> true;
      default -> false;
    };
  }

  /** Returns the name used in JSON. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
