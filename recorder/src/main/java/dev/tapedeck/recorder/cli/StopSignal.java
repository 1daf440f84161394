// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets SIGINT and SIGTERM end a recording cleanly.
 *
 * <p>The JVM answers these signals by running its shutdown hooks. This one asks the recording to
 * end, waits for it, and exits with its code instead of the signal's.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
final class StopSignal {
  /** Detaching and the last fsync take seconds at most; a stuck disk must not hold us for ever. */
  private static final long FINISH_SECONDS = 120;

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean armed;
  private volatile boolean requested;
  private volatile int exitCode;

  /** Returns a signal that nothing sends but {@link #request}. */
  static StopSignal manual() {
    return new StopSignal();
  }

  /** Returns a signal that SIGINT, SIGTERM and SIGHUP send. */
  static StopSignal installed() {
    StopSignal signal = new StopSignal();
    Thread thread = new Thread(signal::shutDown, "tapedeck-stop");
    try {
      Runtime.getRuntime().addShutdownHook(thread);
    } catch (IllegalStateException e) {
      // A signal was faster: this JVM is ending, and nothing has been begun.
      signal.request();
    }
    return signal;
  }

  private void shutDown() {
    if (!armed || finished.getCount() == 0) {
      return;
    }
    requested = true;
    try {
      if (finished.await(FINISH_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on a signal waits for {@link #finish}. */
  void arm() {
    armed = true;
  }

  /** Returns whether the recording is to end. */
  boolean isRequested() {
    return requested;
  }

  /** Asks the recording to end. */
  void request() {
    requested = true;
  }

  /** Says that everything is done, with the code to exit with. */
  void finish(int code) {
    exitCode = code;
    finished.countDown();
  }
}
