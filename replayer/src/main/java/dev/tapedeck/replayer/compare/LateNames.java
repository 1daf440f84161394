// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Comparisons of a replay beside which something finds out what values are called now. It is told
 * what each answer shows when that came; the comparisons wait, so that what it makes of all of them
 * counts.
 *
 * <p><b>Threads:</b> any; it is told on one thread of this object.
 *
 * <p><b>Limits:</b> {@value #MOST} comparisons wait, and as many answers to be told of; beyond, the
 * thread that brought an answer tells of it.
 */
final class LateNames implements AutoCloseable {
  private static final int MOST = 4096;

  private final HeldComparisons held;
  private final Consumer<Map<String, String>> names;
  private final AtomicReference<@Nullable RuntimeException> defect = new AtomicReference<>();
  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MOST),
          task -> {
            Thread thread = new Thread(task, "replayer-names");
            thread.setDaemon(true);
            return thread;
          },
          new ThreadPoolExecutor.CallerRunsPolicy());

  /**
   * Makes one that holds nothing.
   *
   * @param mostBytes of the answers together whose comparisons wait
   * @param names is told which values stand where recorded ones stood
   */
  LateNames(long mostBytes, Consumer<Map<String, String>> names) {
    this.held = new HeldComparisons(MOST, mostBytes);
    this.names = names;
  }

  /** Tells of an answer to a request. */
  void tell(PlannedRequest request, HttpResponse answer) {
    executor.execute(
        () -> {
          try {
            tellOf(request, answer);
          } catch (RuntimeException e) {
            defect.compareAndSet(null, e);
          }
        });
  }

  private void tellOf(PlannedRequest request, HttpResponse answer) {
    HttpResponse recorded = request.exchange().bodies().response(request.exchange().exchange());
    if (recorded != null && recorded.status() == answer.status()) {
      names.accept(ShownValues.of(recorded, Answers.decoded(answer)));
    }
  }

  /** Holds a comparison; returns those that need not wait any more. */
  List<Runnable> hold(long bytes, Runnable comparison) {
    return held.add(bytes, comparison);
  }

  /** Returns all comparisons that wait, when all was told. */
  List<Runnable> release() throws InterruptedException {
    executor.shutdown();
    if (!executor.awaitTermination(1, TimeUnit.HOURS)) {
      throw new IllegalStateException("names are not told to the end");
    }
    RuntimeException failure = defect.get();
    if (failure != null) {
      throw failure;
    }
    return held.release();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
