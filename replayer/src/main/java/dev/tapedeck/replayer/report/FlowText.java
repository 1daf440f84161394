// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.flow.Flow;
import dev.tapedeck.replayer.flow.FlowUse;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Value flows for people, without the values, at most 80 columns wide. */
public final class FlowText {
  private static final int COLUMNS = 80;

  private FlowText() {}

  /**
   * Returns the lines of a plan's flows, none when it has none.
   *
   * @param lost flows that are not carried over, see {@link PlannedFlows#lost}
   */
  public static List<String> lines(PlannedFlows flows, List<Flow> lost) {
    List<String> lines = new ArrayList<>();
    List<PlannedRequest> requests = flows.plan().requests();
    if (!flows.flows().isEmpty()) {
      lines.add("");
      lines.add("FLOWS");
      for (Flow flow : flows.flows()) {
        add(lines, flow, requests.get(flow.mint()).exchange().id(), requests);
      }
    }
    if (!lost.isEmpty()) {
      lines.add("");
      lines.add("SENT AS RECORDED, because what mints it is not sent");
      for (Flow flow : lost) {
        add(lines, flow, flows.plan().skipped().get(flow.mint()).exchange().id(), requests);
      }
    }
    return lines;
  }

  private static void add(
      List<String> lines, Flow flow, String mint, List<PlannedRequest> requests) {
    String place = SafeText.escape(flow.extractors().get(0).toString());
    String what = flow.confidence().jsonName() + ", " + flow.shape();
    lines.add(cut(String.format(Locale.ROOT, "%-7s %-42s %s", mint, place, what)));
    for (FlowUse use : flow.uses()) {
      String to = requests.get(use.exchange()).exchange().id();
      lines.add(cut("        -> " + to + " " + SafeText.escape(use.place().toString())));
    }
  }

  private static String cut(String line) {
    return Columns.cut(line, COLUMNS).stripTrailing();
  }
}
