// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.replayer.diff.Change;
import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.Everywhere;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Tells differences between two targets from what one of them differs from itself, where no rule
 * could tell how: a place counts when clearly more answers differ there than do so by themselves. A
 * value that is no longer of its type always counts, and so does what differs in another way than
 * by itself.
 *
 * @param relativePercent by how much more often it has to be, of both together
 * @param absolutePercent by how many more answers, of all of the endpoint
 */
public record NoiseThresholds(double relativePercent, double absolutePercent) {
  /** The usual ones. */
  public static final NoiseThresholds DEFAULTS = new NoiseThresholds(20, 0.03);

  private static final double PERCENT = 100;

  public NoiseThresholds {
    if (!(relativePercent >= 0) || !(absolutePercent >= 0)) {
      throw new IllegalArgumentException(
          "relativePercent=" + relativePercent + " absolutePercent=" + absolutePercent);
    }
  }

  /**
   * Names a place of an endpoint's answers and how it differs there: a text that is another one
   * each time has to be there and to be a text. What comes also goes.
   */
  static String key(String endpoint, Difference difference) {
    Change change = difference.change() == Change.ADDED ? Change.MISSING : difference.change();
    return endpoint + '\0' + difference.kind() + '\0' + change + '\0' + Everywhere.path(difference);
  }

  /** Counts in how many answers there is a difference at each place. */
  static final class Counts {
    private final Map<String, Integer> answers = new HashMap<>();

    void add(String endpoint, Iterable<Difference> differences) {
      Set<String> keys = new HashSet<>();
      differences.forEach(difference -> keys.add(key(endpoint, difference)));
      keys.forEach(key -> answers.merge(key, 1, Integer::sum));
    }

    int of(String key) {
      return answers.getOrDefault(key, 0);
    }
  }

  /**
   * Returns which differences are noise, by the requests' numbers.
   *
   * @param noise how often one target differs from itself
   * @param different what differs between two targets
   */
  BiPredicate<Integer, Difference> judge(
      ReplayPlan plan, PlanEndpoints endpoints, Counts noise, Map<Integer, Comparison> different) {
    Counts raw = new Counts();
    Map<String, Integer> totals = new HashMap<>();
    for (PlannedRequest request : plan.requests()) {
      String endpoint = endpoints.label(request.exchange());
      totals.merge(endpoint, 1, Integer::sum);
      Comparison comparison = different.get(request.number());
      if (comparison != null) {
        raw.add(endpoint, comparison.differences());
      }
    }
    return (number, difference) -> {
      String endpoint = endpoints.label(plan.requests().get(number).exchange());
      String key = key(endpoint, difference);
      double own = noise.of(key);
      double more = raw.of(key) - own;
      return own > 0
          && difference.change() != Change.FORMAT
          && (PERCENT * more / (raw.of(key) + own) <= relativePercent
              || PERCENT * more / totals.getOrDefault(endpoint, 1) <= absolutePercent);
    };
  }
}
