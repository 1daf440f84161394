// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

/** A rule that counts how often it applied: one that never did is most often a mistake. */
public interface CountedRule {
  /** Returns where the rule stands. */
  RuleLine at();

  /** Returns the rule in a few words, without any secret. */
  String description();

  /** Returns how often it applied. */
  long uses();
}
