// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.diff.Renaming;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SelectedExchange;
import org.jspecify.annotations.Nullable;

/**
 * The answers that were recorded.
 *
 * @param synonyms what values of them are called now
 */
public record RecordedBaseline(ReplayOptions options, Synonyms synonyms) implements Baseline {
  @Override
  public @Nullable Answer of(PlannedRequest request) {
    SelectedExchange sent = request.exchange();
    HttpResponse whole = head(request) == null ? null : sent.bodies().response(sent.exchange());
    return whole == null ? null : new Answer(whole, sent.exchange().endedEpochNanos());
  }

  /** Returns the recorded answer, maybe without its body; null when it cannot be compared. */
  static @Nullable HttpResponse head(PlannedRequest request) {
    HttpResponse recorded = request.exchange().exchange().response();
    return recorded == null
            || recorded.status() == 0
            || recorded.completeness() == Completeness.TRUNCATED_START
        ? null
        : recorded;
  }

  @Override
  public Renaming renaming(PlannedRequest request) {
    return Answers.renaming(request, options.target(), options.keepHost(), synonyms);
  }
}
