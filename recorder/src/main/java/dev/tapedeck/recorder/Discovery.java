// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.ControlLayout.Target;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds target processes and the TLS libraries in them, at the start and later, and attaches to
 * what it finds.
 *
 * <p><b>Lifecycle:</b> {@link #attachExisting} on the opening thread; then {@link #run} on a thread
 * of its own until it is {@link #stop stopped}; it detaches before it returns.
 *
 * <p><b>Threads:</b> the notifications, {@link #takeEvent} and {@link #stop} may be called from
 * other threads; everything else belongs to the running one.
 */
final class Discovery implements Runnable, AutoCloseable {
  /** Up to this many processes, probes are bound to them and stand in nobody else's way. */
  static final int MAX_BOUND_PROCESSES = 64;

  /** When after its start a program is looked at: its libraries come within milliseconds. */
  private static final long[] LOOK_AFTER_MILLIS = {0, 5, 10, 20, 40, 80, 160, 320, 640, 1300, 2600};

  private static final long RESCAN_MILLIS = 30_000;
  private static final long RESCAN_BOUND_MILLIS = 1000;
  private static final long SWEEP_MILLIS = 10_000;
  private static final long UNSENT_MILLIS = 1000;
  private static final int MAX_WAITING = 8192;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final RecorderOptions options;
  private final KernelSide kernel;
  private final ProcFs proc;
  private final HostClock clock;
  private final long hostId;
  private final Consumer<String> warnings;
  private final StreamTails tails;
  private final ProbeAttacher attacher;
  private final TlsLibraryFinder finder;
  private final TargetSelector selector;
  private final boolean bound;
  private final BlockingQueue<Notice> inbox = new LinkedBlockingQueue<>(MAX_WAITING);
  private final Queue<CaptureEvent> events = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Look> looks =
      new PriorityQueue<>(Comparator.comparingLong(Look::dueNanos));
  private final Set<ProcessKey> ended = new HashSet<>();
  private final Set<Integer> boundPids = new LinkedHashSet<>();
  private final Map<Integer, Notice> startedLately = new HashMap<>();
  private volatile boolean stopped;
  private volatile boolean noticesLost;
  private volatile boolean boundEnded;
  private long nextRescanNanos;
  private long nextSweepNanos;
  private long nextUnsentNanos;
  private long sequence;

  /**
   * A discovery that has not looked yet.
   *
   * @param warnings takes a line for each thing that failed and does not end the recording
   */
  Discovery(
      RecorderOptions options,
      KernelSide kernel,
      ProcFs proc,
      HostClock clock,
      long hostId,
      Consumer<String> warnings) {
    this.warnings = warnings;
    this.options = options;
    this.kernel = kernel;
    this.proc = proc;
    this.clock = clock;
    this.hostId = hostId;
    this.tails = new StreamTails(kernel, hostId, clock);
    this.attacher = new ProbeAttacher(kernel);
    this.finder = new TlsLibraryFinder(proc);
    this.selector = new TargetSelector(options, proc);
    this.bound =
        !options.pids().isEmpty()
            && options.pids().size() <= MAX_BOUND_PROCESSES
            && options.comms().isEmpty()
            && options.exes().isEmpty()
            && options.program() == null;
  }

  private enum NoticeKind {
    EXEC,
    FORK,
    EXIT,
    MEMORY_BIO,
    STOP
  }

  private record Notice(NoticeKind kind, ProcessKey process, long atNanos) {}

  private record Look(int pid, int round, long dueNanos) {}

  /**
   * Makes the processes there are targets, and attaches to their libraries and to those that later
   * ones may load.
   *
   * @throws IOException when the processes cannot be listed
   * @throws BpfException when a target cannot be set
   */
  void attachExisting() throws IOException, BpfException {
    TargetSelector.Selection selection = selector.select();
    for (int pid : selection.byName()) {
      kernel.addTarget(pid, Target.COMM);
    }
    for (int pid : selection.byPid()) {
      kernel.addTarget(pid, Target.SET);
    }
    if (bound) {
      boundPids.addAll(selection.all());
    }
    if (options.sources().contains(Source.TLS)) {
      if (!bound) {
        for (TlsLibrary library : finder.inLoaderFolders()) {
          attach(library, BpfProgram.ANY_PROCESS, null);
        }
        attachPrograms();
      }
      lookAtAll();
    }
    long now = clock.monotonicNanos();
    nextRescanNanos = now + rescanNanos();
    nextSweepNanos = now + SWEEP_MILLIS * NANOS_PER_MILLI;
  }

  /** Programs that are asked for by file may hold a library and be started later. */
  private void attachPrograms() {
    Set<Path> programs = new LinkedHashSet<>(options.exes());
    Path program = options.program();
    if (program != null) {
      programs.add(program);
    }
    for (Path file : programs) {
      finder.inFile(file).ifPresent(library -> attach(library, BpfProgram.ANY_PROCESS, null));
    }
  }

  private long rescanNanos() {
    return (bound ? RESCAN_BOUND_MILLIS : RESCAN_MILLIS) * NANOS_PER_MILLI;
  }

  /** Attaches to the libraries of all targets. */
  private void lookAtAll() throws IOException, BpfException {
    Set<Integer> pids;
    if (bound) {
      pids = Set.copyOf(boundPids);
    } else if (options.selectsProcesses()) {
      pids = kernel.targetPids();
    } else {
      pids = new LinkedHashSet<>(proc.pids());
    }
    pids.forEach(pid -> lookAt(pid, null));
  }

  /**
   * Attaches to the libraries of one process.
   *
   * @param cause the start of the process or its program; null when it ran before the recording
   */
  private void lookAt(int pid, @Nullable Notice cause) {
    if (pid == ownPid()) {
      return;
    }
    for (TlsLibrary library : finder.inProcess(pid)) {
      if (library.isRecordable()) {
        attach(library, bound ? pid : BpfProgram.ANY_PROCESS, new Seen(pid, cause));
      }
    }
  }

  private record Seen(int pid, @Nullable Notice cause) {}

  private static int ownPid() {
    return (int) ProcessHandle.current().pid();
  }

  private void attach(TlsLibrary library, int pid, @Nullable Seen seen) {
    if (attacher.isAttached(library, pid)) {
      return;
    }
    ProbeAttacher.Outcome outcome = attacher.attach(library, pid);
    if (!outcome.refusal().isEmpty()) {
      warnings.accept("cannot record TLS of " + library.displayPath() + ": " + outcome.refusal());
    }
    ProcessKey process = new ProcessKey(hostId, seen == null ? 0 : seen.pid(), 0);
    EventStamp stamp = stamp(process, 0);
    events.add(
        new LibraryEvent(
            stamp,
            library.displayPath(),
            library.buildId(),
            library.family().name(),
            library.version(),
            outcome.functions()));
    if (seen != null && seen.cause() != null) {
      // What the process did in the library before is not known to anybody.
      Notice cause = seen.cause();
      events.add(
          new LossEvent(
              stamp(cause.process(), cause.atNanos()), LossEvent.Cause.LATE_ATTACH, -1, -1, null));
    }
  }

  private EventStamp stamp(ProcessKey process, long enterNanos) {
    return new EventStamp(
        process, 0, enterNanos, clock.monotonicNanos(), EventOrigin.userSpace(sequence++));
  }

  /** Says that a process runs a new program. */
  void execSeen(ProcessKey process, long atNanos) {
    offer(new Notice(NoticeKind.EXEC, process, atNanos));
  }

  /** Says that a target has a new child. */
  void forkSeen(ProcessKey child, long atNanos) {
    offer(new Notice(NoticeKind.FORK, child, atNanos));
  }

  /** Says that a process has ended. */
  void exitSeen(ProcessKey process, long atNanos) {
    offer(new Notice(NoticeKind.EXIT, process, atNanos));
  }

  /** Says that a process has a TLS session of which the kernel side knows no socket. */
  void memoryBioSeen(ProcessKey process, long atNanos) {
    offer(new Notice(NoticeKind.MEMORY_BIO, process, atNanos));
  }

  private void offer(Notice notice) {
    if (!inbox.offer(notice)) {
      noticesLost = true;
    }
  }

  /** Returns the next event that this has made; null when there is none. */
  @Nullable CaptureEvent takeEvent() {
    return events.poll();
  }

  /** Returns whether the recording is bound to processes and all of them have ended. */
  boolean allBoundEnded() {
    return boundEnded;
  }

  /** Returns whether probes are bound to the targets. */
  boolean isBound() {
    return bound;
  }

  /** Detaches, when {@link #run} was never started. */
  @Override
  public void close() {
    attacher.close();
  }

  /** Ends {@link #run}, which detaches. */
  void stop() {
    stopped = true;
    // A full queue is looked at without it.
    inbox.offer(new Notice(NoticeKind.STOP, new ProcessKey(hostId, 0, 0), 0));
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        Notice notice = inbox.poll(waitMillis(), TimeUnit.MILLISECONDS);
        if (notice != null) {
          take(notice);
        }
        long now = clock.monotonicNanos();
        lookAtDue(now);
        rescanIfDue(now);
        takeUnsentIfDue(now);
        sweepIfDue(now);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      attacher.close();
    }
  }

  private long waitMillis() {
    Look next = looks.peek();
    long now = clock.monotonicNanos();
    long due = Math.min(Math.min(nextRescanNanos, nextSweepNanos), nextUnsentNanos);
    due = next == null ? due : Math.min(due, next.dueNanos());
    return Math.max(0, (due - now) / NANOS_PER_MILLI + 1);
  }

  private void take(Notice notice) {
    int pid = notice.process().pid();
    switch (notice.kind()) {
      case EXEC -> {
        checkName(pid);
        scheduleLooks(notice);
      }
      case FORK -> {
        if (bound && options.inherit()) {
          boundPids.add(pid);
          if (options.sources().contains(Source.TLS)) {
            lookAt(pid, notice);
          }
        }
      }
      case EXIT -> {
        ended.add(notice.process());
        attacher.forget(pid);
        boundPids.remove(pid);
        boundEnded = bound && boundPids.isEmpty();
      }
      case MEMORY_BIO ->
          finder
              .inProcess(pid, TlsFamily.OPENSSL_BIO)
              .ifPresent(library -> attach(library, pid, null));
      case STOP -> stopped = true;
    }
  }

  /** The kernel side goes by command names; where executables were asked for, that is too much. */
  private void checkName(int pid) {
    if (options.exes().isEmpty()) {
      return;
    }
    boolean mistaken =
        proc.facts(pid)
            .filter(facts -> options.kernelComms().contains(facts.comm()))
            .filter(facts -> !selector.matchesName(facts))
            .isPresent();
    try {
      if (mistaken && kernel.isTargetByName(pid)) {
        kernel.removeTarget(pid);
      }
    } catch (BpfException e) {
      warnings.accept("process " + pid + " is recorded though not asked for: " + e.getMessage());
    }
  }

  private void scheduleLooks(Notice notice) {
    if (!options.sources().contains(Source.TLS)) {
      return;
    }
    if (looks.size() > MAX_WAITING) {
      noticesLost = true;
      return;
    }
    for (int round = 0; round < LOOK_AFTER_MILLIS.length; round++) {
      looks.add(
          new Look(
              notice.process().pid(),
              round,
              notice.atNanos() + LOOK_AFTER_MILLIS[round] * NANOS_PER_MILLI));
    }
    startedLately.put(notice.process().pid(), notice);
  }

  private void lookAtDue(long now) {
    Look next = looks.peek();
    while (next != null && next.dueNanos() <= now && !stopped) {
      looks.remove();
      lookAt(next.pid(), startedLately.get(next.pid()));
      if (next.round() == LOOK_AFTER_MILLIS.length - 1) {
        startedLately.remove(next.pid());
      }
      next = looks.peek();
    }
  }

  private void rescanIfDue(long now) {
    if (now < nextRescanNanos && !noticesLost) {
      return;
    }
    noticesLost = false;
    nextRescanNanos = now + rescanNanos();
    if (bound) {
      // An exit may have been lost with a full ring.
      boundPids.removeIf(pid -> !Files.exists(proc.of(pid)));
      boundEnded = boundPids.isEmpty();
    }
    if (options.sources().contains(Source.TLS)) {
      try {
        lookAtAll();
      } catch (IOException | BpfException e) {
        warnings.accept("cannot look for new processes: " + e.getMessage());
      }
    }
  }

  private void takeUnsentIfDue(long now) {
    if (now < nextUnsentNanos) {
      return;
    }
    nextUnsentNanos = now + UNSENT_MILLIS * NANOS_PER_MILLI;
    try {
      events.addAll(tails.takeUnsent());
    } catch (BpfException e) {
      warnings.accept("cannot read ends of streams: " + e.getMessage());
    }
  }

  private void sweepIfDue(long now) {
    if (now < nextSweepNanos) {
      return;
    }
    nextSweepNanos = now + SWEEP_MILLIS * NANOS_PER_MILLI;
    if (ended.isEmpty()) {
      return;
    }
    try {
      events.addAll(tails.removeEnded(ended::contains));
      ended.clear();
    } catch (BpfException e) {
      warnings.accept("cannot remove TLS sessions of ended processes: " + e.getMessage());
    }
  }
}
