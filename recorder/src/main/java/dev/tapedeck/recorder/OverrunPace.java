// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.BpfException;
import org.jspecify.annotations.Nullable;

/**
 * Decides how much of a CPU the recorder takes while the host has too little for both, it and the
 * services that it records.
 *
 * <p>As long as the ring has room and the recorder costs the host little, it takes the time that it
 * needs. There are two reasons to take less:
 *
 * <ul>
 *   <li>{@link Reason#OVERRUN}: the ring runs over again and again and no CPU is idle. Bytes are
 *       lost whatever it does, and the more it takes the slower get the services. Whether the load
 *       has become one that it can take in full is not to be seen from there, so now and then it
 *       tries, and ever more seldom the longer that fails.
 *   <li>{@link Reason#COST}: a gigabyte a second or more comes, the host has next to nothing left,
 *       and a tenth of it goes into copying, reading and writing those bytes. What comes is counted
 *       whether it is kept or not, so there is nothing to try: it ends when less comes.
 * </ul>
 *
 * It takes what the host has idle then, and a small share that keeps a sample coming. While the
 * ring is full, the kernel side copies nothing either.
 *
 * <pre>
 * state    | share of a CPU | ends
 * free     | all it needs   | two windows of 50 ms in a row with the same reason: held
 * held,    | 2 %, and each  | a window in which nothing was lost, or all of a CPU was
 * overrun  | window as much | idle, and added: free; one second, at the second time two, and so
 *          | more as was    | on up to 16: trial
 *          | idle           |
 * held,    | 2 %, and what  | less than 3/4 of a gigabyte a second comes, or all of a CPU is
 * cost     | is idle beyond | idle beyond that share: free
 *          | 12 % of all    |
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

  /** A host of which less than this is idle makes its services wait. */
  private static final double SATURATED_IDLE_SHARE = 0.12;

  /** Of a large host that much is many CPUs; the recorder uses little more than one. */
  private static final double SATURATED_IDLE_CPUS = 0.5;

  /** What recording may take of a saturated host. */
  private static final double BEARABLE_SHARE = 0.10;

  /** Below this a recording is complete before it is cheap, whatever else the host does. */
  private static final double COSTLY_BYTES_PER_SECOND = 1e9;

  /** Of the above; less than this must come until all is taken again. */
  private static final double COST_HYSTERESIS = 3.0 / 4;

  /** Measured: 13 µs for 100 KB, on the account of the process whose bytes they are. */
  private static final double COPY_NANOS_PER_BYTE = 0.13;

  /** Of the last window, against what the windows before it say: idle time comes in ticks. */
  private static final double NEWEST_WEIGHT = 1.0 / 4;

  /** With less it is not asked whether bytes were lost: between two reads there was room. */
  private static final double MAY_HAVE_LOST = 1.0 / 4;

  /** Lower than where the kernel side takes payload again, 3/4. */
  private static final double HAS_ROOM = 5.0 / 8;

  /** Why the recorder takes less than it could. */
  enum Reason {
    OVERRUN,
    COST
  }

  private enum State {
    FREE,
    HELD,
    TRIAL
  }

  private final int cpus;
  private State state = State.FREE;
  private @Nullable Reason reason;
  private double share = 1;
  private long stateNanos;
  private long trialAfterNanos = FIRST_TRIAL_AFTER_NANOS;
  private boolean windowOpen;
  private boolean hadRoom;
  private int windowsRunOver;
  private int windowsCostly;
  private long windowNanos;
  private long windowCpuNanos;
  private long windowReadBytes;
  private double windowIdleCpuSeconds;
  private long windowLostBytes;
  private double steadyIdleCpus;
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

  /** What a window of some 50 ms was like. */
  private record Window(
      double idleCpus,
      double takenCpus,
      double offeredBytesPerSecond,
      boolean ranOver,
      boolean hasRoom) {}

  /**
   * A pace that begins with all that is needed.
   *
   * @param cpus of the host, at least 1
   */
  OverrunPace(int cpus) {
    if (cpus < 1) {
      throw new IllegalArgumentException("cpus=" + cpus);
    }
    this.cpus = cpus;
  }

  /** Returns whether the recorder takes less than it could. */
  boolean isHeldBack() {
    return share < 1;
  }

  /** Returns why the recorder takes less than it could; null while it takes what it needs. */
  @Nullable Reason reason() {
    return reason;
  }

  /**
   * Takes a measurement after some records were read.
   *
   * @param cpuNanos CPU time that the process has used since it began
   * @param fill how much of the ring was taken before they were read, 0 to 1
   * @param readBytes what was read of the ring since the recording began
   * @param load asked once in a window, and only while the ring is not nearly empty or much is read
   * @return how long to leave the ring alone now
   * @throws BpfException from {@code load}
   */
  long pauseNanos(long nowNanos, long cpuNanos, double fill, long readBytes, Load load)
      throws BpfException {
    hadRoom |= fill < HAS_ROOM;
    long windowTookNanos = nowNanos - windowNanos;
    if (windowOpen ? windowTookNanos >= WINDOW_NANOS : fill >= MAY_HAVE_LOST) {
      double idleCpuSeconds = load.idleCpuSeconds();
      long lostBytes = load.lostBytes();
      double seconds = windowTookNanos / 1e9;
      boolean readsMuch =
          windowOpen
              && readBytes - windowReadBytes >= COST_HYSTERESIS * COSTLY_BYTES_PER_SECOND * seconds;
      if (windowOpen) {
        long read = readBytes - windowReadBytes;
        long lost = lostBytes - windowLostBytes;
        endWindow(
            nowNanos,
            new Window(
                (idleCpuSeconds - windowIdleCpuSeconds) / seconds,
                (cpuNanos - windowCpuNanos + COPY_NANOS_PER_BYTE * read) / windowTookNanos,
                (read + lost) / seconds,
                lost > 0,
                fill < HAS_ROOM));
      }
      windowOpen = state != State.FREE || fill >= MAY_HAVE_LOST || readsMuch;
      windowsRunOver = windowOpen ? windowsRunOver : 0;
      windowsCostly = windowOpen ? windowsCostly : 0;
      windowNanos = nowNanos;
      windowCpuNanos = cpuNanos;
      windowReadBytes = readBytes;
      windowIdleCpuSeconds = idleCpuSeconds;
      windowLostBytes = lostBytes;
    }
    double allowed = share * (nowNanos - beforeNanos);
    debtNanos = share == 1 ? 0 : Math.max(0, debtNanos + cpuNanos - beforeCpuNanos - allowed);
    beforeNanos = nowNanos;
    beforeCpuNanos = cpuNanos;
    return (long) Math.min(MAX_PAUSE_NANOS, debtNanos / share);
  }

  private void endWindow(long nowNanos, Window window) {
    steadyIdleCpus += NEWEST_WEIGHT * (window.idleCpus() - steadyIdleCpus);
    boolean overloaded = window.ranOver() && window.idleCpus() < IDLE_CPUS;
    switch (state) {
      case FREE -> {
        windowsRunOver = overloaded ? windowsRunOver + 1 : 0;
        if (!holdIfTooCostly(nowNanos, window) && windowsRunOver == WINDOWS_TO_HOLD) {
          hold(Reason.OVERRUN, nowNanos);
        }
      }
      case HELD -> {
        if (reason == Reason.COST) {
          endCostWindow(nowNanos, window);
        } else {
          endOverrunWindow(nowNanos, window);
        }
      }
      case TRIAL -> {
        if (!holdIfTooCostly(nowNanos, window)) {
          endTrialWindow(nowNanos, overloaded);
        }
      }
    }
  }

  private boolean holdIfTooCostly(long nowNanos, Window window) {
    windowsCostly = isTooCostly(window) ? windowsCostly + 1 : 0;
    if (windowsCostly < WINDOWS_TO_HOLD) {
      return false;
    }
    hold(Reason.COST, nowNanos);
    return true;
  }

  private boolean isTooCostly(Window window) {
    return window.offeredBytesPerSecond() >= COSTLY_BYTES_PER_SECOND
        && window.idleCpus() < saturatedIdleCpus()
        && window.takenCpus() > BEARABLE_SHARE * cpus;
  }

  private double saturatedIdleCpus() {
    return Math.min(SATURATED_IDLE_CPUS, SATURATED_IDLE_SHARE * cpus);
  }

  private void endCostWindow(long nowNanos, Window window) {
    double more = steadyIdleCpus - saturatedIdleCpus();
    share = Math.min(1, Math.max(LEAST_SHARE, share + more));
    if (share == 1 || window.offeredBytesPerSecond() < COST_HYSTERESIS * COSTLY_BYTES_PER_SECOND) {
      release(State.FREE, nowNanos);
    }
  }

  private void endOverrunWindow(long nowNanos, Window window) {
    double idleCpus = window.idleCpus();
    share = idleCpus < IDLE_CPUS ? LEAST_SHARE : Math.min(1, share + idleCpus);
    if (share == 1 || (!window.ranOver() && window.hasRoom())) {
      trialAfterNanos = FIRST_TRIAL_AFTER_NANOS;
      release(State.FREE, nowNanos);
    } else if (nowNanos - stateNanos >= trialAfterNanos) {
      release(State.TRIAL, nowNanos);
    }
  }

  private void endTrialWindow(long nowNanos, boolean overloaded) {
    long takenNanos = nowNanos - stateNanos;
    if (hadRoom ? overloaded && takenNanos >= 2 * WINDOW_NANOS : takenNanos >= MAKING_ROOM_NANOS) {
      trialAfterNanos = Math.min(LAST_TRIAL_AFTER_NANOS, 2 * trialAfterNanos);
      hold(Reason.OVERRUN, nowNanos);
    } else if (takenNanos >= TRIAL_NANOS) {
      trialAfterNanos = FIRST_TRIAL_AFTER_NANOS;
      release(State.FREE, nowNanos);
    }
  }

  private void hold(Reason why, long nowNanos) {
    enter(State.HELD, nowNanos);
    reason = why;
    share = LEAST_SHARE;
    steadyIdleCpus = 0;
  }

  private void release(State next, long nowNanos) {
    enter(next, nowNanos);
    reason = null;
    share = 1;
  }

  private void enter(State next, long nowNanos) {
    state = next;
    stateNanos = nowNanos;
    windowsRunOver = 0;
    windowsCostly = 0;
    hadRoom = false;
  }
}
