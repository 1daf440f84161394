// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.util.List;

/** Where in the kernel the bytes of sockets are taken; see {@code bpf/README.md}. */
public enum SocketHooks {
  /** The best that this kernel allows. */
  AUTO("auto", List.of()),
  /** Begin and end of the kernel's socket calls, by trampolines. */
  FENTRY("fentry", List.of("fentry/", "fexit/")),
  /** The same by breakpoints; follows the returns of a limited number of calls at a time. */
  KPROBE("kprobe", List.of("kprobe/", "kretprobe/")),
  /** End of every system call. */
  RAW_TP("raw_tp", List.of("raw_tp/sys_exit")),
  /** Begin and end of the system calls that matter, by their tracepoints. */
  TRACEPOINT("tracepoint", List.of("tracepoint"));

  /**
   * In which order {@link #AUTO} tries them: {@code kprobe} comes late because a return that it
   * does not follow is lost, and each thread that waits for bytes takes one of the few that it can.
   */
  static final List<SocketHooks> BEST_FIRST = List.of(FENTRY, RAW_TP, KPROBE, TRACEPOINT);

  private final String label;
  private final List<String> sections;

  SocketHooks(String label, List<String> sections) {
    this.label = label;
    this.sections = sections;
  }

  /** Returns the name on the command line and in captures. */
  public String label() {
    return label;
  }

  /** Returns whether programs of a section belong to this backend alone. */
  boolean owns(String section) {
    return sections.stream().anyMatch(section::startsWith);
  }

  /** Returns whether its programs hang on functions that a kernel may or may not have. */
  boolean hangsOnFunctions() {
    return this == FENTRY || this == KPROBE;
  }

  @Override
  public String toString() {
    return label;
  }
}
