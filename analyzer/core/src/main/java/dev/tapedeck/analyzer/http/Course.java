// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.http.internal.h1.ByteCounts;

/**
 * How far an HTTP/1 connection has come: all that is known of it while no message is open, so that
 * a connection that rests needs nothing else.
 *
 * <p><b>Threads:</b> confined to one. <b>Units:</b> monotonic nanoseconds, bytes.
 */
final class Course {
  /** Fewer lost bytes hold no two requests. */
  private static final int TWO_REQUESTS_BYTES = 2 * "GET / HTTP/1.1\r\n\r\n".length();

  final Turns turns = new Turns();
  final StartProof proof = new StartProof();
  final ByteCounts requestBytes = new ByteCounts();
  final ByteCounts answerBytes = new ByteCounts();

  /** The place of the next exchange among the session's. */
  int index;

  /** When the last answer had ended; the smallest number when there was none. */
  long previousEndNanos = Long.MIN_VALUE;

  long requestsReached;
  long answersReached;
  long answerNanos;
  long answerBeganNanos;

  /** Since the head of the last answer. */
  boolean requestsMoved;

  int begunSinceAnswerHead;
  boolean requestsSeen;
  boolean requestsEndLost;
  boolean requestWasBodyless;
  boolean lastWasInterim;
  private long lostRequestBytes;
  private boolean incomplete;

  /**
   * Begins.
   *
   * @param firstIndex the place of the first exchange among the session's
   */
  Course(int firstIndex) {
    index = firstIndex;
  }

  /** Bytes are missing; a negative length is not known. */
  void missing(boolean request, long lengthBytes) {
    incomplete = true;
    if (request) {
      lostRequestBytes += lengthBytes < 0 ? TWO_REQUESTS_BYTES : lengthBytes;
    }
  }

  /** Returns whether every byte has come so far. */
  boolean isComplete() {
    return !incomplete;
  }

  /** Returns whether requests have come, and all of them as far as can be told from lengths. */
  boolean knowsRequests() {
    return requestsSeen && lostRequestBytes < TWO_REQUESTS_BYTES && !requestsEndLost;
  }
}
