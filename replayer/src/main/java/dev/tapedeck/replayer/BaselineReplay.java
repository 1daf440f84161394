// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.learn.AnswerStore;
import dev.tapedeck.replayer.learn.NoiseFinder;
import dev.tapedeck.replayer.learn.NoiseThresholds;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import dev.tapedeck.replayer.rules.ReplayRules;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the answers of a target with those of another one, in place of the recorded ones.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class BaselineReplay {
  private final Sender sender;
  private final Sender.Receiver target;
  private final Sender.Receiver baseline;

  /**
   * Makes one.
   *
   * @param target with the noise that is known already
   */
  public BaselineReplay(Sender sender, Sender.Receiver target, Sender.Receiver baseline) {
    this.sender = sender;
    this.target = target;
    this.baseline = baseline;
  }

  /**
   * Sends everything twice to the baseline, which shows what changes by itself, then to the target.
   *
   * @param finder of the sender's plan; what it learns counts as noise
   */
  public ReplayReport run(NoiseFinder finder, NoiseThresholds thresholds)
      throws IOException, InterruptedException {
    try (AnswerStore first = new AnswerStore();
        AnswerStore second = new AnswerStore()) {
      Sender.Kept one = sender.keep(baseline, first);
      Sender.Kept other = sender.keep(baseline, second);
      finder.trials(one.trial(), other.trial());
      Replayer replayer = compared(one, finder.learned().rules());
      replayer.dismissing(different -> finder.dismissed(thresholds, different));
      return sender.send(replayer);
    }
  }

  /**
   * Sends everything once to each, where it is known what changes by itself.
   *
   * @param endpoints by which differences are grouped
   */
  public ReplayReport runOnce(PlanEndpoints endpoints) throws IOException, InterruptedException {
    try (AnswerStore answers = new AnswerStore()) {
      Sender.Kept kept = sender.keep(baseline, answers);
      return sender.send(compared(kept, ReplayRules.NONE).groupedBy(endpoints));
    }
  }

  private Replayer compared(Sender.Kept kept, ReplayRules found) {
    ReplayOptions options = target.options();
    List<RequestResult> results = kept.report().results();
    return sender
        .replayer(target.with(options.withNoise(options.comparison().noise().and(found))))
        .comparingWith(
            names -> kept.trial().baseline(options.target(), names),
            number -> nanos(results.get(number)));
  }

  private static @Nullable Long nanos(RequestResult result) {
    Long sent = result.sentNanos();
    Long ended = result.endedNanos();
    return sent == null || ended == null || !result.answered() ? null : ended - sent;
  }
}
