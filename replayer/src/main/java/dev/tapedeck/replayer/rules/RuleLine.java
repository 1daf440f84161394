// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.RulesDocument;

/**
 * Where a rule stands.
 *
 * @param file its name as it was given
 * @param line where the rule begins, from 1
 */
public record RuleLine(String file, int line) {
  /** Of rules that stand in no file. */
  static final RuleLine NONE = new RuleLine("", 0);

  static RuleLine of(RulesDocument.Entries rule) {
    return new RuleLine(rule.file(), rule.line());
  }

  /** Returns it as compilers write it: {@code rules.yaml:7}. */
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
