// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.util.List;

/** Where in the kernel the bytes of sockets are taken; see {@code bpf/README.md}. */
public enum SocketHooks {
  /** The best that this kernel allows. */
  AUTO("auto", "", ""),
  /** Begin and end of the kernel's socket calls, by trampolines. */
  FENTRY("fentry", "fentry/", "fexit/"),
  /** The same by breakpoints; follows the returns of a limited number of calls at a time. */
  KPROBE("kprobe", "kprobe/", "kretprobe/"),
  /** End of every system call. */
  RAW_TP("raw_tp", "raw_tp/sys_exit", ""),
  /** Begin and end of the system calls that matter, by their tracepoints. */
  TRACEPOINT("tracepoint", "tracepoint", "");

  /**
   * In which order {@link #AUTO} tries them. {@code raw_tp} is first because it alone is one
   * program that the kernel checks in a fifth of a second, knows descriptors and follows duplicates
   * and mapped libraries; {@code kprobe} comes late because a return that it does not follow is
   * lost, and each thread that waits for bytes takes one of the few that it can.
   */
  static final List<SocketHooks> BEST_FIRST = List.of(RAW_TP, FENTRY, KPROBE, TRACEPOINT);

  private final String label;
  private final String section;
  private final String otherSection;

  SocketHooks(String label, String section, String otherSection) {
    this.label = label;
    this.section = section;
    this.otherSection = otherSection;
  }

  /** Returns the name on the command line and in captures. */
  public String label() {
    return label;
  }

  /** Returns whether programs of a section belong to this backend alone. */
  boolean owns(String programSection) {
    return startsWith(programSection, section) || startsWith(programSection, otherSection);
  }

  private static boolean startsWith(String text, String prefix) {
    return !prefix.isEmpty() && text.startsWith(prefix);
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
