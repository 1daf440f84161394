// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Decides which processes are targets.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
final class TargetSelector {
  private final RecorderOptions options;
  private final ProcFs proc;

  TargetSelector(RecorderOptions options, ProcFs proc) {
    this.options = options;
    this.proc = proc;
  }

  /** The targets there are now. */
  record Selection(Set<Integer> byPid, Set<Integer> byName, Set<Integer> byCgroup) {
    /** Returns all of them. */
    Set<Integer> all() {
      Set<Integer> all = new LinkedHashSet<>(byPid);
      all.addAll(byName);
      all.addAll(byCgroup);
      return all;
    }
  }

  /**
   * Returns the targets there are now; none are selected when every process is recorded.
   *
   * @throws IOException when the processes cannot be listed
   */
  Selection select() throws IOException {
    Set<Integer> byName = new LinkedHashSet<>();
    if (!options.comms().isEmpty() || !options.exes().isEmpty()) {
      for (int pid : proc.pids()) {
        if (proc.facts(pid).filter(this::matchesName).isPresent()) {
          byName.add(pid);
        }
      }
    }
    Set<Integer> byPid = new LinkedHashSet<>(options.pids());
    if (options.tree()) {
      Map<Integer, Integer> parents = proc.parents();
      addChildren(byPid, parents);
      addChildren(byName, parents);
    }
    Set<Integer> byCgroup = new LinkedHashSet<>();
    for (Path folder : options.cgroups()) {
      byCgroup.addAll(Cgroups.processes(folder));
    }
    return new Selection(byPid, byName, byCgroup);
  }

  /** Returns whether a process is asked for by its name or its executable. */
  boolean matchesName(ProcessFacts facts) {
    return options.comms().stream().map(RecorderOptions::shortened).anyMatch(facts.comm()::equals)
        || options.exes().stream().anyMatch(exe -> exe.toString().equals(facts.exe()));
  }

  private static void addChildren(Set<Integer> pids, Map<Integer, Integer> parents) {
    boolean grown = true;
    Set<Integer> known = new HashSet<>(pids);
    while (grown) {
      grown = false;
      for (Map.Entry<Integer, Integer> entry : parents.entrySet()) {
        if (known.contains(entry.getValue()) && known.add(entry.getKey())) {
          pids.add(entry.getKey());
          grown = true;
        }
      }
    }
  }
}
