// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * Decides how much of a CPU the recorder takes while more comes than it can take anyway.
 *
 * <p>As long as the ring has room, the recorder takes the time that it needs. Once the ring has
 * been nearly full for a while, most bytes are lost whatever it does, and the more it takes the
 * slower get the services that it records: it takes what the host has idle then, and a small share
 * that keeps a sample coming.
 *
 * <pre>
 * state                                         | share of a CPU
 * ring not nearly full                          | all it needs
 * nearly full for less than 50 ms               | all it needs
 * nearly full for longer, each 50 ms: idle CPU  | as much more as was idle
 *                                     none idle | 2 %
 * </pre>
 *
 * <p><b>Threads:</b> confined to one thread. <b>Units:</b> nanoseconds of a monotonic clock, and of
 * CPU time of the whole process.
 */
final class OverrunPace {
  private static final long WINDOW_NANOS = 50_000_000;

  /** Long enough for the least share after some milliseconds of work. */
  private static final long MAX_PAUSE_NANOS = 200_000_000;

  private static final double LEAST_SHARE = 0.02;

  /** What is idle for less than this is what falls between any two tasks. */
  private static final double IDLE_CPUS = 0.05;

  private double share = 1;
  private boolean nearlyFull;
  private long windowNanos;
  private double windowIdleCpuSeconds;
  private long beforeNanos;
  private long beforeCpuNanos;
  private double debtNanos;

  /** Tells how long CPUs were idle. */
  @FunctionalInterface
  interface IdleTime {
    /** Returns the idle time of all CPUs together since the host started, in seconds. */
    double cpuSeconds();
  }

  /** Returns whether the recorder takes less than it could. */
  boolean isHeldBack() {
    return share < 1;
  }

  /**
   * Takes a measurement after some records were read.
   *
   * @param cpuNanos CPU time that the process has used since it began
   * @param fill how much of the ring was taken before they were read, 0 to 1
   * @param idle asked seldom, and only while the ring is nearly full
   * @return how long to leave the ring alone now
   */
  long pauseNanos(long nowNanos, long cpuNanos, double fill, IdleTime idle) {
    // Lower than where the kernel side takes payload again, 3/4, so that it counts as full all the
    // while.
    boolean full = fill >= 5.0 / 8;
    if (!full) {
      nearlyFull = false;
      share = 1;
      return 0;
    }
    if (!nearlyFull) {
      nearlyFull = true;
      beginWindow(nowNanos, idle.cpuSeconds());
    } else if (nowNanos - windowNanos >= WINDOW_NANOS) {
      endWindow(nowNanos, idle.cpuSeconds());
    }
    double allowed = share * (nowNanos - beforeNanos);
    debtNanos = share == 1 ? 0 : Math.max(0, debtNanos + cpuNanos - beforeCpuNanos - allowed);
    beforeNanos = nowNanos;
    beforeCpuNanos = cpuNanos;
    return (long) Math.min(MAX_PAUSE_NANOS, debtNanos / share);
  }

  private void beginWindow(long nowNanos, double idleCpuSeconds) {
    windowNanos = nowNanos;
    windowIdleCpuSeconds = idleCpuSeconds;
  }

  private void endWindow(long nowNanos, double idleCpuSeconds) {
    double idleCpus = (idleCpuSeconds - windowIdleCpuSeconds) * 1e9 / (nowNanos - windowNanos);
    beginWindow(nowNanos, idleCpuSeconds);
    share = idleCpus >= IDLE_CPUS ? Math.min(1, share + idleCpus) : LEAST_SHARE;
  }
}
