// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Threads that work on shards together with the one that asks them to.
 *
 * <p><b>Threads:</b> used by one thread, which also closes it; helpers work only during {@link
 * #work}.
 */
final class Team implements AutoCloseable {
  private static final int WORTH_HELP_EVENTS = 256;

  private final Shard[] shards;
  private final int helpers;
  private final ExecutorService pool;

  /** Makes a team of so many helpers. */
  Team(Shard[] shards, int helpers) {
    this.shards = shards;
    this.helpers = helpers;
    AtomicInteger number = new AtomicInteger();
    this.pool =
        Executors.newFixedThreadPool(
            helpers,
            task -> {
              Thread thread = new Thread(task, "tapedeck-parse-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Has each shard worked on once, and returns when all are done.
   *
   * @param events how many there are to work on: few are not worth waking helpers for
   */
  void work(Consumer<Shard> task, int events) {
    if (events < WORTH_HELP_EVENTS) {
      for (Shard shard : shards) {
        task.accept(shard);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          for (int i = next.getAndIncrement(); i < shards.length; i = next.getAndIncrement()) {
            task.accept(shards[i]);
          }
        };
    List<Future<?>> pending = new ArrayList<>(helpers);
    for (int i = 0; i < helpers; i++) {
      pending.add(pool.submit(share));
    }
    share.run();
    boolean interrupted = false;
    for (Future<?> one : pending) {
      boolean done = false;
      while (!done) {
        try {
          one.get();
          done = true;
        } catch (InterruptedException e) {
          interrupted = true; // Shards must not be left half done: only computing is going on.
        } catch (ExecutionException e) {
          if (e.getCause() instanceof Error error) {
            throw error;
          }
          throw new IllegalStateException("parsing a batch of events", e.getCause());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
