// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.flow.Flow;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SkippedExchange;
import dev.tapedeck.replayer.report.FlowText;
import dev.tapedeck.replayer.report.PlanJson;
import dev.tapedeck.replayer.report.PlanText;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what would be sent. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = "Shows what would be sent, when and in which order; sends nothing.",
    footer = {
      "",
      "Example:",
      "  replayer plan orders.tape --target http://127.0.0.1:8080 --pace x2"
    })
final class PlanCommand implements Callable<Integer> {
  private final ReplayerCommand root;

  @Mixin private SelectOptions select = new SelectOptions();

  @Mixin private TargetOptions target = new TargetOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private OutputFormat format = OutputFormat.TABLE;

  PlanCommand(ReplayerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Exception {
    var selection = select.selection();
    var planned = select.plan();
    var goal = target.target();
    try (CaptureInput input = CaptureInput.load(select, root)) {
      ReplayPlan plan = ReplayPlan.of(Selection.of(input.captures(), selection), planned);
      target.check(goal, input.captures());
      print(select.flows(plan));
      root.tell(
          plan.requests().size()
              + " of "
              + plan.recorded()
              + " exchanges would be sent on "
              + plan.connections().size()
              + " connections; nothing was sent");
      return input.damaged() ? ExitCode.DIFFERENT : ExitCode.OK;
    }
  }

  private void print(PlannedFlows flows) {
    ReplayPlan plan = flows.plan();
    List<Flow> lost = select.lost(flows);
    PrintStream out = root.terminal().out();
    switch (format) {
      case TABLE -> {
        out.println(PlanText.heading());
        for (PlannedRequest request : plan.requests()) {
          out.println(PlanText.request(request));
        }
        for (SkippedExchange skipped : plan.skipped()) {
          out.println(PlanText.skipped(skipped));
        }
        FlowText.lines(flows, lost).forEach(out::println);
      }
      case JSON -> out.println(PlanJson.plan(flows, lost));
      case NDJSON -> {
        for (PlannedRequest request : plan.requests()) {
          out.println(PlanJson.request(request));
        }
        for (SkippedExchange skipped : plan.skipped()) {
          out.println(PlanJson.skipped(skipped));
        }
      }
    }
  }
}
