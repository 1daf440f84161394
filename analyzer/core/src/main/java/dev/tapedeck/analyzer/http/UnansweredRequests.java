// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a connection that no answer was found for yet, and which of them an answer
 * belongs to.
 *
 * <p>Answers come in the order of the requests (RFC 9112, section 9.3.2), and never before their
 * request began. Where bytes are missing an answer is paired only when these two facts leave one
 * request:
 *
 * <ul>
 *   <li>When the first bytes of an answer are missing, it is the oldest request's, or that of the
 *       next one to come; unless a request before that one is missing, too.
 *   <li>When answers and requests are missing, any number of exchanges is: none of the requests
 *       that are known can be answered by what comes next.
 *   <li>When only answers are missing, what comes next answers the newest request: the client would
 *       not have sent it before. Where it was sent together with another, nothing tells.
 *   <li>When a request is missing while others wait, nothing tells which of the later requests is
 *       answered.
 *   <li>With a client that was seen to pipeline, nothing tells any more once anything is missing.
 * </ul>
 */
final class UnansweredRequests {
  private final ArrayDeque<OpenExchange> queue = new ArrayDeque<>(1);

  /** Since the last answer began. */
  private boolean answersMissing;

  /** The first bytes of an answer are missing whose request has not come yet. */
  private boolean startMissing;

  /** Since the last request began. */
  private boolean requestsMissing;

  /** The client was seen to send a request before the answer to the one before. */
  private boolean pipelines;

  /** Requests were given up whose answers may still come. */
  private boolean givenUp;

  /** The client pipelines, and something is missing. */
  private boolean hopeless;

  /** Takes a request whose head is complete, or as complete as it gets. */
  void add(OpenExchange exchange) {
    OpenExchange newest = queue.peekLast();
    boolean answerMissing = newest == null && startMissing && !requestsMissing;
    pipelines |= newest != null && !answersMissing;
    hopeless |= pipelines && (answersMissing || requestsMissing);
    exchange.unpairable = hopeless || (newest != null && (requestsMissing || newest.unpairable));
    exchange.afterMissing = newest == null && requestsMissing;
    startMissing = false;
    requestsMissing = false;
    if (answerMissing) {
      exchange.responseLost = true;
    } else {
      queue.add(exchange);
    }
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Returns whether there is none, none was missing or given up, and the client pipelines not. */
  boolean isAtRest() {
    boolean sound = !answersMissing && !startMissing && !requestsMissing && !givenUp && !hopeless;
    return sound && !pipelines && queue.isEmpty();
  }

  int size() {
    return queue.size();
  }

  /** Returns whether an answer may come to a request that had begun by then, or was given up. */
  boolean mayBeAnswered(long nanos) {
    return givenUp || waiting(nanos) > 0;
  }

  boolean isFirst(@Nullable OpenExchange exchange) {
    return exchange != null && exchange == queue.peekFirst();
  }

  void remove(OpenExchange exchange) {
    queue.remove(exchange);
  }

  /** Returns how many requests had begun by then: 0, 1, or 2 for any more. */
  int waiting(long nanos) {
    if (queue.size() <= 1) {
      return hasBegun(queue.peekFirst(), nanos) ? 1 : 0;
    }
    int count = 0;
    for (OpenExchange exchange : queue) {
      if (count == 2 || !hasBegun(exchange, nanos)) {
        break;
      }
      count++;
    }
    return count;
  }

  /** Gives up the oldest requests of those that had begun by then, as far as they are in doubt. */
  void loseWhile(Predicate<OpenExchange> inDoubt, long nanos) {
    while (hasBegun(queue.peekFirst(), nanos) && inDoubt.test(queue.getFirst())) {
      lose();
    }
  }

  /** Gives all requests up. */
  void loseAll() {
    while (!queue.isEmpty()) {
      lose();
    }
  }

  /**
   * Says that the next answer is that of the request which so many others, or none, came behind.
   */
  void keepNewest(int count) {
    if (requestsMissing) {
      return;
    }
    while (queue.size() > count) {
      lose();
    }
    givenUp = false;
    answersMissing = false;
    startMissing = false;
    hopeless = false;
  }

  /** Says that requests may be missing. */
  void requestsMissing() {
    requestsMissing = true;
    hopeless |= pipelines;
  }

  /**
   * Says that answers may be missing.
   *
   * @param start whether the first bytes of the next answer surely are
   * @param nanos when they moved at the latest, as far as known
   */
  void answersMissing(boolean start, long nanos) {
    answersMissing = true;
    hopeless |= pipelines;
    if (start && queue.isEmpty()) {
      startMissing = true;
    } else if (start && hasBegun(queue.peekFirst(), nanos) && !queue.getFirst().afterMissing) {
      lose();
    }
  }

  private void lose() {
    givenUp = true;
    queue.removeFirst().responseLost = true;
  }

  /** Says that bytes of an answer have come: with no request open they belong to none to come. */
  void answerMoved() {
    startMissing &= !queue.isEmpty();
  }

  /**
   * Returns the request that an answer belongs to; null when none does, or nothing tells. The same
   * until {@link #answered}.
   *
   * @param beganNanos when the answer's first byte had moved
   */
  @Nullable OpenExchange next(long beganNanos) {
    if (answersMissing) {
      loseUnprovable(beganNanos);
    }
    while (hasBegun(queue.peekFirst(), beganNanos) && queue.getFirst().unpairable) {
      lose();
    }
    return hasBegun(queue.peekFirst(), beganNanos) ? queue.peekFirst() : null;
  }

  private static boolean hasBegun(@Nullable OpenExchange exchange, long beganNanos) {
    return exchange != null && exchange.requestStartNanos <= beganNanos;
  }

  private void loseUnprovable(long beganNanos) {
    boolean none = requestsMissing || hopeless;
    while (hasBegun(queue.peekFirst(), beganNanos)) {
      OpenExchange oldest = queue.removeFirst();
      OpenExchange later = queue.peekFirst();
      boolean isNewest = !hasBegun(later, beganNanos);
      if (isNewest && !none) {
        queue.addFirst(oldest);
        return;
      }
      oldest.responseLost = true;
      givenUp = true;
      none |= later != null && later.requestStartNanos == oldest.requestStartNanos;
    }
  }

  /** Says that an answer has begun, after {@link #next}; an interim one leaves its request here. */
  void answered(boolean isFinal, @Nullable OpenExchange exchange) {
    answersMissing = false;
    startMissing = false;
    if (isFinal && exchange != null && exchange == queue.peekFirst()) {
      queue.removeFirst();
    }
  }

  /** Says that no answer comes any more. */
  void end() {
    for (OpenExchange exchange : queue) {
      exchange.responseLost |= answersMissing;
    }
  }
}
