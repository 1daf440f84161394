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
 * no credit for 200 ms of too much    | one level up, if there is a load
 * credit full, held long enough       | one level down
 * nothing to shed for 1 s             | down to nothing: the load is gone
 * </pre>
 *
 * A load is what comes through the ring. Without one the time goes elsewhere, such as into blocks
 * that are still being compressed or code that is being compiled, and shedding would only leave out
 * the little that comes.
 *
 * <p>How long a level is held is the hysteresis: 2 s at first, twice as long each time that going
 * down was followed by going up again within the time held, at most a minute.
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

  /** What comes more slowly is no load: at 150 bytes a call, less than a thousandth of a CPU. */
  private static final long LOAD_BYTES_PER_SECOND = 64 << 10;

  private static final long MIN_HOLD_NANOS = 2 * NANOS_PER_SECOND;
  private static final long MAX_HOLD_NANOS = 60 * NANOS_PER_SECOND;

  private final double share;
  private final double fullNanos;
  private Level level = Level.NOTHING;
  private double creditNanos;
  private long beforeNanos;
  private long cpuBeforeNanos;
  private long shedBefore;

  /** Until when calls have been seen to be shed, or when the level changed since. */
  private long shedNanos;

  private long readBefore;
  private long changedNanos;

  /** Since when there has been no credit, or when the level changed since; and what stood then. */
  private long spentNanos;

  private long cpuSpentNanos;
  private long readSpent;
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
    this.spentNanos = nowNanos;
    this.cpuSpentNanos = cpuNanos;
    this.shedNanos = nowNanos;
    this.loweredNanos = nowNanos - MAX_HOLD_NANOS;
  }

  /**
   * Takes a measurement.
   *
   * @param nowNanos time
   * @param cpuNanos CPU time that the process has used since it began
   * @param shedEvents how many calls have been shed since the recording began
   * @param readBytes how much has come through the ring since the recording began
   * @return what is to be shed from now on
   */
  Level update(long nowNanos, long cpuNanos, long shedEvents, long readBytes) {
    long elapsed = nowNanos - beforeNanos;
    double used = cpuNanos - cpuBeforeNanos;
    creditNanos =
        Math.max(
            -share * DEBT_SPAN_NANOS, Math.min(fullNanos, creditNanos + share * elapsed - used));
    beforeNanos = nowNanos;
    cpuBeforeNanos = cpuNanos;
    readBefore = readBytes;
    account(nowNanos, shedEvents);
    if (creditNanos >= 0) {
      measureFrom(nowNanos);
    }
    if (level != Level.NOTHING && nowNanos - shedNanos >= QUIET_NANOS) {
      lower(Level.NOTHING, nowNanos);
    } else if (creditNanos < 0) {
      if (level != Level.CALLS && isStillTooMuch(nowNanos)) {
        raise(nowNanos);
      }
    } else if (level != Level.NOTHING
        && creditNanos >= fullNanos
        && nowNanos - changedNanos >= holdNanos) {
      lower(level.down(), nowNanos);
    }
    return level;
  }

  /**
   * Takes the last measurement, after which nothing is decided any more.
   *
   * @param nowNanos time
   * @param shedEvents how many calls have been shed since the recording began
   */
  void finish(long nowNanos, long shedEvents) {
    account(nowNanos, shedEvents);
  }

  private void account(long nowNanos, long shedEvents) {
    if (shedEvents != shedBefore) {
      totalShedNanos += nowNanos - shedNanos;
      shedBefore = shedEvents;
      shedNanos = nowNanos;
    }
  }

  /** What was used before is in the credit. */
  private boolean isStillTooMuch(long nowNanos) {
    long elapsed = nowNanos - spentNanos;
    double seconds = (double) elapsed / NANOS_PER_SECOND;
    return elapsed >= STEP_UP_NANOS
        && cpuBeforeNanos - cpuSpentNanos > share * elapsed
        && readBefore - readSpent > LOAD_BYTES_PER_SECOND * seconds;
  }

  private void measureFrom(long nowNanos) {
    spentNanos = nowNanos;
    cpuSpentNanos = cpuBeforeNanos;
    readSpent = readBefore;
  }

  private void raise(long nowNanos) {
    if (nowNanos - loweredNanos < holdNanos) {
      holdNanos = Math.min(MAX_HOLD_NANOS, 2 * holdNanos);
    } else if (level == Level.NOTHING) {
      holdNanos = MIN_HOLD_NANOS;
    }
    change(level.up(), nowNanos);
  }

  private void lower(Level to, long nowNanos) {
    change(to, nowNanos);
    loweredNanos = nowNanos;
  }

  private void change(Level to, long nowNanos) {
    level = to;
    changedNanos = nowNanos;
    shedNanos = nowNanos;
    measureFrom(nowNanos);
  }

  /**
   * Returns how long calls were shed: each level's time up to the last measurement that saw some. A
   * level at which there was nothing to shed counts nothing.
   */
  long totalShedNanos() {
    return totalShedNanos;
  }
}
