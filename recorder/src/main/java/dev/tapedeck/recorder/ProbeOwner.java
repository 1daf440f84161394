// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.bpf.BpfProgram;

/**
 * Whose calls a probe sees: those of one process, or everybody's.
 *
 * @param pid the process
 * @param startTicks when it was started, in units of 10 ms, so that a pid that is used again is
 *     another owner
 */
record ProbeOwner(int pid, long startTicks) {
  static final ProbeOwner EVERYBODY = new ProbeOwner(BpfProgram.ANY_PROCESS, 0);

  static ProbeOwner of(ProcessKey process) {
    return new ProbeOwner(process.pid(), ProcessFacts.ticks(process.startNanos()));
  }

  static ProbeOwner of(ProcessFacts facts) {
    return new ProbeOwner(facts.pid(), facts.startTicks());
  }
}
