// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Programs that stand several times on one tracepoint, because newer kernels skip a program while a
 * preempted task is inside of it; see {@code bpf/again.bpf.h}.
 */
final class ProgramCopies {
  private static final Pattern COPY = Pattern.compile("(.+)_copy\\d+");

  private ProgramCopies() {}

  /**
   * Returns whether a kernel skips programs of raw tracepoints. Until Linux 7.0 no task is
   * preempted inside of one.
   */
  static boolean areNeeded(HostKernel kernel) {
    return kernel.isAtLeast(7, 0);
  }

  /** Returns whether a program is a copy. */
  static boolean isCopy(String name) {
    return COPY.matcher(name).matches();
  }

  /** Returns whether a program is loaded: either the copies are, or what they are copies of. */
  static boolean isChosen(String name, boolean copies, Set<String> all) {
    boolean copied = all.contains(name + "_copy1");
    return isCopy(name) ? copies : !(copied && copies);
  }

  /**
   * Returns how many calls were missed at most: what is skipped of one copy is seen by another, so
   * a call is missed only when all copies were skipped.
   *
   * @param skipped by program, how many of its runs the kernel skipped
   */
  static long missedCalls(Map<String, Long> skipped) {
    Map<String, Long> missed = new HashMap<>();
    skipped.forEach(
        (name, runs) -> {
          Matcher copy = COPY.matcher(name);
          missed.merge(copy.matches() ? copy.group(1) : name, runs, Math::min);
        });
    return missed.values().stream().mapToLong(Long::longValue).sum();
  }
}
