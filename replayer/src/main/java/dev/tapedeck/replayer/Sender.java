// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

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

/**
 * Sends one plan, as often and to as many targets as it takes.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class Sender {
  private final PlannedFlows flows;
  private final List<RewriteRule> rewrite;
  private final Run run;

  /** Runs a replayer, with what a caller has around it: progress that is shown, a way to stop. */
  @FunctionalInterface
  public interface Run {
    /** Returns what came of it. */
    ReplayReport of(Replayer replayer) throws IOException, InterruptedException;
  }

  /**
   * A target.
   *
   * @param options how it is sent to
   * @param address resolved
   */
  public record Receiver(ReplayOptions options, InetSocketAddress address) {
    /** Returns the same with other options. */
    Receiver with(ReplayOptions others) {
      return new Receiver(others, address);
    }
  }

  /**
   * A sending whose answers are kept.
   *
   * @param report what came of it
   * @param trial the answers
   */
  public record Kept(ReplayReport report, Trial trial) {}

  /**
   * Makes a sender.
   *
   * @param flows with their plan
   * @param rewrite what is changed in requests
   */
  public Sender(PlannedFlows flows, List<RewriteRule> rewrite, Run run) {
    this.flows = flows;
    this.rewrite = List.copyOf(rewrite);
    this.run = run;
  }

  /** Returns what is sent. */
  public ReplayPlan plan() {
    return flows.plan();
  }

  /** Returns what sends everything to a target, once. */
  public Replayer replayer(Receiver target) {
    return new Replayer(flows.plan(), target.options(), target.address()).carrying(flows, rewrite);
  }

  /** Sends everything. */
  public ReplayReport send(Replayer replayer) throws IOException, InterruptedException {
    return run.of(replayer);
  }

  /** Sends everything and keeps the answers. */
  public Kept keep(Receiver target, AnswerStore answers) throws IOException, InterruptedException {
    Replayer replayer = replayer(target).listener(answers);
    ReplayReport report = send(replayer);
    return new Kept(report, new Trial(target.options().target(), answers, replayer.names()));
  }
}
