// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.ProxyHeader;
import java.util.function.LongUnaryOperator;

/**
 * What the exchanges of one session share.
 *
 * @param sessionNumber the session's number
 * @param connection the connection
 * @param fromStart whether the first byte of each stream is the connection's first
 * @param toEpochNanos maps monotonic time to nanoseconds since the Unix epoch
 */
public record SessionContext(
    int sessionNumber,
    ConnectionInfo connection,
    boolean fromStart,
    LongUnaryOperator toEpochNanos) {
  /** Returns the same of a connection that a proxy hands on. */
  SessionContext with(ProxyHeader header) {
    return new SessionContext(sessionNumber, connection.with(header), fromStart, toEpochNanos);
  }

  /** Returns the same for bytes of which the first ones are there, whatever came before them. */
  SessionContext fromItsStart() {
    return new SessionContext(sessionNumber, connection, true, toEpochNanos);
  }
}
