// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.replayer.rules.ReplayRules;

/**
 * How answers are compared.
 *
 * @param rules what people declared that may differ
 * @param noise what was found to change
 * @param includeSecrets whether differences show credentials, cookies and tokens
 * @param maxDifferences how many of one body are reported, at least 1; the rest is counted
 */
public record ComparatorOptions(
    ReplayRules rules, ReplayRules noise, boolean includeSecrets, int maxDifferences) {
  /** Default of {@link #maxDifferences}. */
  public static final int DEFAULT_MAX_DIFFERENCES = 100;

  public ComparatorOptions {
    if (maxDifferences < 1) {
      throw new IllegalArgumentException("maxDifferences=" + maxDifferences);
    }
  }

  /** Makes options of rules alone. */
  public ComparatorOptions(ReplayRules rules, boolean includeSecrets, int maxDifferences) {
    this(rules, ReplayRules.NONE, includeSecrets, maxDifferences);
  }

  /** Returns the same options with what was found to change. */
  public ComparatorOptions withNoise(ReplayRules found) {
    return new ComparatorOptions(rules, found, includeSecrets, maxDifferences);
  }

  /** Returns what people declared and what was found, together. */
  public ReplayRules all() {
    return rules.with(noise.volatiles(), noise.unordered());
  }

  /** Returns the options of a user who gave none. */
  public static ComparatorOptions defaults() {
    return new ComparatorOptions(ReplayRules.NONE, false, DEFAULT_MAX_DIFFERENCES);
  }
}
