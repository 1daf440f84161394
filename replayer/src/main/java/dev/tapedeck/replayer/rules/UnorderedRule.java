// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One declaration of JSON arrays whose order means nothing.
 *
 * <p><b>Threads:</b> any; uses are counted.
 */
public final class UnorderedRule implements CountedRule {
  private final RuleLine at;
  private final EndpointPattern endpoint;
  private final JsonPathPattern path;
  private final @Nullable String key;
  private final LongAdder uses = new LongAdder();

  UnorderedRule(RuleLine at, EndpointPattern endpoint, JsonPathPattern path, @Nullable String key) {
    this.at = at;
    this.endpoint = endpoint;
    this.path = path;
    this.key = key;
  }

  @Override
  public RuleLine at() {
    return at;
  }

  @Override
  public String description() {
    String what = "unordered " + path.text();
    return endpoint.text().isEmpty() ? what : what + " of " + endpoint.text();
  }

  /** Returns whether the rule is for answers to that request. */
  public boolean isFor(String method, String target) {
    return endpoint.matches(method, target);
  }

  /** Returns which arrays. */
  public JsonPathPattern path() {
    return path;
  }

  /** Returns the member by which elements belong together; null when all of them counts. */
  public @Nullable String key() {
    return key;
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
