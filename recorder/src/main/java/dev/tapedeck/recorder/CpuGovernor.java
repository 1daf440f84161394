// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * Decides how much is shed so that the recorder stays within its share of a CPU.
 *
 * <p>A credit grows with time, up to what two seconds give, and shrinks with the CPU time that is
 * used; a debt is paid back, up to what a minute gives. Without credit the next level is taken, the
 * one that sheds more.
 *
 * <pre>
 * state                               | what happens
 * no credit, and 200 ms of too much   | one level up
 * credit full, held long enough       | one level down
 * nothing to shed for 1 s             | down to nothing: the load is gone
 * </pre>
 *
 * How long a level is held is the hysteresis: 2 s at first, twice as long each time that going down
 * was followed by going up again within the time held, at most a minute.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Units:</b> nanoseconds of a monotonic clock, and of
 * CPU time of the whole process.
 */
final class CpuGovernor {
  /** What is shed, the most dispensable first: {@code enum shed_level}. */
  enum Level {
    NOTHING(0),
    NEW_PAYLOAD(1),
    PAYLOAD(2),
    CALLS(3);

    private final int number;

    Level(int number) {
      this.number = number;
    }

    /** Returns the kernel side's number. */
    int number() {
      return number;
    }

    private Level up() {
      return this == NOTHING ? NEW_PAYLOAD : this == NEW_PAYLOAD ? PAYLOAD : CALLS;
    }

    private Level down() {
      return this == CALLS ? PAYLOAD : this == PAYLOAD ? NEW_PAYLOAD : NOTHING;
    }
  }

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long CREDIT_SPAN_NANOS = 2 * NANOS_PER_SECOND;
  private static final long DEBT_SPAN_NANOS = 60 * NANOS_PER_SECOND;
  private static final long STEP_UP_NANOS = NANOS_PER_SECOND / 5;
  private static final long QUIET_NANOS = NANOS_PER_SECOND;
  private static final long MIN_HOLD_NANOS = 2 * NANOS_PER_SECOND;
  private static final long MAX_HOLD_NANOS = 60 * NANOS_PER_SECOND;

  private final double share;
  private final double fullNanos;
  private Level level = Level.NOTHING;
  private double creditNanos;
  private long beforeNanos;
  private long cpuBeforeNanos;
  private long shedBefore;
  private long shedNanos;
  private long changedNanos;
  private long cpuChangedNanos;
  private long loweredNanos;
  private long holdNanos = MIN_HOLD_NANOS;
  private long totalShedNanos;

  /**
   * A governor that begins now, with full credit.
   *
   * @param cpuPercent of one CPU, positive
   */
  CpuGovernor(double cpuPercent, long nowNanos, long cpuNanos) {
    this.share = cpuPercent / 100;
    this.fullNanos = share * CREDIT_SPAN_NANOS;
    this.creditNanos = fullNanos;
    this.beforeNanos = nowNanos;
    this.cpuBeforeNanos = cpuNanos;
    this.changedNanos = nowNanos;
    this.cpuChangedNanos = cpuNanos;
    this.shedNanos = nowNanos;
    this.loweredNanos = nowNanos - MAX_HOLD_NANOS;
  }

  /**
   * Takes a measurement.
   *
   * @param nowNanos time
   * @param cpuNanos CPU time that the process has used since it began
   * @param shedEvents how many calls have been shed since the recording began
   * @return what is to be shed from now on
   */
  Level update(long nowNanos, long cpuNanos, long shedEvents) {
    long elapsed = nowNanos - beforeNanos;
    double used = cpuNanos - cpuBeforeNanos;
    creditNanos =
        Math.max(
            -share * DEBT_SPAN_NANOS, Math.min(fullNanos, creditNanos + share * elapsed - used));
    totalShedNanos += level == Level.NOTHING ? 0 : elapsed;
    beforeNanos = nowNanos;
    cpuBeforeNanos = cpuNanos;
    if (shedEvents != shedBefore) {
      shedBefore = shedEvents;
      shedNanos = nowNanos;
    }
    if (level != Level.NOTHING && nowNanos - Math.max(shedNanos, changedNanos) >= QUIET_NANOS) {
      lower(Level.NOTHING, nowNanos);
    } else if (creditNanos < 0) {
      if (level != Level.CALLS && isStillTooMuch(nowNanos, cpuNanos)) {
        raise(nowNanos);
      }
    } else if (level != Level.NOTHING
        && creditNanos >= fullNanos
        && nowNanos - changedNanos >= holdNanos) {
      lower(level.down(), nowNanos);
    }
    return level;
  }

  /** What was used at the present level; what earlier ones used is in the credit. */
  private boolean isStillTooMuch(long nowNanos, long cpuNanos) {
    long elapsed = nowNanos - changedNanos;
    return elapsed >= STEP_UP_NANOS && cpuNanos - cpuChangedNanos > share * elapsed;
  }

  private void raise(long nowNanos) {
    if (nowNanos - loweredNanos < holdNanos) {
      holdNanos = Math.min(MAX_HOLD_NANOS, 2 * holdNanos);
    } else if (level == Level.NOTHING) {
      holdNanos = MIN_HOLD_NANOS;
    }
    level = level.up();
    changedNanos = nowNanos;
    cpuChangedNanos = cpuBeforeNanos;
    shedNanos = nowNanos;
  }

  private void lower(Level to, long nowNanos) {
    level = to;
    changedNanos = nowNanos;
    cpuChangedNanos = cpuBeforeNanos;
    loweredNanos = nowNanos;
  }

  /** Returns how long something was shed. */
  long totalShedNanos() {
    return totalShedNanos;
  }
}
