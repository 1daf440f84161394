// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ProcessKey;

/** Something that happened to a process and that discovery acts on. */
sealed interface Notice {

  /** A target runs a new program. */
  record Started(ProcessKey process) implements Notice {}

  /** A process has ended. */
  record Ended(ProcessKey process) implements Notice {}

  /** A process has a TLS session of which the kernel side knows no socket. */
  record MemoryBio(ProcessKey process) implements Notice {}

  /**
   * A target to which probes are bound has a child.
   *
   * @param child the new process
   * @param parentPid its parent
   * @param atNanos when, CLOCK_MONOTONIC
   */
  record Forked(ProcessKey child, int parentPid, long atNanos) implements Notice {}

  /**
   * A target has begun to use an executable file that none had used before.
   *
   * @param process who
   * @param atNanos when, CLOCK_MONOTONIC
   * @param address where the file was mapped; 0 when it is the program that was started
   * @param name the file's name without its folder
   * @param file how the kernel side knows the file
   */
  record Mapped(ProcessKey process, long atNanos, long address, String name, File file)
      implements Notice {

    /** {@code struct file_key}. */
    record File(long inode, long processStartNanos, int device, int generation, int tgid) {}
  }
}
