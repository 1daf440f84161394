// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads a file with several threads: the calling one reads the file and calls the visitor, workers
 * check, decompress and decode its sections.
 *
 * <p><b>Threads:</b> {@link #read} is confined to one thread; its workers have ended when it
 * returns, however it does.
 *
 * <p><b>Limits:</b> as many sections as there are workers and {@value #SPARE_SECTIONS} more are in
 * memory, decoded or not.
 */
final class ParallelReading {
  private static final int SPARE_SECTIONS = 2;

  private final String name;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final Deque<Future<HeldSection>> queue = new ArrayDeque<>();

  /**
   * Prepares a reading.
   *
   * @param name the file's, for messages
   */
  ParallelReading(String name) {
    this.name = name;
  }

  /**
   * Reads the file.
   *
   * @param sections of the file, from its start; are closed
   * @param workers how many threads decode
   */
  void read(CaptureSections sections, int workers, CaptureVisitor visitor) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(workers, this::thread);
    try {
      for (CaptureSection next = sections.next(); next != null; next = sections.next()) {
        CaptureSection section = next;
        queue.add(pool.submit(() -> decode(section)));
        while (queue.size() > workers + SPARE_SECTIONS) {
          take().decode(visitor);
        }
      }
      while (!queue.isEmpty()) {
        take().decode(visitor);
      }
    } finally {
      end(pool);
      sections.close();
    }
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "tapedeck-decode-" + (threads.size() + 1));
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  private static HeldSection decode(CaptureSection section) {
    HeldSection held = new HeldSection();
    try {
      section.decode(held);
      return held;
    } catch (IOException e) {
      return held.failed(e);
    }
  }

  private HeldSection take() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted(); // A finished section would be handed out all the same.
    }
    try {
      return queue.remove().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error; // Such as memory that ran out: whoever called knows what to do.
      }
      throw new IllegalStateException("decoding a section of " + name, e.getCause());
    }
  }

  private InterruptedIOException interrupted() {
    return new InterruptedIOException(name + ": the reading was interrupted");
  }

  /** Waits for the workers, which only compute. */
  private void end(ExecutorService pool) {
    queue.forEach(pending -> pending.cancel(false));
    pool.shutdown();
    boolean interrupted = Thread.interrupted();
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
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
