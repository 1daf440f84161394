// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * What {@code /proc} says about a process.
 *
 * @param pid thread group id, as in the mounted {@code /proc}
 * @param parentPid 0 when there is none
 * @param startTicks start since boot in units of 10 ms (USER_HZ is 100 on all our architectures)
 * @param comm command name
 * @param exe path of the executable; empty when it cannot be read or the process is the kernel's
 * @param cgroup path in the unified hierarchy; empty when not known
 */
public record ProcessFacts(
    int pid, int parentPid, long startTicks, String comm, String exe, String cgroup) {
  private static final long NANOS_PER_TICK = 10_000_000;

  /** Returns a start as the kernel side reports it in units of 10 ms. */
  static long ticks(long startNanos) {
    return startNanos / NANOS_PER_TICK;
  }

  /** Returns whether a start as the kernel side reports it is this process's. */
  boolean startedAt(long startNanos) {
    return ticks(startNanos) == startTicks;
  }
}
