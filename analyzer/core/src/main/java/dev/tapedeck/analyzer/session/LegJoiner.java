// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Role;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Joins the legs of one request on the way to a visitor, in the same order.
 *
 * <p>An inner leg ends before its outer one, so that it waits until the outer one may have come;
 * what comes behind it waits with it. Where nothing can be an inner leg, nothing waits.
 *
 * <p><b>Threads:</b> that of the analysis. <b>Limits:</b> as told to the constructor; beyond, the
 * oldest exchanges leave with what is known by then.
 */
final class LegJoiner implements ExchangeVisitor {
  private static final int MAX_WAITING = 1024;
  private static final long MAX_WAITING_BYTES = 4 << 20;

  private final ExchangeVisitor next;
  private final boolean bounded;
  private final LegFinder finder = new LegFinder();

  /** Exchanges with their facts, summaries, and numbers without a session. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private long waitingBytes;
  private LegCandidates candidates = LegCandidates.NONE;

  private record Waiting(Object item, @Nullable LegFacts facts, long bytes) {}

  /**
   * Makes a joiner.
   *
   * @param bounded whether only so much may wait as fits into little memory
   */
  LegJoiner(ExchangeVisitor next, boolean bounded) {
    this.next = next;
    this.bounded = bounded;
  }

  /** Sets which exchanges may be legs; called before the first one, and again with a new index. */
  void use(LegCandidates found) {
    candidates = found;
  }

  @Override
  public void exchange(Exchange exchange) throws IOException {
    boolean outer = exchange.connection().role() == Role.SERVER && candidates.mayBeOuter(exchange);
    boolean inner = candidates.mayBeInner(exchange);
    LegFacts facts = outer || inner ? LegFacts.of(exchange) : null;
    if (outer && facts != null) {
      finder.addOuter(facts);
    }
    add(exchange, inner ? facts : null, inner ? bytes(exchange) : 0);
  }

  @Override
  public void session(SessionSummary session) throws IOException {
    add(session, null, 0);
  }

  @Override
  public void noSession(int number) throws IOException {
    add(Integer.valueOf(number), null, 0);
  }

  @Override
  public void damage(Damage damage) throws IOException {
    next.damage(damage);
  }

  private void add(Object item, @Nullable LegFacts facts, long bytes) throws IOException {
    if (waiting.isEmpty() && facts == null) {
      release(item);
      return;
    }
    waiting.add(new Waiting(item, facts, bytes));
    waitingBytes += bytes;
    if (bounded && (waiting.size() > MAX_WAITING || waitingBytes > MAX_WAITING_BYTES)) {
      releaseHalf();
    }
  }

  private void releaseHalf() throws IOException {
    int keep = waiting.size() / 2;
    while (waiting.size() > keep || waitingBytes > MAX_WAITING_BYTES / 2) {
      releaseOldest(false);
    }
    long earliest = Long.MAX_VALUE;
    for (Waiting one : waiting) {
      if (one.facts() != null) {
        earliest = Math.min(earliest, one.facts().startedNanos);
      }
    }
    // An inner leg that is still to come cannot have begun long before those that wait.
    if (earliest != Long.MAX_VALUE) {
      finder.forget(earliest);
    }
  }

  private void releaseOldest(boolean all) throws IOException {
    Waiting oldest = waiting.remove();
    waitingBytes -= oldest.bytes();
    Leg leg = oldest.facts() == null ? null : finder.find(oldest.facts(), all);
    if (leg != null && oldest.item() instanceof Exchange exchange) {
      next.exchange(exchange.toBuilder().leg(leg).build());
    } else {
      release(oldest.item());
    }
  }

  private void release(Object item) throws IOException {
    if (item instanceof Exchange exchange) {
      next.exchange(exchange);
    } else if (item instanceof SessionSummary session) {
      next.session(session);
    } else if (item instanceof Integer number) {
      next.noSession(number);
    }
  }

  /** Says that everything has come. */
  void finish() throws IOException {
    while (!waiting.isEmpty()) {
      releaseOldest(true);
    }
  }

  private static long bytes(Exchange exchange) {
    return bytes(exchange.request()) + bytes(exchange.response());
  }

  private static long bytes(@Nullable HttpMessage message) {
    return message == null ? 0 : message.head().length() + message.body().framed().length();
  }
}
