// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import java.util.function.Predicate;

/**
 * Which exchanges are meant: an expression such as {@code status >= 500 and path ~ "^/orders"}.
 *
 * <p>{@code docs/FILTER.md} describes the language. A comparison with something that was not
 * captured is false, whichever it is.
 *
 * <p><b>Threads:</b> immutable; may be used by any number at once. Bodies are looked into, and so
 * decoded, only by expressions that name them.
 */
public final class Filter implements Predicate<Exchange> {
  private final String expression;
  private final Condition compiled;
  private final boolean relative;

  private Filter(String expression, Parser parser) throws FilterSyntaxException {
    this.expression = expression;
    this.compiled = parser.parse();
    this.relative = parser.hasRelativeTimes();
  }

  /**
   * Understands an expression.
   *
   * @throws FilterSyntaxException when it means nothing
   */
  public static Filter parse(String expression) throws FilterSyntaxException {
    return new Filter(expression, new Parser(expression, 0));
  }

  /** Returns the expression as it was given. */
  public String expression() {
    return expression;
  }

  /** Returns whether it has times such as {@code +30s}, which need {@link #startingAt}. */
  public boolean hasRelativeTimes() {
    return relative;
  }

  /**
   * Returns the filter for a capture.
   *
   * @param captureStartEpochNanos when its first event was
   */
  public Filter startingAt(long captureStartEpochNanos) {
    if (!relative) {
      return this;
    }
    try {
      return new Filter(expression, new Parser(expression, captureStartEpochNanos));
    } catch (FilterSyntaxException e) {
      throw new IllegalArgumentException("captureStartEpochNanos=" + captureStartEpochNanos, e);
    }
  }

  @Override
  public boolean test(Exchange exchange) {
    return compiled.test(exchange);
  }

  /**
   * Returns whether an exchange is meant of which only some values are known: {@link Verdict#YES}
   * and {@link Verdict#NO} are what {@link #test} says of the whole.
   */
  public Verdict judge(KnownValues known) {
    return compiled.judge(known);
  }

  /** Returns whether one of the session's exchanges is meant. */
  public boolean testAny(Session session) {
    return session.exchanges().stream().anyMatch(this);
  }

  @Override
  public String toString() {
    return expression;
  }
}
