// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.replayer.volatility.ValueType;
import java.util.concurrent.atomic.LongAdder;

/**
 * One declaration of what changes from answer to answer, and what it still has to be.
 *
 * <p><b>Threads:</b> any; uses are counted.
 */
public final class VolatileRule implements CountedRule {
  private final RuleLine at;
  private final EndpointPattern endpoint;
  private final Subject subject;
  private final ValueType type;
  private final boolean nullable;
  private final boolean optional;
  private final LongAdder uses = new LongAdder();

  VolatileRule(
      RuleLine at,
      EndpointPattern endpoint,
      Subject subject,
      ValueType type,
      boolean nullable,
      boolean optional) {
    this.at = at;
    this.endpoint = endpoint;
    this.subject = subject;
    this.type = type;
    this.nullable = nullable;
    this.optional = optional;
  }

  @Override
  public RuleLine at() {
    return at;
  }

  @Override
  public String description() {
    String what = "volatile " + subject.text() + " as " + type.name();
    return endpoint.text().isEmpty() ? what : what + " of " + endpoint.text();
  }

  /** Returns whether the rule is for answers to that request. */
  public boolean isFor(String method, String target) {
    return endpoint.matches(method, target);
  }

  /** Returns which values it is about. */
  public Subject subject() {
    return subject;
  }

  /** Returns what these still have to be. */
  public ValueType type() {
    return type;
  }

  /** Returns whether a JSON value may be null instead. */
  public boolean nullable() {
    return nullable;
  }

  /** Returns whether a member, field, cookie or attribute may be missing instead. */
  public boolean optional() {
    return optional;
  }

  /** Counts that it applied to something. */
  public void used() {
    uses.increment();
  }

  @Override
  public long uses() {
    return uses.sum();
  }
}
