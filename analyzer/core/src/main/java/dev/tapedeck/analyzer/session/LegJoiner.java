// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.format.Damage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Joins the legs of one request on the way to a visitor, in the same order.
 *
 * <p>An inner leg ends before its outer one, so that it waits until the outer one may have come;
 * what comes behind it waits with it. Where nothing can be an inner leg, nothing waits.
 *
 * <p><b>Threads:</b> that of the analysis. <b>Limits:</b> as told to the constructor; beyond, the
 * oldest exchanges leave with what is known by then: without an outer one when another one may
 * still come that is meant as well.
 */
final class LegJoiner implements ExchangeVisitor {
  private static final int MAX_WAITING = 1024;
  private static final long MAX_WAITING_BYTES = 4 << 20;
  private static final int MAX_OUTER = 8192;
  private static final int KNOWN = 1;
  private static final int OUTER = 2;
  private static final int INNER = 4;

  private final ExchangeVisitor next;
  private final boolean bounded;
  private final LegFinder finder;
  private final LegProgress progress = new LegProgress();

  /** Exchanges with their facts, summaries, and numbers without a session. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private long waitingBytes;
  private LegCandidates candidates = LegCandidates.NONE;

  /** What the candidates say of each session's exchanges: all of one session are of one kind. */
  private byte[] kindsBySession = new byte[0];

  private record Waiting(Object item, @Nullable LegFacts facts, long bytes) {}

  /**
   * Makes a joiner.
   *
   * @param bounded whether only so much may wait as fits into little memory
   */
  LegJoiner(ExchangeVisitor next, boolean bounded) {
    this.next = next;
    this.bounded = bounded;
    this.finder = new LegFinder(bounded ? MAX_OUTER : Integer.MAX_VALUE);
  }

  /** Sets which exchanges may be legs; called before the first one, and again with a new index. */
  void use(CaptureIndex index) {
    candidates = LegCandidates.of(index);
    kindsBySession = new byte[0];
    if (bounded) {
      progress.use(index, candidates);
    }
  }

  @Override
  public void exchange(Exchange exchange) throws IOException {
    byte kinds = kindsOf(exchange);
    boolean outer = (kinds & OUTER) != 0;
    boolean inner = (kinds & INNER) != 0;
    LegFacts facts = outer || inner ? LegFacts.of(exchange) : null;
    if (outer && facts != null) {
      finder.addOuter(facts);
      progress.came(exchange);
    }
    if (waiting.isEmpty() && !inner) {
      next.exchange(exchange);
    } else {
      // Without storage of its own it would keep a whole block of the capture.
      add(bounded ? exchange.detached() : exchange, inner ? facts : null, bytes(exchange));
    }
  }

  private byte kindsOf(Exchange exchange) {
    int number = exchange.sessionNumber();
    if (number >= kindsBySession.length) {
      kindsBySession = Arrays.copyOf(kindsBySession, Math.max(number + 1, 2 * number));
    }
    if (kindsBySession[number] == 0) {
      int outer = candidates.mayBeOuter(exchange) ? OUTER : 0;
      int inner = candidates.mayBeInner(exchange) ? INNER : 0;
      kindsBySession[number] = (byte) (KNOWN | outer | inner);
    }
    return kindsBySession[number];
  }

  @Override
  public void session(SessionSummary session) throws IOException {
    progress.ended(session.number());
    add(session, null, 0);
  }

  @Override
  public void noSession(int number) throws IOException {
    progress.ended(number);
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
  }

  private void releaseOldest(boolean finished) throws IOException {
    Waiting oldest = waiting.remove();
    waitingBytes -= oldest.bytes();
    LegFacts facts = oldest.facts();
    Leg leg = null;
    if (facts != null) {
      leg = finder.find(facts, finished || progress.isComplete(facts.asking, facts.startedNanos));
    }
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
    long bytes = bytes(exchange.request()) + bytes(exchange.response());
    for (StreamMessage message : exchange.messages()) {
      bytes += message.payload().length();
    }
    return bytes;
  }

  private static long bytes(@Nullable HttpMessage message) {
    return message == null ? 0 : message.keptBytes();
  }
}
