// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

/**
 * Says where behind lost bytes a message is proven to begin.
 *
 * <p>A strict head there may be quoted in the body of a message whose own head is lost. Two facts
 * rule that out. The first is order: a client that does not pipeline sends its next request when it
 * has the whole answer to the one before, and a server sends nothing but the answer then (RFC 9112,
 * section 9.3). The second is length: what is missing directly before the head is too short for
 * everything that must have gone by and for another head with a body. Where neither holds, nothing
 * is told until the next turn of the conversation.
 *
 * <p><b>Threads:</b> confined to one. <b>Units:</b> bytes.
 */
final class StartProof {
  /** Shortest request, of no header field. */
  private static final int LEAST_REQUEST_BYTES = "GET / HTTP/1.1\r\n\r\n".length();

  /** What says that a message has a body (RFC 9112, section 6.3), at its shortest. */
  private static final int LEAST_FRAMING_BYTES = "Content-Length:1\r\n".length();

  /** Shortest answer that is whole; it would have at least a Date field (RFC 9110, 6.6.1). */
  private static final int LEAST_WHOLE_ANSWER_BYTES = "HTTP/1.1 204 No Content\r\n\r\n".length();

  /** Shortest head; it may have a body up to the end of the connection, if it is the last. */
  private static final int LEAST_ANSWER_BYTES = "HTTP/1.1 200 \r\n\r\n".length();

  /** What every request of the client had of a Host field, which each must have (section 3.2). */
  private int leastHostBytes = Integer.MAX_VALUE;

  /** The last thing in the answers is a whole final one, and came since the requests' last turn. */
  private boolean wholeAnswer;

  private boolean wholeAnswerAtTurn;

  /** Answers whose request is not known, since the requests' last gap, and since their last run. */
  private int strayAnswers;

  private int freshStrayAnswers;
  private int strayAnswersAtTurn;
  private boolean answeredSinceGap;

  /** A whole request must be among the missing bytes before the last one that began. */
  private boolean requestHidden;

  /** Requests that began since the last byte of an answer. */
  private int begun;

  private int begunAtTurn;

  /** How often requests began since the answers' last gap. */
  private int turnsSinceGap;

  private int waitingAtGap;
  private long begunNanos = Long.MIN_VALUE;

  /** The answer that began is the only reading only if others follow. */
  private boolean mustGoOn;

  /** The client sends requests while answers to others are still coming. */
  private boolean interleaves;

  private boolean answeredSinceQuiet;

  /**
   * A request began.
   *
   * @param hostBytes what its Host field has
   * @param othersWait whether another one has no answer yet
   * @param nanos when its first byte moved: such as came together wait for no answer in between
   */
  void requestBegan(int hostBytes, boolean othersWait, long nanos) {
    leastHostBytes = Math.min(leastHostBytes, hostBytes);
    interleaves |= othersWait && answeredSinceQuiet;
    answeredSinceQuiet &= othersWait;
    begun++;
    turnsSinceGap += nanos == begunNanos ? 0 : 1;
    begunNanos = nanos;
  }

  /** A final answer has ended. */
  void answered(boolean whole, boolean paired) {
    wholeAnswer = whole;
    answeredSinceQuiet = true;
    if (!paired) {
      strayAnswers++;
      freshStrayAnswers++;
    }
  }

  /**
   * Requests' bytes come behind answers' bytes.
   *
   * @param quiet whether no answer is open, and no request waits
   */
  void requestsTurn(boolean quiet) {
    wholeAnswerAtTurn = quiet && wholeAnswer;
    strayAnswersAtTurn = freshStrayAnswers;
    answeredSinceGap = true;
    wholeAnswer = false;
    freshStrayAnswers = 0;
  }

  /** Bytes of requests are missing. */
  void requestsMissing(long bytes, boolean boundary) {
    requestHidden |= boundary && (bytes < 0 || bytes >= LEAST_REQUEST_BYTES);
    strayAnswers = 0;
    answeredSinceGap = false;
    wholeAnswerAtTurn = false;
  }

  /** Answers' bytes come behind requests' bytes. */
  void answersTurn() {
    begunAtTurn = begun;
    begun = 0;
  }

  /**
   * Bytes of answers are missing.
   *
   * @param waiting how many requests have no answer yet
   */
  void answersMissing(int waiting) {
    waitingAtGap = waiting;
    turnsSinceGap = 0;
    begunNanos = Long.MIN_VALUE;
  }

  /** An answer began to a hidden request, or to one that came behind it. */
  void answeredHidden() {
    requestHidden = false;
  }

  /**
   * Returns whether a request begins.
   *
   * @param hostBytes what its Host field has
   * @param hidden bytes directly before it; negative when not known
   * @param boundary whether a request was to begin with the first of them
   */
  boolean beginsRequest(int hostBytes, long hidden, boolean boundary) {
    int least = LEAST_REQUEST_BYTES + Math.min(leastHostBytes, hostBytes);
    if (hidden == 0) {
      return wholeAnswerAtTurn && (strayAnswers > 0 || !boundary);
    }
    int leastWithBody = least + LEAST_FRAMING_BYTES;
    if (hidden < 0) {
      return false;
    }
    boolean tooShort = boundary && hidden < leastWithBody;
    return tooShort
        || (answeredSinceGap
            && wholeAnswerAtTurn
            && hidden < leastWithBody + (long) strayAnswersAtTurn * least);
  }

  /**
   * Returns whether an answer begins.
   *
   * @param requestsLost whether the other direction is not understood either
   */
  boolean beginsAnswer(boolean requestsLost, long hidden, boolean boundary) {
    if (interleaves || hidden < 0) {
      return false;
    }
    mustGoOn = false;
    if (hidden == 0) {
      return begunAtTurn > 0 || requestsLost;
    }
    int before = waitingAtGap + turnsSinceGap - 1 + (requestHidden ? 1 : 0);
    long least = (long) before * LEAST_WHOLE_ANSWER_BYTES + LEAST_ANSWER_BYTES;
    mustGoOn = hidden >= least;
    return turnsSinceGap > 0 && (!boundary || before > 0) && hidden < least + LEAST_FRAMING_BYTES;
  }

  /** Returns whether the end of the connection may follow the answer that began. */
  boolean mayBeLast() {
    return !mustGoOn;
  }

  /** Returns how many requests began since the last byte of an answer that came before these. */
  int begunAtTurn() {
    return begunAtTurn;
  }
}
