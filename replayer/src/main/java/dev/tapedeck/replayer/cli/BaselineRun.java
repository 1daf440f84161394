// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.Replayer;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.learn.AnswerStore;
import dev.tapedeck.replayer.learn.NoiseFinder;
import dev.tapedeck.replayer.learn.NoiseThresholds;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a target with another one: that is sent everything twice, which shows what changes by
 * itself, then the target is.
 */
final class BaselineRun {
  private final Sender sender;
  private final SendOptions send;
  private final NoiseThresholds thresholds;

  BaselineRun(Sender sender, SendOptions send, NoiseThresholds thresholds) {
    this.sender = sender;
    this.send = send;
    this.thresholds = thresholds;
  }

  ReplayReport run(
      ReplayOptions options,
      InetSocketAddress address,
      ReplayOptions baselineOptions,
      InetSocketAddress baselineAddress)
      throws IOException, InterruptedException {
    try (AnswerStore first = new AnswerStore();
        AnswerStore second = new AnswerStore()) {
      Sender.Kept one = sender.keep(baselineOptions, baselineAddress, first);
      Sender.Kept other = sender.keep(baselineOptions, baselineAddress, second);
      NoiseFinder finder = new NoiseFinder(sender.plan(), options.comparison(), send.keepHost());
      finder.repeats();
      finder.trials(one.trial(), other.trial());
      List<RequestResult> results = one.report().results();
      Replayer replayer =
          sender
              .replayer(options.withNoise(finder.learned().rules()), address)
              .comparingWith(
                  names -> one.trial().baseline(options.target(), names),
                  number -> nanos(results.get(number)))
              .dismissing(different -> finder.dismissed(thresholds, different));
      return sender.send(replayer);
    }
  }

  private static @Nullable Long nanos(RequestResult result) {
    Long sent = result.sentNanos();
    Long ended = result.endedNanos();
    return sent == null || ended == null || !result.answered() ? null : ended - sent;
  }
}
