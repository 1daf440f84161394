// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.replayer.rules.ReplayRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was found to change from answer to answer.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class Learned {
  private static final int MAX_LINES = 200;

  private final RulesWriter writer;
  private final ReplayRules rules;
  private final Map<String, Integer> steady;
  private final Map<String, Integer> unstable;

  Learned(
      RulesWriter writer,
      ReplayRules rules,
      Map<String, Integer> steady,
      Map<String, Integer> unstable) {
    this.writer = writer;
    this.rules = rules;
    this.steady = new TreeMap<>(steady);
    this.unstable = new TreeMap<>(unstable);
  }

  /** Returns the rules. */
  public ReplayRules rules() {
    return rules;
  }

  /** Returns how many rules there are. */
  public int count() {
    return writer.rules();
  }

  /** Returns what differs from the recording, the same each time, and how often: no noise. */
  public Map<String, Integer> steady() {
    return steady;
  }

  /** Returns what changes but cannot be told by a rule, and how often. */
  public Map<String, Integer> unstable() {
    return unstable;
  }

  /**
   * Returns a rules file for review. It holds no value of any answer.
   *
   * @param comments lines for its head
   * @param latency how slow endpoints may be: the lines of each rule after its endpoint
   */
  public String yaml(List<String> comments, Map<String, String> latency) {
    List<String> lines = new ArrayList<>(comments);
    section(lines, "Changes each time, but no rule can tell how; runs will report it:", unstable);
    section(
        lines,
        "Other than recorded, the same each time, so no noise; runs will report it:",
        steady);
    return writer.yaml(lines, latency);
  }

  private static void section(List<String> lines, String title, Map<String, Integer> places) {
    if (places.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add(title);
    places.entrySet().stream()
        .limit(MAX_LINES)
        .forEach(place -> lines.add("  " + place.getValue() + " x " + printable(place.getKey())));
    if (places.size() > MAX_LINES) {
      lines.add("  and " + (places.size() - MAX_LINES) + " more");
    }
  }

  /** A line break would end the comment. */
  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "?");
  }
}
