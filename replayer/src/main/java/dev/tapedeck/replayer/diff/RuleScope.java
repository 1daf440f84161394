// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.replayer.rules.IgnoreRule;
import dev.tapedeck.replayer.rules.ReplayRules;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The rules for the answers to one request, with what they excused there. */
final class RuleScope {
  private final List<IgnoreRule> rules;
  private int excused;

  RuleScope(ReplayRules rules, String method, String target) {
    this.rules = rules.ignore().stream().filter(rule -> rule.isFor(method, target)).toList();
  }

  /** Returns how many mismatches were excused. */
  int excused() {
    return excused;
  }

  /** Returns whether a mismatch of the field, name in lower case, is excused. */
  boolean ignoresHeader(String name) {
    for (IgnoreRule rule : rules) {
      Pattern header = rule.header();
      if (header != null && header.matcher(name).matches()) {
        rule.used();
        excused++;
        return true;
      }
    }
    return false;
  }

  /** Returns whether a mismatch of the body is excused. */
  boolean ignoresBody() {
    for (IgnoreRule rule : rules) {
      if (rule.wholeBody()) {
        rule.used();
        excused++;
        return true;
      }
    }
    return false;
  }

  /** Takes the values that may differ out of both documents. */
  void prune(JsonNode baseline, JsonNode actual) {
    for (IgnoreRule rule : rules) {
      JsonPathPattern path = rule.path();
      if (path != null) {
        List<JsonNode> before = JsonPruner.prune(baseline, path);
        List<JsonNode> now = JsonPruner.prune(actual, path);
        if (!before.isEmpty() || !now.isEmpty()) {
          rule.used();
        }
        if (!before.equals(now)) {
          excused++;
        }
      }
    }
  }

  /** Returns the text without its parts that may differ. */
  String strip(String text) {
    String stripped = text;
    for (IgnoreRule rule : rules) {
      Pattern part = rule.text();
      if (part != null) {
        String shorter = part.matcher(stripped).replaceAll("");
        if (!shorter.equals(stripped)) {
          rule.used();
          stripped = shorter;
        }
      }
    }
    return stripped;
  }
}
