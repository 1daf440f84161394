// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets SIGINT and SIGTERM end a replay cleanly.
 *
 * <p>The JVM answers these signals by running its shutdown hooks. This one asks the replay to end,
 * waits for its account to be printed, and exits with its code instead of the signal's.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
final class StopSignal {
  private static final long FINISH_SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final AtomicReference<@Nullable Runnable> action = new AtomicReference<>();
  private volatile int exitCode;

  /** Returns a signal that nothing sends but {@link #send}. */
  static StopSignal manual() {
    return new StopSignal();
  }

  /** Returns a signal that SIGINT, SIGTERM and SIGHUP send. */
  static StopSignal installed() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::shutDown, "replayer-stop"));
    return signal;
  }

  /** Says what ends the replay; before that, signals end the process at once. */
  void onStop(Runnable stop) {
    action.set(stop);
  }

  /** Ends the replay; returns whether one is running. */
  boolean send() {
    Runnable stop = action.get();
    if (stop != null) {
      stop.run();
    }
    return stop != null;
  }

  private void shutDown() {
    if (finished.getCount() == 0 || !send()) {
      return;
    }
    try {
      if (finished.await(FINISH_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says that everything is done, with the code to exit with. */
  void finish(int code) {
    exitCode = code;
    finished.countDown();
  }
}
