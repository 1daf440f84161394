// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.ConnectionInfo;
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
    LongUnaryOperator toEpochNanos) {}
