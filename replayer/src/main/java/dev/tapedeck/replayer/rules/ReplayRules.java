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
 * @param volatiles what may change, but not into something else
 * @param unordered arrays whose order means nothing
 * @param latency how slow answers may be
 * @param mock how requests for mocked answers are matched
 */
public record ReplayRules(
    List<RewriteRule> rewrite,
    List<IgnoreRule> ignore,
    List<VolatileRule> volatiles,
    List<UnorderedRule> unordered,
    List<LatencyRule> latency,
    List<MockRule> mock) {
  /** No rules. */
  public static final ReplayRules NONE =
      new ReplayRules(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  public ReplayRules {
    rewrite = List.copyOf(rewrite);
    ignore = List.copyOf(ignore);
    volatiles = List.copyOf(volatiles);
    unordered = List.copyOf(unordered);
    latency = List.copyOf(latency);
    mock = List.copyOf(mock);
  }

  /** Returns the rules for a replay that applied to nothing so far, by file and line. */
  public List<CountedRule> unused() {
    List<CountedRule> unused = new ArrayList<>(rewrite);
    unused.addAll(ignore);
    unused.addAll(volatiles);
    unused.addAll(unordered);
    unused.addAll(latency);
    return unused(unused);
  }

  /** Returns the rules for mocks that applied to nothing so far, by file and line. */
  public List<CountedRule> unusedOfMocks() {
    return unused(new ArrayList<>(mock));
  }

  private static List<CountedRule> unused(List<CountedRule> unused) {
    unused.removeIf(rule -> rule.uses() > 0);
    unused.sort(
        Comparator.<CountedRule, String>comparing(rule -> rule.at().file())
            .thenComparingInt(rule -> rule.at().line()));
    return unused;
  }

  /** Returns these rules and, behind them, others: the first that is for something counts. */
  public ReplayRules and(ReplayRules others) {
    return new ReplayRules(
        joined(rewrite, others.rewrite),
        joined(ignore, others.ignore),
        joined(volatiles, others.volatiles),
        joined(unordered, others.unordered),
        joined(latency, others.latency),
        joined(mock, others.mock));
  }

  /** Returns these rules with more about what may change. */
  public ReplayRules with(List<VolatileRule> moreVolatiles, List<UnorderedRule> moreUnordered) {
    return and(
        new ReplayRules(List.of(), List.of(), moreVolatiles, moreUnordered, List.of(), List.of()));
  }

  /** Returns these rules and how slow answers to any other request may be, at any pace. */
  public ReplayRules withUsualLatency() {
    List<LatencyRule> usual = List.of(LatencyRule.defaults());
    return and(new ReplayRules(List.of(), List.of(), List.of(), List.of(), usual, List.of()));
  }

  private static <T> List<T> joined(List<T> some, List<T> others) {
    List<T> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }
}
