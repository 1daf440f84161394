// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * A span of exit times of events.
 *
 * <p><b>Units:</b> nanoseconds of the monotonic clock of the host that recorded the event; in a
 * file with events of several hosts, each event's own.
 *
 * @param fromNanos the earliest, inclusive
 * @param toNanos exclusive, not before {@code fromNanos}
 */
public record TimeRange(long fromNanos, long toNanos) {
  public TimeRange {
    if (toNanos < fromNanos) {
      throw new IllegalArgumentException("fromNanos=" + fromNanos + " toNanos=" + toNanos);
    }
  }

  /** Returns whether a time is in the range. */
  public boolean contains(long nanos) {
    return nanos >= fromNanos && nanos < toNanos;
  }

  /** Returns whether one of the times {@code [firstNanos, lastNanos]} may be in the range. */
  public boolean intersects(long firstNanos, long lastNanos) {
    return lastNanos >= fromNanos && firstNanos < toNanos;
  }
}
