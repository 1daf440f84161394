// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.compare.Answers;
import dev.tapedeck.replayer.compare.Baseline;
import dev.tapedeck.replayer.engine.AnswerListener;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the answers of a replay, by the requests' numbers; large bodies on the disk.
 *
 * <p><b>Threads:</b> any.
 */
public final class AnswerStore implements AnswerListener, AutoCloseable {
  private final BodyStore bodies = BodyStore.ofDefaultSize();
  private final Clock clock = Clock.systemUTC();

  /** Guarded by this. */
  private final Map<Integer, Kept> answers = new HashMap<>();

  /** Guarded by this. */
  private @Nullable IOException failure;

  private record Kept(Exchange exchange, long cameEpochNanos) {}

  @Override
  public void answered(PlannedRequest request, HttpResponse answer) {
    Instant now = clock.instant();
    long came = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    Exchange exchange =
        request.exchange().exchange().toBuilder()
            .request(null)
            .response(answer)
            .interim(List.of())
            .messages(List.of())
            .build();
    synchronized (this) {
      try {
        answers.put(request.number(), new Kept(bodies.keep(exchange), came));
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  /**
   * Returns the answer to a request; null when there is none.
   *
   * @throws IOException when answers could not be kept
   */
  public synchronized Baseline.@Nullable Answer of(int number) throws IOException {
    if (failure != null) {
      throw new IOException("answers cannot be set aside", failure);
    }
    Kept kept = answers.get(number);
    HttpResponse response = kept == null ? null : bodies.response(kept.exchange());
    return kept == null || response == null
        ? null
        : new Baseline.Answer(Answers.decoded(response), kept.cameEpochNanos());
  }

  /** Deletes what was set aside. */
  @Override
  public void close() throws IOException {
    bodies.close();
  }
}
