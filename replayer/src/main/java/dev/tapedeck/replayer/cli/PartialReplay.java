// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.BaselineReplay;
import dev.tapedeck.replayer.Replayer;
import dev.tapedeck.replayer.Sender;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.minimize.Minimizer;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.rules.RewriteRule;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Sends parts of what was replayed once more, in recorded order and as fast as the target answers,
 * and judges them as the whole was judged: with the same noise and the same endpoints.
 *
 * @param whole what was sent
 * @param target with the noise that was found
 * @param baseline whose answers are compared with; null for the recorded ones
 * @param around takes a replayer and gives it what it needs around it
 */
record PartialReplay(
    SelectOptions select,
    PlanOptions planned,
    ReplayPlan whole,
    List<RewriteRule> rewrite,
    Sender.Receiver target,
    Sender.@Nullable Receiver baseline,
    UnaryOperator<Replayer> around,
    StopSignal stop)
    implements Minimizer.Trial {
  @Override
  public ReplayReport run(Selection some) throws IOException, InterruptedException {
    PlanOptions fast =
        PlanOptions.newBuilder()
            .pace(Pace.MAX)
            .allowUnsafe(planned.allowUnsafe())
            .allowIncomplete(planned.allowIncomplete())
            .pooledConnections(planned.pooledConnections())
            .build();
    PlannedFlows flows = select.flows(ReplayPlan.of(some, fast).inRecordedOrder());
    PlanEndpoints endpoints = PlanEndpoints.of(whole);
    Sender sender = new Sender(flows, rewrite, this::send);
    ReplayReport report =
        baseline == null
            ? sender.send(sender.replayer(target).groupedBy(endpoints))
            : new BaselineReplay(sender, target, baseline).runOnce(endpoints);
    if (report.stopped() == SkipReason.INTERRUPTED) {
      throw new CommandFailure(
          ExitCode.DIFFERENT, "stopped while minimizing; nothing was written, run it again");
    }
    return report;
  }

  private ReplayReport send(Replayer replayer) throws IOException, InterruptedException {
    stop.onStop(replayer::stop);
    return around.apply(replayer).run(progress -> {});
  }
}
