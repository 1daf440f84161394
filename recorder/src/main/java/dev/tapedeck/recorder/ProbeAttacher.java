// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.ControlLayout.Switch;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfLink;
import dev.tapedeck.recorder.bpf.BpfProgram;
import dev.tapedeck.recorder.bpf.PinnedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Attaches the kernel side to TLS libraries, each file once for all processes, or once for each
 * process that the recording is bound to.
 *
 * <p>A file that has probes keeps its inode, so that its identity stays its own while it is
 * attached, deleted or not.
 *
 * <p><b>Threads:</b> confined to one thread; {@link #close} has some of its own while it runs.
 */
final class ProbeAttacher implements AutoCloseable {
  /** Libraries that are detached from at once. */
  private static final int CLOSERS = 16;

  private static final long DETACH_SECONDS = 60;

  private final KernelSide kernel;
  private final Map<ProbeOwner, Map<Place, Attached>> attached = new HashMap<>();

  ProbeAttacher(KernelSide kernel) {
    this.kernel = kernel;
  }

  /** A file may hold several families, linked together. */
  private record Place(FileIdentity file, String family) {
    static Place of(TlsLibrary library) {
      return new Place(library.identity(), library.family().name());
    }
  }

  private record Attached(TlsLibrary library, List<BpfLink> links) {}

  /**
   * What came of attaching to a library.
   *
   * @param functions how many functions are probed now; 0 when it was refused
   * @param refusal why, one line; empty when it was not
   */
  record Outcome(int functions, String refusal) {}

  /** Returns whether a library has probes for an owner, or for all. */
  boolean isAttached(TlsLibrary library, ProbeOwner owner) {
    return has(ProbeOwner.EVERYBODY, library) || has(owner, library);
  }

  private boolean has(ProbeOwner owner, TlsLibrary library) {
    Map<Place, Attached> ofOwner = attached.get(owner);
    return ofOwner != null && ofOwner.containsKey(Place.of(library));
  }

  /** Returns the libraries that have probes for an owner. */
  List<TlsLibrary> librariesOf(ProbeOwner owner) {
    return attached.getOrDefault(owner, Map.of()).values().stream().map(Attached::library).toList();
  }

  /**
   * Attaches to a library that is not attached yet.
   *
   * @return what came of it; a library that is refused is not tried again, unless the path to it
   *     went with its process
   */
  Outcome attach(TlsLibrary library, ProbeOwner owner) {
    try {
      kernel.turn(Switch.SETTLING, true);
      Outcome outcome = attachSettling(library, owner);
      kernel.turn(Switch.SETTLING, false);
      return outcome;
    } catch (BpfException e) {
      return new Outcome(0, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Gives everybody the probes that single processes have, and takes theirs away.
   *
   * <p>While both stand, a call is seen twice: the second return finds no entry and counts for
   * nothing.
   *
   * @throws BpfException when the kernel refuses
   */
  List<Outcome> widen() throws BpfException {
    kernel.turn(Switch.SETTLING, true);
    List<Outcome> outcomes = new ArrayList<>();
    List<ProbeOwner> owners = List.copyOf(attached.keySet());
    for (ProbeOwner owner : owners) {
      for (TlsLibrary library : librariesOf(owner)) {
        if (!has(ProbeOwner.EVERYBODY, library)) {
          outcomes.add(attachSettling(library, ProbeOwner.EVERYBODY));
        }
      }
    }
    owners.stream().filter(owner -> !owner.equals(ProbeOwner.EVERYBODY)).forEach(this::forget);
    kernel.turn(Switch.SETTLING, false);
    return outcomes;
  }

  private Outcome attachSettling(TlsLibrary library, ProbeOwner owner) {
    List<BpfLink> links = new ArrayList<>();
    Map<Place, Attached> ofOwner = attached.computeIfAbsent(owner, any -> new HashMap<>());
    ofOwner.put(Place.of(library), new Attached(library, links));
    try (PinnedFile file = PinnedFile.open(library.openPath())) {
      // Offsets of one file must never be probed in another: that would break its instructions.
      if (!FileIdentity.of(file.path()).equals(library.identity())) {
        throw new BpfException("the file was replaced meanwhile");
      }
      UprobeLinks how = kernel.uprobeLinks();
      // Return probes first: an entry without its return would be taken for a call in flight.
      attach(library, file, owner, how::returnProgram, true, links);
      attach(library, file, owner, how::sessionProgram, false, links);
      attach(library, file, owner, how::entryProgram, false, links);
      return new Outcome(library.functions().size(), "");
    } catch (BpfException | IOException e) {
      closeAll(links);
      if (!leadsTo(library)) {
        ofOwner.remove(Place.of(library));
      }
      return new Outcome(0, String.valueOf(e.getMessage()));
    }
  }

  private static boolean leadsTo(TlsLibrary library) {
    try {
      return FileIdentity.of(library.openPath()).equals(library.identity());
    } catch (IOException e) {
      // It went with its process.
      return false;
    }
  }

  /** Attaches each program to all functions that it serves with one link. */
  private void attach(
      TlsLibrary library,
      PinnedFile file,
      ProbeOwner owner,
      Function<TlsFamily.ProbedFunction, String> programOf,
      boolean atReturn,
      List<BpfLink> links)
      throws BpfException {
    Map<BpfProgram, Map<Long, Long>> cookies = new LinkedHashMap<>();
    for (TlsFamily.ProbedFunction function : library.family().functions()) {
      Long offset = library.functions().get(function.symbol());
      String program = programOf.apply(function);
      KernelSide.Probe probe = program.isEmpty() ? null : kernel.probe(program, function.cookie());
      if (offset != null && probe != null) {
        cookies
            .computeIfAbsent(probe.program(), any -> new LinkedHashMap<>())
            .put(offset, probe.cookie());
      }
    }
    for (Map.Entry<BpfProgram, Map<Long, Long>> entry : cookies.entrySet()) {
      links.add(
          entry
              .getKey()
              .attachUprobes(
                  owner.pid(),
                  file.path(),
                  longs(entry.getValue().keySet()),
                  atReturn,
                  longs(entry.getValue().values())));
    }
  }

  private static long[] longs(Collection<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** Returns the libraries with probes for everybody to which their path no longer leads. */
  List<TlsLibrary> displaced() {
    return librariesOf(ProbeOwner.EVERYBODY).stream().filter(library -> !leadsTo(library)).toList();
  }

  /** Takes everybody's probes from a library. */
  void detach(TlsLibrary library) {
    Map<Place, Attached> everybodys = attached.getOrDefault(ProbeOwner.EVERYBODY, Map.of());
    Attached gone = everybodys.remove(Place.of(library));
    if (gone != null) {
      closeAll(gone.links());
    }
  }

  /** Detaches from a process that has ended. */
  void forget(ProbeOwner owner) {
    Map<Place, Attached> ofOwner = attached.remove(owner);
    if (ofOwner != null) {
      ofOwner.values().forEach(library -> closeAll(library.links()));
    }
  }

  private static void closeAll(List<BpfLink> links) {
    for (int i = links.size() - 1; i >= 0; i--) {
      links.get(i).close();
    }
    links.clear();
  }

  /**
   * Detaches from everything, from several libraries at once: the kernel waits with each link until
   * nobody is in its program any more, and with a hundred libraries that would take minutes.
   */
  @Override
  public void close() {
    List<List<BpfLink>> libraries =
        attached.values().stream()
            .flatMap(ofOwner -> ofOwner.values().stream())
            .map(Attached::links)
            .toList();
    attached.clear();
    if (libraries.size() < CLOSERS) {
      libraries.forEach(ProbeAttacher::closeAll);
      return;
    }
    ExecutorService closers =
        Executors.newFixedThreadPool(
            CLOSERS,
            closing -> {
              Thread thread = new Thread(closing, "tapedeck-detach");
              thread.setDaemon(true);
              return thread;
            });
    libraries.forEach(links -> closers.execute(() -> closeAll(links)));
    closers.shutdown();
    try {
      closers.awaitTermination(DETACH_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      // What is not detached by then goes with the process.
      Thread.currentThread().interrupt();
    }
  }
}
