// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfLink;
import dev.tapedeck.recorder.bpf.BpfProgram;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Attaches the kernel side to TLS libraries, each file once for all processes, or once for each
 * process that the recording is bound to.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class ProbeAttacher implements AutoCloseable {
  private final KernelSide kernel;
  private final Map<Place, List<BpfLink>> attached = new HashMap<>();

  ProbeAttacher(KernelSide kernel) {
    this.kernel = kernel;
  }

  private record Place(FileIdentity file, int pid) {}

  /**
   * What came of attaching to a library.
   *
   * @param functions how many functions are probed now; 0 when it was refused
   * @param refusal why, one line; empty when it was not
   */
  record Outcome(int functions, String refusal) {}

  /** Returns whether a library has probes for a process, or for all. */
  boolean isAttached(TlsLibrary library, int pid) {
    return attached.containsKey(new Place(library.identity(), BpfProgram.ANY_PROCESS))
        || attached.containsKey(new Place(library.identity(), pid));
  }

  /**
   * Attaches to a library that is not attached yet.
   *
   * @param pid the process, or {@link BpfProgram#ANY_PROCESS}
   * @return what came of it; a library that is refused is not tried again, unless the path to it
   *     went with its process
   */
  Outcome attach(TlsLibrary library, int pid) {
    List<BpfLink> links = new ArrayList<>();
    attached.put(new Place(library.identity(), pid), links);
    int functions = 0;
    try {
      // Return probes first: an entry without its return would be taken for a call in flight.
      for (TlsFamily.ProbedFunction function : library.family().functions()) {
        attach(library, pid, function, function.returnProgram(), true, links);
      }
      for (TlsFamily.ProbedFunction function : library.family().functions()) {
        attach(library, pid, function, function.entryProgram(), false, links);
        functions += library.functions().containsKey(function.symbol()) ? 1 : 0;
      }
      return new Outcome(functions, "");
    } catch (BpfException e) {
      closeAll(links);
      if (!Files.exists(library.openPath())) {
        attached.remove(new Place(library.identity(), pid));
      }
      return new Outcome(0, String.valueOf(e.getMessage()));
    }
  }

  private void attach(
      TlsLibrary library,
      int pid,
      TlsFamily.ProbedFunction function,
      String programName,
      boolean atReturn,
      List<BpfLink> links)
      throws BpfException {
    Long offset = library.functions().get(function.symbol());
    KernelSide.Probe probe = kernel.probe(programName, function.cookie());
    if (offset != null && probe != null) {
      links.add(
          probe.program().attachUprobe(pid, library.openPath(), offset, atReturn, probe.cookie()));
    }
  }

  /** Detaches from a process that has ended. */
  void forget(int pid) {
    attached
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = entry.getKey().pid() == pid;
              if (gone) {
                closeAll(entry.getValue());
              }
              return gone;
            });
  }

  private static void closeAll(List<BpfLink> links) {
    for (int i = links.size() - 1; i >= 0; i--) {
      links.get(i).close();
    }
    links.clear();
  }

  /** Detaches from everything. */
  @Override
  public void close() {
    attached.values().forEach(ProbeAttacher::closeAll);
    attached.clear();
  }
}
