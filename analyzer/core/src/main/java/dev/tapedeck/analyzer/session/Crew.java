// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of an analysis: helpers, and the one that asks them, which works with them whenever
 * it would have to wait. A thread takes its own tasks first, of which it has the data in its cache,
 * then those of nobody, then those of others, so that none waits while there is work.
 *
 * <p>A task only computes, and waits for nothing. One that fails ends the work: the asking thread
 * gets its exception.
 *
 * <p><b>Lifecycle:</b> {@link #start}, any number of tasks, {@link #close}, after which the helpers
 * have ended. <b>Threads:</b> tasks may be added by any of them; all else is the asking thread's.
 */
final class Crew implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** By thread, the asking one first. Guarded by {@code lock}, as all that follows. */
  private final List<Deque<Runnable>> own = new ArrayList<>();

  private final Deque<Runnable> anyones = new ArrayDeque<>();
  private final List<Thread> helpers = new ArrayList<>();
  private int idle;
  private int running;
  private boolean closed;
  private @Nullable RuntimeException failure;
  private @Nullable Error error;

  private Crew(int threads) {
    for (int i = 0; i < threads; i++) {
      own.add(new ArrayDeque<>());
    }
  }

  /** Starts a crew of so many threads, with the calling one. */
  static Crew start(int threads) {
    Crew crew = new Crew(threads);
    for (int i = 1; i < threads; i++) {
      int number = i;
      Thread thread = new Thread(() -> crew.help(number), "tapedeck-analyze-" + i);
      thread.setDaemon(true);
      crew.helpers.add(thread);
      thread.start();
    }
    return crew;
  }

  /** Returns how many threads work, with the asking one. */
  int size() {
    return helpers.size() + 1;
  }

  /**
   * Adds a task that one thread should do, if it has the time.
   *
   * @param number the same for tasks that should be done by the same thread
   */
  void own(int number, Runnable task) {
    add(own.get(number % own.size()), task);
  }

  /** Adds a task that any thread may do. */
  void anyones(Runnable task) {
    add(anyones, task);
  }

  private void add(Deque<Runnable> queue, Runnable task) {
    lock.lock();
    try {
      queue.add(task);
      wakeIdle();
    } finally {
      lock.unlock();
    }
  }

  /** Says that what the asking thread works for may be done. */
  void changed() {
    lock.lock();
    try {
      wakeIdle();
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock. */
  private void wakeIdle() {
    if (idle > 0) {
      changed.signalAll();
    }
  }

  /**
   * Works until something is done.
   *
   * @param done looked at before each task, and after {@link #changed}
   * @throws InterruptedIOException when the thread is interrupted
   */
  void workUntil(BooleanSupplier done) throws InterruptedIOException {
    lock.lock();
    try {
      throwIfEnded();
      while (!done.getAsBoolean()) {
        Runnable task = next(0);
        if (task != null) {
          run(task);
        } else {
          idle++;
          try {
            changed.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            idle--;
          }
        }
        throwIfEnded();
      }
    } finally {
      lock.unlock();
    }
  }

  private void throwIfEnded() throws InterruptedIOException {
    throwFailure();
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("the analysis was interrupted");
    }
  }

  private void throwFailure() {
    if (error != null) {
      throw error; // Such as memory that ran out: whoever called knows what to do.
    }
    if (failure != null) {
      throw new IllegalStateException("working on a part of a capture", failure);
    }
  }

  private void help(int number) {
    lock.lock();
    try {
      while (!closed) {
        Runnable task = next(number);
        if (task != null) {
          run(task);
        } else {
          idle++;
          changed.awaitUninterruptibly();
          idle--;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock. */
  private @Nullable Runnable next(int number) {
    Runnable task = own.get(number).poll();
    if (task == null) {
      task = anyones.poll();
    }
    for (int i = 1; task == null && i < own.size(); i++) {
      task = own.get((number + i) % own.size()).poll();
    }
    return task;
  }

  /** Called with the lock, which is free while the task runs. */
  private void run(Runnable task) {
    running++;
    lock.unlock();
    RuntimeException itsFailure = null;
    Error itsError = null;
    try {
      task.run();
    } catch (RuntimeException e) {
      itsFailure = e;
    } catch (Error e) {
      itsError = e;
    }
    lock.lock();
    running--;
    if (itsFailure != null || itsError != null) {
      failure = failure == null ? itsFailure : failure;
      error = error == null ? itsError : error;
      forget();
      wakeIdle();
    } else if (running == 0) {
      wakeIdle();
    }
  }

  /** Called with the lock. */
  private void forget() {
    own.forEach(Deque::clear);
    anyones.clear();
  }

  /** Forgets the tasks that have not begun, and waits for those that have. */
  void quiesce() {
    lock.lock();
    try {
      forget();
      while (running > 0) {
        idle++;
        changed.awaitUninterruptibly();
        idle--;
        forget();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    quiesce();
    lock.lock();
    try {
      closed = true;
      wakeIdle();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (Thread helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
