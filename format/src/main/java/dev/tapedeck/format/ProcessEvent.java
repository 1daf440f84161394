// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.List;
import java.util.Objects;

/** The life of a process. */
public sealed interface ProcessEvent extends CaptureEvent {

  /**
   * A program was started in the process, or was found running when the recording began.
   *
   * @param stamp who and when
   * @param program what runs
   * @param existing true when the process ran already and its facts were read from {@code /proc}
   */
  record Exec(EventStamp stamp, ProgramInfo program, boolean existing) implements ProcessEvent {}

  /**
   * The process made a child.
   *
   * @param stamp the parent and when
   * @param child the new process
   */
  record Fork(EventStamp stamp, ProcessKey child) implements ProcessEvent {}

  /**
   * The process ended.
   *
   * @param stamp who and when
   * @param exitCode as in wait(2): the status shifted right by 8; negative signal number when
   *     killed
   */
  record Exit(EventStamp stamp, int exitCode) implements ProcessEvent {}

  /**
   * What runs in a process.
   *
   * @param comm command name, at most 15 bytes
   * @param exe path of the executable; empty when not known
   * @param parentPid 0 when not known
   * @param cgroup path of the cgroup; empty when not known
   * @param arguments empty unless the recording was asked to store them
   */
  record ProgramInfo(
      String comm, String exe, int parentPid, String cgroup, List<String> arguments) {
    public ProgramInfo {
      Objects.requireNonNull(comm, "comm");
      arguments = List.copyOf(arguments);
    }

    /** Returns the id of the container that the cgroup is of; empty when it is of none. */
    public String containerId() {
      return ContainerIds.innermost(cgroup);
    }
  }
}
