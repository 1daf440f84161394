// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.export.CaptureRef;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the sessions of captures, which come as they end, in the order of their numbers, each with
 * the text of its exchanges.
 *
 * <p><b>Limits:</b> what waits for a session with a lower number is in the spool.
 */
final class SessionRows implements SessionSource.Sink {
  private final Spool spool;
  private final @Nullable ExchangeText exchangeText;
  private final Target target;
  private final Map<Integer, Spool.Text> texts = new HashMap<>();

  /** Sessions that have ended; empty for those that are not shown. */
  private final Map<Integer, Optional<SessionRow>> ended = new HashMap<>();

  private @Nullable CaptureRef current;
  private int next = 1;

  /**
   * Makes an order.
   *
   * @param exchangeText writes an exchange; null when sessions are shown without them
   */
  SessionRows(Spool spool, @Nullable ExchangeText exchangeText, Target target) {
    this.spool = spool;
    this.exchangeText = exchangeText;
    this.target = target;
  }

  /** Writes an exchange; {@code first} says whether it is its session's first one. */
  @FunctionalInterface
  interface ExchangeText {
    void write(CaptureRef capture, Exchange exchange, boolean first, Spool.Text text)
        throws IOException;
  }

  /** Takes sessions in ascending number; returns false when no further one is wanted. */
  @FunctionalInterface
  interface Target {
    boolean session(CaptureRef capture, SessionRow row) throws IOException;
  }

  @Override
  public boolean exchange(CaptureRef capture, Exchange exchange) throws IOException {
    if (exchangeText != null) {
      Spool.Text text = texts.computeIfAbsent(exchange.sessionNumber(), unused -> spool.begin());
      exchangeText.write(capture, exchange, text.isEmpty(), text);
    }
    return true;
  }

  @Override
  public boolean session(CaptureRef capture, SessionSummary summary) throws IOException {
    Spool.Text text = texts.remove(summary.number());
    if (text == null && exchangeText != null) {
      text = spool.begin();
    }
    return ended(capture, summary.number(), Optional.of(new SessionRow(summary, text)));
  }

  @Override
  public boolean noSession(CaptureRef capture, int number) throws IOException {
    return ended(capture, number, Optional.empty());
  }

  private boolean ended(CaptureRef capture, int number, Optional<SessionRow> row)
      throws IOException {
    if (!capture.equals(current)) {
      current = capture;
      next = 1;
    }
    ended.put(number, row);
    for (Optional<SessionRow> ready = ended.remove(next);
        ready != null;
        ready = ended.remove(next)) {
      next++;
      if (ready.isPresent() && !target.session(capture, ready.get())) {
        return false;
      }
    }
    return true;
  }
}
