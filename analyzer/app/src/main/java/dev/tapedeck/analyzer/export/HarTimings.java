// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;

/**
 * The phases of an exchange as HAR 1.2 wants them: none negative, their sum the total.
 *
 * <p>An answer that began before its request had ended has no waiting, and sending ends where the
 * answer begins. Without an answer everything after the request is waiting.
 */
record HarTimings(long sendNanos, long waitNanos, long receiveNanos) {
  static HarTimings of(Exchange exchange, HttpRequest request) {
    long total = Math.max(0, exchange.endedEpochNanos() - exchange.startedEpochNanos());
    long sent = clamp(request.span().lastEpochNanos() - exchange.startedEpochNanos(), 0, total);
    Long firstByte = exchange.firstByteEpochNanos();
    if (firstByte == null) {
      return new HarTimings(sent, total - sent, 0);
    }
    long answered = clamp(firstByte - exchange.startedEpochNanos(), 0, total);
    long send = Math.min(sent, answered);
    return new HarTimings(send, answered - send, total - answered);
  }

  long totalNanos() {
    return sendNanos + waitNanos + receiveNanos;
  }

  private static long clamp(long value, long low, long high) {
    return Math.max(low, Math.min(value, high));
  }
}
