// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Who did it and when.
 *
 * <p><b>Units:</b> nanoseconds of the host's monotonic clock; {@link ClockEvent}s relate it to real
 * time.
 *
 * @param process the process
 * @param tid the thread; 0 when the event does not come from a thread of the process
 * @param enterNanos when the call was entered; 0 when there is no entry hook
 * @param exitNanos when the call returned, or when the event happened
 * @param origin where the recorder took the event from
 */
public record EventStamp(
    ProcessKey process, int tid, long enterNanos, long exitNanos, EventOrigin origin) {
  /** Returns the earliest time known for the event: entry, or exit where there is no entry. */
  public long startNanos() {
    return enterNanos == 0 ? exitNanos : enterNanos;
  }
}
