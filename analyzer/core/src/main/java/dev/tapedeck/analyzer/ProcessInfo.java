// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/**
 * The process whose calls were recorded.
 *
 * @param pid thread group id
 * @param comm command name; empty when not known
 * @param exe path of the executable; empty when not known
 * @param containerId id of the container that it ran in; empty when in none, or not known
 */
public record ProcessInfo(int pid, String comm, String exe, String containerId) {
  /** Nothing is known. */
  public static final ProcessInfo UNKNOWN = new ProcessInfo(0, "", "");

  /** Makes what is known of a process in no container. */
  public ProcessInfo(int pid, String comm, String exe) {
    this(pid, comm, exe, "");
  }
}
