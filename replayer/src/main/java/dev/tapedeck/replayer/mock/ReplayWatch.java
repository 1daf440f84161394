// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.engine.AnswerListener;
import dev.tapedeck.replayer.engine.RequestSplicer;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets a mock know how the replay beside it goes.
 *
 * <p><b>Threads:</b> any.
 */
public final class ReplayWatch implements LiveCalls, AnswerListener {
  private final Set<String> inFlight = ConcurrentHashMap.newKeySet();
  private volatile Synonyms synonyms = Synonyms.NONE;

  /**
   * Returns what makes the same requests, and takes note of when they are made.
   *
   * @param names what recorded values are called now
   */
  public RequestSplicer around(RequestSplicer splicer, Synonyms names) {
    inFlight.clear();
    synonyms = names;
    return (request, recorded) -> {
      inFlight.add(request.exchange().id());
      return splicer.splice(request, recorded);
    };
  }

  @Override
  public void answered(PlannedRequest request, HttpResponse answer) {
    inFlight.remove(request.exchange().id());
  }

  @Override
  public Set<String> inFlight() {
    return Set.copyOf(inFlight);
  }

  @Override
  public Synonyms synonyms() {
    return synonyms;
  }
}
