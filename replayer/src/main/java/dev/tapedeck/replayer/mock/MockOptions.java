// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.replayer.plan.ServerPattern;
import dev.tapedeck.replayer.rules.MockRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How recorded answers are chosen and given.
 *
 * @param rules how requests are matched
 * @param filter which recorded exchanges are served; null for all
 * @param notOf the recorded server that is under test, whose own answers are not served; null for
 *     none
 * @param usedUp what comes more often than recorded
 * @param latencyScale answers take as long as recorded divided by this; 0 for no wait
 * @param includeSecrets whether misses show credentials and tokens
 */
public record MockOptions(
    List<MockRule> rules,
    @Nullable Filter filter,
    @Nullable ServerPattern notOf,
    UsedUp usedUp,
    double latencyScale,
    boolean includeSecrets) {
  public MockOptions {
    rules = List.copyOf(rules);
    if (!(latencyScale >= 0)) {
      throw new IllegalArgumentException("latencyScale=" + latencyScale);
    }
  }

  /** Returns those of a user who gave none. */
  public static MockOptions defaults() {
    return new MockOptions(List.of(), null, null, UsedUp.AUTO, 0, false);
  }
}
