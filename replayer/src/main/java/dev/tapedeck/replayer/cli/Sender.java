// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.Replayer;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.learn.AnswerStore;
import dev.tapedeck.replayer.learn.Trial;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.rules.RewriteRule;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** Sends one plan, as often as a command needs, with the progress shown. */
final class Sender {
  private final ReplayerCommand root;
  private final StopSignal stop;
  private final PlannedFlows flows;
  private final List<RewriteRule> rewrite;

  Sender(ReplayerCommand root, StopSignal stop, PlannedFlows flows, List<RewriteRule> rewrite) {
    this.root = root;
    this.stop = stop;
    this.flows = flows;
    this.rewrite = rewrite;
  }

  ReplayPlan plan() {
    return flows.plan();
  }

  Replayer replayer(ReplayOptions options, InetSocketAddress address) {
    return new Replayer(flows.plan(), options, address).carrying(flows, rewrite);
  }

  ReplayReport send(Replayer replayer) throws IOException, InterruptedException {
    ProgressLine progress = new ProgressLine(root);
    stop.onStop(replayer::stop);
    try {
      return replayer.run(progress::show);
    } finally {
      progress.clear();
    }
  }

  /**
   * A sending whose answers are kept.
   *
   * @param report what came of it
   * @param trial the answers
   */
  record Kept(ReplayReport report, Trial trial) {}

  /** Sends everything and keeps the answers. */
  Kept keep(ReplayOptions options, InetSocketAddress address, AnswerStore answers)
      throws IOException, InterruptedException {
    Replayer replayer = replayer(options, address).listener(answers);
    ReplayReport report = send(replayer);
    return new Kept(report, new Trial(options.target(), answers, replayer.names()));
  }
}
