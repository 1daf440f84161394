// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * A difference with its values as they came: they may be secrets.
 *
 * @param difference for reports
 * @param baseline what was recorded; null when there was nothing, or no single value
 * @param actual what came now; null when there was nothing, or no single value
 */
public record Mismatch(
    Difference difference, @Nullable JsonNode baseline, @Nullable JsonNode actual) {
  private static final Pattern LINES = Pattern.compile("body:lines (\\d+)-\\d+");

  /** Returns a mismatch for each line when this is one of several lines, else this one. */
  public List<Mismatch> byLine() {
    Matcher lines = LINES.matcher(difference.path());
    if (baseline == null || actual == null || !lines.matches()) {
      return List.of(this);
    }
    String[] before = baseline.asString().split("\n", -1);
    String[] now = actual.asString().split("\n", -1);
    List<Mismatch> all = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      String path = "body:line " + (Integer.parseInt(lines.group(1)) + i);
      Difference one =
          new Difference(path, difference.kind(), difference.change(), before[i], now[i]);
      all.add(new Mismatch(one, StringNode.valueOf(before[i]), StringNode.valueOf(now[i])));
    }
    return all;
  }

  /** Says nothing of the values. */
  @Override
  public String toString() {
    return "Mismatch[" + difference.path() + " " + difference.change() + "]";
  }
}
