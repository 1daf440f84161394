// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What people declared about a replay.
 *
 * @param rewrite what is changed in requests, in the order of the file
 * @param ignore what may differ
 */
public record ReplayRules(List<RewriteRule> rewrite, List<IgnoreRule> ignore) {
  /** No rules. */
  public static final ReplayRules NONE = new ReplayRules(List.of(), List.of());

  public ReplayRules {
    rewrite = List.copyOf(rewrite);
    ignore = List.copyOf(ignore);
  }

  /** Returns the rules that applied to nothing so far, by line. */
  public List<CountedRule> unused() {
    List<CountedRule> unused = new ArrayList<>(rewrite);
    unused.addAll(ignore);
    unused.removeIf(rule -> rule.uses() > 0);
    unused.sort(Comparator.comparingInt(CountedRule::line));
    return unused;
  }
}
