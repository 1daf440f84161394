// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets SIGINT and SIGTERM end what goes on until it is ended, as what was asked for: exit code 0.
 *
 * <p>The JVM answers these signals by running its shutdown hooks, and exits with the signal's code.
 * This hook wakes who {@linkplain #await awaits} it, waits until that one has cleared up, and exits
 * with 0.
 *
 * <p><b>Lifecycle:</b> {@link #install}, {@link #await}, {@link #close} after all else is closed.
 * <b>Threads:</b> one waits and closes, the JVM's hook signals.
 */
public final class EndSignal implements AutoCloseable {
  private static final long FINISH_SECONDS = 10;

  private final CountDownLatch wanted = new CountDownLatch(1);
  private final CountDownLatch cleared = new CountDownLatch(1);
  private final Thread hook = new Thread(this::end, "analyzer-end");

  private EndSignal() {}

  /** Returns one that signals reach from now on. */
  public static EndSignal install() {
    EndSignal signal = new EndSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Waits for a signal, or for an interrupt of this thread, which stays set. */
  public void await() {
    try {
      wanted.await();
    } catch (InterruptedException e) {
      // Whoever started the command in this process wants it to end.
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    wanted.countDown();
    try {
      if (cleared.await(FINISH_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says that all is cleared up; where a signal ended it, the process is over soon after. */
  @Override
  public void close() {
    if (wanted.getCount() == 0) {
      cleared.countDown();
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // A signal came between the two: the hook waits for this.
      cleared.countDown();
    }
  }
}
