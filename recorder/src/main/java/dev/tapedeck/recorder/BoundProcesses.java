// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ProcessKey;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The processes that have probes of their own. A process is told from a later one with the same pid
 * by its start.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BoundProcesses {
  private final Map<Integer, ProbeOwner> byPid = new LinkedHashMap<>();

  /**
   * Adds a process.
   *
   * @return an earlier process of the same pid whose end was not seen yet; null when there is none
   */
  @Nullable ProbeOwner add(ProbeOwner process) {
    ProbeOwner before = byPid.put(process.pid(), process);
    return process.equals(before) ? null : before;
  }

  /** Returns the process that has a pid now. */
  Optional<ProbeOwner> get(int pid) {
    return Optional.ofNullable(byPid.get(pid));
  }

  /** Removes a process that has ended; false when it is none of these. */
  boolean remove(ProcessKey ended) {
    return byPid.remove(ended.pid(), ProbeOwner.of(ended));
  }

  /** Removes those that are no longer there, and returns them. */
  List<ProbeOwner> removeGone(ProcFs proc) {
    List<ProbeOwner> gone =
        byPid.values().stream()
            .filter(
                process ->
                    proc.facts(process.pid())
                        .filter(facts -> ProbeOwner.of(facts).equals(process))
                        .isEmpty())
            .toList();
    gone.forEach(process -> byPid.remove(process.pid()));
    return gone;
  }

  Collection<ProbeOwner> all() {
    return List.copyOf(byPid.values());
  }

  int size() {
    return byPid.size();
  }
}
