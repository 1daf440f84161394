// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import java.util.List;

/**
 * What people declared about a replay.
 *
 * @param ignore what may differ
 */
public record ReplayRules(List<IgnoreRule> ignore) {
  /** No rules. */
  public static final ReplayRules NONE = new ReplayRules(List.of());

  public ReplayRules {
    ignore = List.copyOf(ignore);
  }

  /** Returns the rules that applied to nothing so far. */
  public List<IgnoreRule> unused() {
    return ignore.stream().filter(rule -> rule.uses() == 0).toList();
  }
}
