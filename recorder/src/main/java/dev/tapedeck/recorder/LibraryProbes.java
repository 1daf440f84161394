// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.bpf.BpfException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Attaches to libraries and says so in the capture: which they are, and since when a process may
 * have used one unseen.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class LibraryProbes implements AutoCloseable {
  private final ProbeAttacher attacher;
  private final HostClock clock;
  private final long hostId;
  private final Consumer<CaptureEvent> events;
  private final Consumer<String> warnings;
  private final Map<FileIdentity, Long> everybodysSinceNanos = new HashMap<>();
  private long sequence;

  LibraryProbes(
      ProbeAttacher attacher,
      HostClock clock,
      long hostId,
      Consumer<CaptureEvent> events,
      Consumer<String> warnings) {
    this.attacher = attacher;
    this.clock = clock;
    this.hostId = hostId;
    this.events = events;
    this.warnings = warnings;
  }

  /**
   * The process in which a library was found.
   *
   * @param process its start is 0 when not known
   * @param sinceNanos since when it may have used the library unseen, CLOCK_MONOTONIC; 0 when it
   *     ran before the recording
   */
  record User(ProcessKey process, long sinceNanos) {}

  /** Attaches to a library of the dynamic loader, which nobody may have loaded yet. */
  void attach(TlsLibrary library) {
    attach(library, ProbeOwner.EVERYBODY, new User(new ProcessKey(hostId, 0, 0), 0));
  }

  /** Attaches to a library that a process has, unless that was done. */
  void attach(TlsLibrary library, ProbeOwner owner, User user) {
    if (attacher.isAttached(library, owner)) {
      return;
    }
    ProbeAttacher.Outcome outcome = attacher.attach(library, owner);
    if (!outcome.refusal().isEmpty()) {
      warnings.accept("cannot record TLS of " + library.displayPath() + ": " + outcome.refusal());
    }
    if (outcome.functions() > 0 && owner.equals(ProbeOwner.EVERYBODY)) {
      everybodysSinceNanos.putIfAbsent(library.identity(), clock.monotonicNanos());
    }
    events.accept(
        new LibraryEvent(
            stamp(user.process(), 0),
            library.displayPath(),
            library.buildId(),
            library.family().name(),
            library.version(),
            outcome.functions()));
    if (user.sinceNanos() > 0) {
      late(user);
    }
  }

  /** Returns whether everybody's probes stood in a file before that moment, CLOCK_MONOTONIC. */
  boolean stoodIn(FileIdentity file, long atNanos) {
    Long since = everybodysSinceNanos.get(file);
    return since != null && since < atNanos;
  }

  /** Says that a process may have used a library unseen, from then until now. */
  void late(User user) {
    events.accept(
        new LossEvent(
            stamp(user.process(), user.sinceNanos()), LossEvent.Cause.LATE_ATTACH, -1, -1, null));
  }

  /** Gives a child the probes of its parent. */
  void inherit(ProbeOwner parent, ProbeOwner child, User user) {
    List<TlsLibrary> libraries = attacher.librariesOf(parent);
    libraries.forEach(library -> attach(library, child, user));
  }

  /**
   * Gives everybody the probes that single processes have.
   *
   * @throws BpfException when the kernel refuses
   */
  void widen() throws BpfException {
    for (ProbeAttacher.Outcome outcome : attacher.widen()) {
      if (!outcome.refusal().isEmpty()) {
        warnings.accept("cannot record TLS of a library for all processes: " + outcome.refusal());
      }
    }
  }

  /**
   * Takes the probes from files that were replaced or removed and that no process has mapped any
   * more: a probe keeps the file's space on the disk.
   *
   * @return how many libraries that were
   * @throws IOException when the processes cannot be listed
   */
  int detachUnused(ProcFs proc) throws IOException {
    List<TlsLibrary> displaced = attacher.displaced();
    if (displaced.isEmpty()) {
      return 0;
    }
    // By inode alone: stat(2) and maps number the file system differently on some (btrfs).
    Set<Long> mapped = new HashSet<>();
    for (int pid : proc.pids()) {
      proc.codeMappings(pid).forEach(mapping -> mapped.add(mapping.inode()));
    }
    List<TlsLibrary> unused =
        displaced.stream().filter(each -> !mapped.contains(each.identity().inode())).toList();
    unused.forEach(
        library -> {
          attacher.detach(library);
          everybodysSinceNanos.remove(library.identity());
        });
    return unused.size();
  }

  /** Detaches from a process that has ended. */
  void forget(ProbeOwner owner) {
    attacher.forget(owner);
  }

  private EventStamp stamp(ProcessKey process, long enterNanos) {
    return new EventStamp(
        process, 0, enterNanos, clock.monotonicNanos(), EventOrigin.userSpace(sequence++));
  }

  @Override
  public void close() {
    attacher.close();
  }
}
