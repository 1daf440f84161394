// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.replayer.splice.EditableRequest;
import java.util.concurrent.atomic.LongAdder;

/**
 * One declaration of what is changed in requests before they are sent.
 *
 * <p><b>Threads:</b> any; uses are counted.
 */
public final class RewriteRule implements CountedRule {
  private final RuleLine at;
  private final String description;
  private final EndpointPattern endpoint;
  private final Rewrite rewrite;
  private final LongAdder uses = new LongAdder();

  RewriteRule(RuleLine at, String description, EndpointPattern endpoint, Rewrite rewrite) {
    this.at = at;
    this.description =
        endpoint.text().isEmpty() ? description : description + " of " + endpoint.text();
    this.endpoint = endpoint;
    this.rewrite = rewrite;
  }

  @Override
  public RuleLine at() {
    return at;
  }

  @Override
  public String description() {
    return description;
  }

  /** Returns whether the rule is for that request, as it was recorded. */
  public boolean isFor(String method, String target) {
    return endpoint.matches(method, target);
  }

  /** Changes a request that the rule is for. */
  public void apply(EditableRequest request) {
    if (rewrite.apply(request)) {
      uses.increment();
    }
  }

  @Override
  public long uses() {
    return uses.sum();
  }
}
