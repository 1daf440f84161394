// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.engine.AnswerListener;
import dev.tapedeck.replayer.engine.OutgoingRequest;
import dev.tapedeck.replayer.engine.RequestSplicer;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets a mock know how the replay beside it goes.
 *
 * <p><b>Threads:</b> any.
 */
public final class ReplayWatch implements LiveCalls, AnswerListener {
  private final Set<String> inFlight = ConcurrentHashMap.newKeySet();
  private volatile Synonyms synonyms = Synonyms.NONE;
  private volatile @Nullable CallBook book;

  /** Sets the mock that learns how values are called now. */
  public void mockedBy(CallBook mock) {
    book = mock;
  }

  /** Returns what the mock, if there is one, has learnt of how values are called now. */
  public Synonyms mocked() {
    CallBook mock = book;
    return mock == null ? Synonyms.NONE : new Mocked(mock);
  }

  private record Mocked(CallBook book) implements Synonyms {
    @Override
    public Set<String> of(String recorded) {
      return book.namesOf(recorded);
    }

    @Override
    public boolean allStay() {
      return book.allStay();
    }

    @Override
    public boolean stays(String recorded) {
      return book.stays(recorded);
    }
  }

  /** Lets the mock, if there is one, hear what the target's answers show. */
  public void hear(Map<String, String> shown) {
    CallBook mock = book;
    if (mock != null) {
      mock.hear(shown);
    }
  }

  /** Lets the mock, if there is one, hear what was learnt here since it was last asked. */
  public void reconcile() {
    CallBook mock = book;
    if (mock != null) {
      mock.reconcile();
    }
  }

  /**
   * Returns what makes the same requests, and takes note of when they are made.
   *
   * @param names what recorded values are called now
   */
  public RequestSplicer around(RequestSplicer splicer, Synonyms names) {
    inFlight.clear();
    synonyms = names;
    return new RequestSplicer() {
      @Override
      public OutgoingRequest splice(PlannedRequest request, HttpRequest recorded) {
        inFlight.add(request.exchange().id());
        return splicer.splice(request, recorded);
      }

      @Override
      public @Nullable Bytes message(PlannedRequest request, int index, Bytes recorded) {
        return splicer.message(request, index, recorded);
      }

      @Override
      public boolean hasSaidAll(PlannedRequest request) {
        return splicer.hasSaidAll(request);
      }
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
