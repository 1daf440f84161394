// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import java.util.List;
import java.util.Optional;

/**
 * Says with {@code /proc} which programs run in processes.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class Programs {
  private final ProcFs proc;
  private final boolean commandLines;

  /**
   * Makes one.
   *
   * @param commandLines whether arguments are told, which may hold passwords
   */
  Programs(ProcFs proc, boolean commandLines) {
    this.proc = proc;
    this.commandLines = commandLines;
  }

  /** Adds what the kernel side cannot see: the executable's path, the cgroup's, the arguments. */
  ProcessEvent.Exec completed(ProcessEvent.Exec exec) {
    ProcessEvent.ProgramInfo seen = exec.program();
    return facts(exec.stamp().process())
        // Another program may have been started meanwhile.
        .filter(found -> found.comm().equals(seen.comm()))
        .map(
            found ->
                new ProcessEvent.Exec(
                    exec.stamp(),
                    new ProcessEvent.ProgramInfo(
                        seen.comm(),
                        found.exe().isEmpty() ? seen.exe() : found.exe(),
                        seen.parentPid(),
                        found.cgroup(),
                        arguments(found.pid())),
                    false))
        .orElse(exec);
  }

  /** Introduces a process that was not seen to start; empty when it has gone. */
  Optional<ProcessEvent.Exec> existing(EventStamp stamp) {
    return facts(stamp.process())
        .map(
            found ->
                new ProcessEvent.Exec(
                    stamp,
                    new ProcessEvent.ProgramInfo(
                        found.comm(),
                        found.exe(),
                        found.parentPid(),
                        found.cgroup(),
                        arguments(found.pid())),
                    true));
  }

  private Optional<ProcessFacts> facts(ProcessKey process) {
    return proc.facts(process.pid()).filter(found -> found.startedAt(process.startNanos()));
  }

  private List<String> arguments(int pid) {
    return commandLines ? proc.arguments(pid) : List.of();
  }
}
