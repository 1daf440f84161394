// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

/**
 * Tells when the other direction of a connection moved in between, by the order in which the calls
 * stand in the capture and by their times: what moved earlier and only stands behind is no turn.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Turns {
  private boolean lastWasRequest;
  private long lastRequestNanos = Long.MIN_VALUE;
  private long lastAnswerNanos = Long.MIN_VALUE;

  /**
   * Takes that bytes have come.
   *
   * @param request whether they go to the server
   * @param nanos when they had moved
   * @return whether the other direction moved since the last ones of this one
   */
  boolean moved(boolean request, long nanos) {
    long own = request ? lastRequestNanos : lastAnswerNanos;
    long other = request ? lastAnswerNanos : lastRequestNanos;
    boolean turn = lastWasRequest != request && other >= own;
    lastWasRequest = request;
    if (request) {
      lastRequestNanos = nanos;
    } else {
      lastAnswerNanos = nanos;
    }
    return turn;
  }
}
