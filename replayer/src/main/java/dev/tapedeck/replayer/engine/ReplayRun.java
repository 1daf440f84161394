// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayProgress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the event loops of one replay share: the clock, the account, and the end.
 *
 * <p>Every planned request is settled exactly once: answered, failed or skipped. When all are, the
 * replay is over.
 *
 * <p><b>Threads:</b> any, but each request is settled by the event loop of its connection.
 */
final class ReplayRun {
  private static final int SERVER_ERROR = 500;

  private final ReplayPlan plan;
  private final ReplayOptions options;
  private final NanoClock clock;
  private final long originNanos;
  private final Timings timings;
  private final RequestSplicer splicer;
  private final List<AnswerListener> listeners;
  private final Readiness readiness;
  private final ReadAhead readAhead;
  private final @Nullable FailureReason[] failures;
  private final @Nullable SkipReason[] skips;
  private final AtomicInteger unsettled;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final ErrorStorm errors;
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger reopened = new AtomicInteger();
  private final AtomicLong recentLateness = new AtomicLong();
  private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
  private volatile @Nullable SkipReason stop;

  ReplayRun(
      ReplayPlan plan,
      ReplayOptions options,
      NanoClock clock,
      long originNanos,
      ReadAhead readAhead,
      RequestSplicer splicer,
      List<AnswerListener> listeners) {
    this.plan = plan;
    this.options = options;
    this.clock = clock;
    this.originNanos = originNanos;
    this.readAhead = readAhead;
    this.splicer = splicer;
    this.listeners = List.copyOf(listeners);
    this.readiness = new Readiness(plan);
    this.errors = new ErrorStorm(options.maxErrors());
    int count = plan.requests().size();
    this.timings = new Timings(count);
    this.failures = new FailureReason[count];
    this.skips = new SkipReason[count];
    this.unsettled = new AtomicInteger(count);
    if (count == 0) {
      over.complete(null);
    }
  }

  ReplayPlan plan() {
    return plan;
  }

  ReplayOptions options() {
    return options;
  }

  Timings timings() {
    return timings;
  }

  /** Returns nanoseconds from the origin. */
  long now() {
    return clock.nanoTime() - originNanos;
  }

  /** Returns why nothing more is sent; null while requests are. */
  @Nullable SkipReason stopReason() {
    return stop;
  }

  /** Ends sending; what is on its way is still awaited for a short time. */
  void stop(SkipReason reason) {
    if (stop == null) {
      stop = reason;
    }
  }

  /** Ends the replay because of a defect of ours. */
  void crash(RuntimeException defect) {
    over.completeExceptionally(defect);
  }

  /** Completes when every request is settled. */
  CompletableFuture<@Nullable Void> over() {
    return over;
  }

  void countOpened(boolean again) {
    opened.incrementAndGet();
    if (again) {
      reopened.incrementAndGet();
    }
  }

  /** Returns what is sent for the request. */
  OutgoingRequest splice(PlannedRequest request) {
    return splicer.splice(request, readAhead.take(request));
  }

  Readiness readiness() {
    return readiness;
  }

  /** A request is sent now; returns when that is. */
  long sent(PlannedRequest request, long readyNanos) {
    long now = now();
    timings.sent(request.number(), readyNanos, now);
    sent.incrementAndGet();
    long lateness = now - Math.max(request.dueNanos(), readyNanos);
    if (lateness > recentLateness.get()) {
      recentLateness.accumulateAndGet(lateness, Math::max);
    }
    return now;
  }

  void answered(PlannedRequest request, HttpResponse answer, long nanos) {
    judge(request, answer);
    for (AnswerListener listener : listeners) {
      listener.answered(request, answer);
    }
    settle(request, nanos);
  }

  /** Returns what is sent as a message; null while something that it depends on has not come. */
  @Nullable Bytes message(PlannedRequest request, int index, Bytes recorded) {
    return splicer.message(request, index, recorded);
  }

  /** The target sent a message in a conversation. */
  void heard(PlannedRequest request, int index, StreamMessage message) {
    for (AnswerListener listener : listeners) {
      listener.heard(request, index, message);
    }
    if (splicer.hasSaidAll(request)) {
      readiness.settled(request.number(), now());
    }
  }

  void conversed(PlannedRequest request, HttpResponse answer, List<StreamMessage> messages) {
    judge(request, answer);
    for (AnswerListener listener : listeners) {
      listener.conversed(request, answer, messages);
    }
    settle(request, now());
  }

  private void judge(PlannedRequest request, HttpResponse answer) {
    answered.incrementAndGet();
    HttpResponse baseline = request.exchange().exchange().response();
    countError(
        answer.status() >= SERVER_ERROR && (baseline == null || baseline.status() < SERVER_ERROR));
  }

  void failed(PlannedRequest request, FailureReason reason) {
    failures[request.number()] = reason;
    failed.incrementAndGet();
    countError(true);
    settle(request, now());
  }

  void skipped(PlannedRequest request, SkipReason reason) {
    skips[request.number()] = reason;
    settle(request, now());
  }

  private void countError(boolean error) {
    if (errors.settled(error)) {
      stop(SkipReason.STOPPED_BY_ERRORS);
    }
  }

  private void settle(PlannedRequest request, long nanos) {
    readiness.settled(request.number(), nanos);
    if (unsettled.decrementAndGet() == 0) {
      over.complete(null);
    }
  }

  /** Returns why the request failed; null when it did not. After the run. */
  @Nullable FailureReason failure(int number) {
    return failures[number];
  }

  /** Returns why the request was not sent; null when it was. After the run. */
  @Nullable SkipReason skip(int number) {
    return skips[number];
  }

  int connectionsOpened() {
    return opened.get();
  }

  int connectionsReopened() {
    return reopened.get();
  }

  ReplayProgress progress() {
    return new ReplayProgress(
        plan.requests().size(),
        sent.get(),
        answered.get(),
        failed.get(),
        errors.errors(),
        recentLateness.getAndSet(0),
        now());
  }
}
