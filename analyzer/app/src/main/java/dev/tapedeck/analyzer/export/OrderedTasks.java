// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Spreads tasks over threads and gives their results in the order of the tasks.
 *
 * <p>The thread that adds tasks works with the others where it would have to wait. With one thread
 * each task runs as it is added.
 *
 * <p><b>Lifecycle:</b> {@link #add}, {@link #finish}, {@link #close}, which drops what is left.
 * <b>Threads:</b> confined to one, which also takes the results; tasks run on any. <b>Limits:</b>
 * {@value #TASKS_A_THREAD} tasks for each thread are under way at a time.
 *
 * @param <T> what a task gives
 */
final class OrderedTasks<T> implements Closeable {
  private static final int TASKS_A_THREAD = 2;

  private final int limit;
  private final Sink<T> sink;
  private final @Nullable ExecutorService helpers;
  private final Deque<FutureTask<T>> underWay = new ArrayDeque<>();

  /** Takes results. */
  @FunctionalInterface
  interface Sink<T> {
    /** Takes the next one. */
    void take(T result) throws IOException;
  }

  /**
   * Starts helpers.
   *
   * @param threads with the calling one
   * @param name of the helpers
   */
  OrderedTasks(int threads, String name, Sink<T> sink) {
    this.limit = threads == 1 ? 0 : threads * TASKS_A_THREAD;
    this.sink = sink;
    AtomicInteger number = new AtomicInteger();
    this.helpers =
        threads == 1
            ? null
            : Executors.newFixedThreadPool(
                threads - 1,
                task -> {
                  Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                  thread.setDaemon(true);
                  return thread;
                });
  }

  /**
   * Adds a task.
   *
   * @throws IOException from an earlier task, or from the sink
   */
  void add(Callable<T> task) throws IOException {
    FutureTask<T> added = new FutureTask<>(task);
    underWay.addLast(added);
    if (helpers != null) {
      helpers.execute(added);
    }
    while (underWay.size() > limit) {
      takeFirst();
    }
  }

  /** Waits for all tasks. */
  void finish() throws IOException {
    while (!underWay.isEmpty()) {
      takeFirst();
    }
  }

  private void takeFirst() throws IOException {
    FutureTask<T> first = underWay.getFirst();
    for (FutureTask<T> task : underWay) {
      if (first.isDone()) {
        break;
      }
      // Does nothing for one that another thread has begun.
      task.run();
    }
    try {
      sink.take(first.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } finally {
      underWay.removeFirst();
    }
  }

  /** What a task threw is thrown as it is, to the caller that a single thread would have. */
  private static IOException failure(@Nullable Throwable cause) {
    if (cause instanceof IOException failure) {
      return failure;
    } else if (cause instanceof RuntimeException failure) {
      throw failure;
    } else if (cause instanceof Error failure) {
      throw failure;
    }
    return new IOException("a task failed", cause);
  }

  @Override
  public void close() {
    underWay.clear();
    if (helpers != null) {
      helpers.shutdownNow();
    }
  }
}
