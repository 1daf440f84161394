// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does for the thread that drains the ring what waits for the disk: makes durable what was written,
 * every few seconds, and completes files that are full.
 *
 * <p><b>Lifecycle:</b> {@link #start}, then any of the others, {@link #close}, which completes what
 * was handed over before it returns.
 *
 * <p><b>Threads:</b> one of its own, which is never interrupted, for an interrupt would close the
 * file. The time between two syncs begins when the first has ended, so a slow disk is asked less
 * often. A writer that was handed over belongs to that thread from then on.
 *
 * <p><b>Errors:</b> kept until {@link #takeFailure} asks.
 */
final class FileKeeper implements AutoCloseable {
  private static final long FOREVER_MILLIS = Duration.ofDays(365).toMillis();

  private final long syncMillis;
  private final FinishedFiles finished;
  private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final Thread thread;
  private volatile @Nullable CaptureWriter current;
  private volatile boolean finishing;

  private FileKeeper(Duration syncInterval, FinishedFiles finished) {
    this.syncMillis = syncInterval.isZero() ? FOREVER_MILLIS : syncInterval.toMillis();
    this.finished = finished;
    this.thread = new Thread(this::run, "tapedeck-files");
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  static FileKeeper start(Duration syncInterval, FinishedFiles finished) {
    FileKeeper keeper = new FileKeeper(syncInterval, finished);
    keeper.thread.start();
    return keeper;
  }

  /** A file to complete, or the end. */
  private record Task(@Nullable Path file, @Nullable CaptureWriter writer) {}

  /** Makes this writer's file durable from now on, and no other. */
  void watch(CaptureWriter writer) {
    current = writer;
  }

  /** Returns whether a file that was handed over is not complete yet. */
  boolean isFinishing() {
    return finishing;
  }

  /** Hands a file over to be completed. */
  void finish(Path file, CaptureWriter writer) {
    finishing = true;
    tasks.add(new Task(file, writer));
  }

  /** Returns what failed since the last call, once; null when nothing did. */
  @Nullable IOException takeFailure() {
    return failure.getAndSet(null);
  }

  private void run() {
    try {
      while (true) {
        Task task = tasks.poll(syncMillis, TimeUnit.MILLISECONDS);
        if (task == null) {
          sync();
        } else if (task.writer() == null || task.file() == null) {
          return;
        } else {
          finishNow(task.file(), task.writer());
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("thread=" + Thread.currentThread().getName(), e);
    }
  }

  private void sync() {
    CaptureWriter writer = current;
    if (writer != null) {
      try {
        writer.sync();
      } catch (IOException e) {
        failure.compareAndSet(null, e);
      }
    }
  }

  private void finishNow(Path file, CaptureWriter writer) {
    try {
      finished.finish(file, writer);
    } catch (IOException e) {
      failure.compareAndSet(null, e);
    } finally {
      finishing = false;
    }
  }

  /** Completes what was handed over and ends the thread; twice is safe. */
  @Override
  public void close() {
    current = null;
    tasks.add(new Task(null, null));
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // The files must be whole before this returns; whoever interrupts gets it back below.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
