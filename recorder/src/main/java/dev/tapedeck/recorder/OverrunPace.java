// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.BpfException;

/**
 * Decides how much of a CPU the recorder takes while more comes than it can take anyway.
 *
 * <p>As long as the ring has room, the recorder takes the time that it needs. Where the ring runs
 * over again and again and no CPU is idle, bytes are lost whatever it does, and the more it takes
 * the slower get the services that it records: it takes what the host has idle then, and a small
 * share that keeps a sample coming. Whether the load has become one that it can take in full is not
 * to be seen from there, so now and then it tries, and ever more seldom the longer that fails.
 *
 * <pre>
 * state    | share of a CPU | ends
 * free     | all it needs   | two windows of 50 ms in a row in which the ring had no room for some
 *          |                | bytes and nothing was idle: held
 * held     | 2 %, and each  | a window in which nothing was lost, or all of a CPU was
 *          | window as much | idle, and added: free; one second, at the second time two, and so
 *          | more as was    | on up to 16: trial
 *          | idle           |
 * trial    | all it needs   | once there was room: bytes are lost and nothing is idle: held; none
 *          |                | are for half a second: free, and the next trial is soon
 *          |                | again. No room within 100 ms: held
 * </pre>
 *
 * <p><b>Threads:</b> confined to one thread. <b>Units:</b> nanoseconds of a monotonic clock, and of
 * CPU time of the whole process.
 */
final class OverrunPace {
  private static final long WINDOW_NANOS = 50_000_000;

  /** Bursts that are shorter are fought for with all that the host has. */
  private static final int WINDOWS_TO_HOLD = 2;

  private static final long FIRST_TRIAL_AFTER_NANOS = 1_000_000_000L;
  private static final long LAST_TRIAL_AFTER_NANOS = 16_000_000_000L;
  private static final long TRIAL_NANOS = 500_000_000;
  private static final long MAKING_ROOM_NANOS = 100_000_000;

  /** Long enough for the least share after some milliseconds of work. */
  private static final long MAX_PAUSE_NANOS = 200_000_000;

  private static final double LEAST_SHARE = 0.02;

  /** What is idle for less than this is what falls between any two tasks. */
  private static final double IDLE_CPUS = 0.05;

  /** With less it is not asked whether bytes were lost: between two reads there was room. */
  private static final double MAY_HAVE_LOST = 1.0 / 4;

  /** Lower than where the kernel side takes payload again, 3/4. */
  private static final double HAS_ROOM = 5.0 / 8;

  private enum State {
    FREE,
    HELD,
    TRIAL
  }

  private State state = State.FREE;
  private double share = 1;
  private long stateNanos;
  private long trialAfterNanos = FIRST_TRIAL_AFTER_NANOS;
  private boolean windowOpen;
  private boolean hadRoom;
  private int windowsRunOver;
  private long windowNanos;
  private double windowIdleCpuSeconds;
  private long windowLostBytes;
  private long beforeNanos;
  private long beforeCpuNanos;
  private double debtNanos;

  /** Tells what the host has left and what the recording has lost. */
  interface Load {
    /** Returns the idle time of all CPUs together since the host started, in seconds. */
    double idleCpuSeconds();

    /**
     * Returns the bytes for which the ring had no room, since the recording began.
     *
     * @throws BpfException when the kernel does not tell
     */
    long lostBytes() throws BpfException;
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
   * @param load asked once in a window, and only while the ring is not nearly empty
   * @return how long to leave the ring alone now
   * @throws BpfException from {@code load}
   */
  long pauseNanos(long nowNanos, long cpuNanos, double fill, Load load) throws BpfException {
    hadRoom |= fill < HAS_ROOM;
    if (windowOpen ? nowNanos - windowNanos >= WINDOW_NANOS : fill >= MAY_HAVE_LOST) {
      double idleCpuSeconds = load.idleCpuSeconds();
      long lostBytes = load.lostBytes();
      if (windowOpen) {
        double idleCpus = (idleCpuSeconds - windowIdleCpuSeconds) * 1e9 / (nowNanos - windowNanos);
        endWindow(nowNanos, idleCpus, lostBytes > windowLostBytes, fill);
      }
      windowOpen = state != State.FREE || fill >= MAY_HAVE_LOST;
      windowsRunOver = windowOpen ? windowsRunOver : 0;
      windowNanos = nowNanos;
      windowIdleCpuSeconds = idleCpuSeconds;
      windowLostBytes = lostBytes;
    }
    double allowed = share * (nowNanos - beforeNanos);
    debtNanos = share == 1 ? 0 : Math.max(0, debtNanos + cpuNanos - beforeCpuNanos - allowed);
    beforeNanos = nowNanos;
    beforeCpuNanos = cpuNanos;
    return (long) Math.min(MAX_PAUSE_NANOS, debtNanos / share);
  }

  private void endWindow(long nowNanos, double idleCpus, boolean ranOver, double fill) {
    boolean overloaded = ranOver && idleCpus < IDLE_CPUS;
    switch (state) {
      case FREE -> {
        windowsRunOver = overloaded ? windowsRunOver + 1 : 0;
        if (windowsRunOver == WINDOWS_TO_HOLD) {
          enter(State.HELD, nowNanos);
        }
      }
      case HELD -> {
        share = idleCpus < IDLE_CPUS ? LEAST_SHARE : Math.min(1, share + idleCpus);
        if (share == 1 || (!ranOver && fill < HAS_ROOM)) {
          trialAfterNanos = FIRST_TRIAL_AFTER_NANOS;
          enter(State.FREE, nowNanos);
        } else if (nowNanos - stateNanos >= trialAfterNanos) {
          enter(State.TRIAL, nowNanos);
        }
      }
      case TRIAL -> endTrialWindow(nowNanos, overloaded);
    }
  }

  private void endTrialWindow(long nowNanos, boolean overloaded) {
    long takenNanos = nowNanos - stateNanos;
    if (hadRoom ? overloaded && takenNanos >= 2 * WINDOW_NANOS : takenNanos >= MAKING_ROOM_NANOS) {
      trialAfterNanos = Math.min(LAST_TRIAL_AFTER_NANOS, 2 * trialAfterNanos);
      enter(State.HELD, nowNanos);
    } else if (takenNanos >= TRIAL_NANOS) {
      trialAfterNanos = FIRST_TRIAL_AFTER_NANOS;
      enter(State.FREE, nowNanos);
    }
  }

  private void enter(State next, long nowNanos) {
    state = next;
    stateNanos = nowNanos;
    share = next == State.HELD ? LEAST_SHARE : 1;
    windowsRunOver = 0;
    hadRoom = false;
  }
}
