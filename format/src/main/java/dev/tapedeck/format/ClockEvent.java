// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * The host's clocks, read together.
 *
 * @param stamp when, in monotonic time; the process is pid 0
 * @param bootNanos CLOCK_BOOTTIME
 * @param realNanos CLOCK_REALTIME, nanoseconds since the Unix epoch
 */
public record ClockEvent(EventStamp stamp, long bootNanos, long realNanos) implements CaptureEvent {
  /** Returns what to add to a monotonic time to get nanoseconds since the Unix epoch. */
  public long realOffsetNanos() {
    return realNanos - stamp.exitNanos();
  }
}
