// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which program ran in which process at which time. */
final class ProcessTable {
  private final Map<ProcessKey, TreeMap<Long, ProcessInfo>> programs = new HashMap<>();
  private final Map<ProcessKey, ProcessKey> parents = new HashMap<>();

  void add(ProcessEvent event) {
    ProcessKey process = event.stamp().process();
    if (event instanceof ProcessEvent.Exec exec) {
      ProcessEvent.ProgramInfo program = exec.program();
      ProcessInfo info =
          new ProcessInfo(process.pid(), program.comm(), program.exe(), program.containerId());
      programs
          .computeIfAbsent(process, unused -> new TreeMap<>())
          .put(exec.stamp().exitNanos(), info);
    } else if (event instanceof ProcessEvent.Fork fork) {
      parents.putIfAbsent(fork.child(), process);
    }
  }

  /** Returns what ran in the process then; a child runs its parent's program until it says so. */
  ProcessInfo at(ProcessKey process, long nanos) {
    ProcessInfo own = lookUp(process, nanos);
    if (own != null) {
      return own;
    }
    ProcessKey parent = parents.get(process);
    ProcessInfo inherited = parent == null ? null : lookUp(parent, nanos);
    return inherited == null
        ? new ProcessInfo(process.pid(), "", "")
        : new ProcessInfo(
            process.pid(), inherited.comm(), inherited.exe(), inherited.containerId());
  }

  private @Nullable ProcessInfo lookUp(ProcessKey process, long nanos) {
    TreeMap<Long, ProcessInfo> known = programs.get(process);
    if (known == null) {
      return null;
    }
    Map.Entry<Long, ProcessInfo> before = known.floorEntry(nanos);
    return before != null ? before.getValue() : known.firstEntry().getValue();
  }
}
