// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Measures CPU time of the calling thread, so that other programs of the machine do not count. */
final class CpuClock {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private CpuClock() {}

  /** Something to measure. */
  interface Action {
    void run() throws IOException;
  }

  /** Runs the action once and returns the CPU time that it took. */
  static double seconds(Action action) throws IOException {
    long started = THREADS.getCurrentThreadCpuTime();
    action.run();
    return (THREADS.getCurrentThreadCpuTime() - started) / 1e9;
  }
}
