// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import org.jspecify.annotations.Nullable;

/**
 * Says when order may be trusted again after bytes were lost where messages begin.
 *
 * <p>Such a gap may have held any number of requests or answers, so that the answer behind it need
 * not be that of the last request before it. A pair made then stays open until both directions have
 * gone on without another gap, request first, answer second. A gap, or an answer too many, means
 * that the two may have nothing to do with each other.
 *
 * <pre>
 * input                      no pair is open   a pair is open
 * loss of requests           doubt             doubt; apart, unless a request came since
 * loss of answers            doubt             doubt; apart
 * a request begins           -                 a request came since
 * an answer begins           -                 together if one request came since, else apart
 * pair (only under doubt)    it is open        -
 * end                        -                 together
 * </pre>
 *
 * A pair that turned out to belong together ends the doubt of the losses before it.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class PairingDoubt {
  /** What to do with the open pair. */
  enum Verdict {
    KEEP,
    TOGETHER,
    APART
  }

  private boolean doubtful;
  private int answerLosses;
  private boolean lossSincePair;
  private boolean requestSincePair;
  private @Nullable OpenExchange pair;

  /** Returns the pair that waits for evidence; null when there is none. */
  @Nullable OpenExchange pair() {
    return pair;
  }

  /** Returns whether an answer that comes now need not be that request's. */
  boolean concerns(OpenExchange exchange) {
    return exchange.begunInDoubt || exchange.answerLossesBefore != answerLosses;
  }

  /** An answer, or an interim one, was given to that request. */
  void paired(OpenExchange exchange) {
    if (concerns(exchange) && exchange != pair) {
      pair = exchange;
      exchange.inDoubt = true;
      lossSincePair = false;
      requestSincePair = false;
    }
  }

  /** Bytes were lost in which messages of that direction may have begun. */
  Verdict loss(boolean request) {
    doubtful = true;
    lossSincePair = true;
    answerLosses += request ? 0 : 1;
    return pair != null && !(request && requestSincePair) ? Verdict.APART : Verdict.KEEP;
  }

  void requestBegins(OpenExchange exchange) {
    exchange.begunInDoubt = doubtful;
    exchange.answerLossesBefore = answerLosses;
    requestSincePair = true;
  }

  /**
   * An answer begins.
   *
   * @param waiting how many requests had begun by then and had no answer
   */
  Verdict answerBegins(int waiting) {
    if (pair == null) {
      return Verdict.KEEP;
    }
    return requestSincePair && waiting == 1 ? Verdict.TOGETHER : Verdict.APART;
  }

  /** The open pair was dealt with. */
  void settle(Verdict verdict) {
    pair = null;
    doubtful &= verdict != Verdict.TOGETHER || lossSincePair;
  }
}
