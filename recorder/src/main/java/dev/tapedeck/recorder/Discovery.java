// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.ControlLayout.Switch;
import dev.tapedeck.recorder.ControlLayout.Target;
import dev.tapedeck.recorder.LibraryProbes.User;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.RingBufferReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds target processes and the TLS libraries in them, at the start and later, and attaches to
 * what it finds.
 *
 * <p>Later the kernel side tells of each file with code that no target used before, as it is
 * mapped; only when it could not tell are all processes looked at once more.
 *
 * <p><b>Lifecycle:</b> {@link #attachExisting} on the opening thread; then {@link #run} on a thread
 * of its own until it is {@link #stop stopped}; it detaches before it returns.
 *
 * <p><b>Threads:</b> {@link #execSeen}, {@link #exitSeen}, {@link #takeEvent} and {@link #stop} may
 * be called from other threads; everything else belongs to the running one.
 */
final class Discovery implements Runnable, AutoCloseable {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long CHECK_NANOS = 1000 * NANOS_PER_MILLI;
  private static final long UNUSED_NANOS = 60 * CHECK_NANOS;
  private static final int WAIT_MILLIS = 100;
  private static final int BATCH_RECORDS = 1024;
  private static final int MAX_WAITING = 65_536;

  private final RecorderOptions options;
  private final KernelSide kernel;
  private final ProcFs proc;
  private final HostClock clock;
  private final long hostId;
  private final Consumer<String> warnings;
  private final RingBufferReader ring;
  private final LibraryProbes probes;
  private final TlsLibraryFinder finder;
  private final TargetSelector selector;
  private final StreamSweeper sweeper;
  private final boolean endsWithTargets;
  private final boolean filteredDie;
  private final ForkRate forks = new ForkRate();
  private final Set<String> refused = new HashSet<>();
  private final Queue<Notice> inbox = new LinkedBlockingQueue<>(MAX_WAITING);
  private final Queue<CaptureEvent> events = new ConcurrentLinkedQueue<>();
  private final BoundProcesses boundProcesses = new BoundProcesses();
  private volatile boolean stopped;
  private volatile boolean noticesLost;
  private volatile boolean boundEnded;
  private volatile boolean bound;
  private long lookedAtAllNanos;
  private long nextCheckNanos;
  private long nextUnusedNanos;
  private long lostNotices;

  /**
   * A discovery that has not looked yet.
   *
   * @param hazard whether return probes kill processes with a seccomp filter
   * @param warnings takes a line for each thing that failed and does not end the recording
   * @throws BpfException when the ring of notices cannot be read
   */
  Discovery(
      RecorderOptions options,
      KernelSide kernel,
      ProcFs proc,
      HostClock clock,
      long hostId,
      SeccompHazard.Verdict hazard,
      Consumer<String> warnings)
      throws BpfException {
    this.options = options;
    this.kernel = kernel;
    this.proc = proc;
    this.clock = clock;
    this.hostId = hostId;
    this.warnings = warnings;
    this.ring = kernel.openNotices();
    this.probes =
        new LibraryProbes(new ProbeAttacher(kernel), clock, hostId, events::add, warnings);
    this.finder = new TlsLibraryFinder(proc);
    this.selector = new TargetSelector(options, proc);
    this.sweeper =
        new StreamSweeper(
            kernel,
            new StreamTails(kernel, hostId, clock),
            events::add,
            warnings,
            clock.monotonicNanos());
    this.endsWithTargets = options.bindsProbes();
    this.filteredDie = hazard != SeccompHazard.Verdict.HARMLESS;
    this.bound = (options.bindsProbes() && kernel.bindsProcesses()) || filteredDie;
  }

  /**
   * Makes the processes there are targets, and attaches to their libraries and to those that later
   * ones may load.
   *
   * @throws IOException when the processes cannot be listed
   * @throws BpfException when a target cannot be set
   */
  void attachExisting() throws IOException, BpfException {
    kernel.turn(Switch.BOUND, bound);
    TargetSelector.Selection selection = selector.select();
    for (int pid : selection.byCgroup()) {
      kernel.addTarget(pid, Target.CGROUP);
    }
    for (int pid : selection.byName()) {
      kernel.addTarget(pid, Target.COMM);
    }
    for (int pid : selection.byPid()) {
      kernel.addTarget(pid, Target.SET);
    }
    if (bound) {
      selection
          .all()
          .forEach(pid -> proc.facts(pid).map(ProbeOwner::of).ifPresent(boundProcesses::add));
    }
    if (hasTls()) {
      if (!bound) {
        for (Path root : FileRoots.of(proc)) {
          finder.ofLoader(root).forEach(probes::attach);
        }
        attachPrograms();
      }
      lookAtAll(0);
    }
  }

  private boolean hasTls() {
    return options.sources().contains(Source.TLS);
  }

  /** Programs that are asked for by file may hold a library and be started later. */
  private void attachPrograms() {
    Set<Path> programs = new LinkedHashSet<>(options.exes());
    Path program = options.program();
    if (program != null) {
      programs.add(program);
    }
    for (Path file : programs) {
      finder.inFile(file).ifPresent(probes::attach);
    }
  }

  /** Attaches to the libraries of all targets, which may have used them unseen since then. */
  private void lookAtAll(long sinceNanos) throws IOException, BpfException {
    lookedAtAllNanos = clock.monotonicNanos();
    for (int pid : options.selectsProcesses() ? kernel.targetPids() : proc.pids()) {
      User user = new User(new ProcessKey(hostId, pid, 0), sinceNanos);
      if (!bound) {
        lookAt(pid, ProbeOwner.EVERYBODY, any -> user, Set.of());
      } else {
        proc.facts(pid)
            .ifPresent(facts -> lookAt(pid, ProbeOwner.of(facts), any -> user, Set.of()));
      }
    }
  }

  private interface Lateness {
    User of(FileMapping mapping);
  }

  /** Attaches to the libraries of one process, and returns what it has mapped. */
  private List<FileMapping> lookAt(int pid, ProbeOwner owner, Lateness lateness, Set<Long> fresh) {
    if (pid == ProcessHandle.current().pid()) {
      return List.of();
    }
    List<FileMapping> mappings = proc.codeMappings(pid);
    finder.inProcess(
        pid,
        mappings,
        fresh,
        found -> {
          if (found.library().isRecordable() && !wouldDie(pid)) {
            probes.attach(found.library(), owner, lateness.of(found.mapping()));
          }
        });
    // Read now, because there is no time for it once a session without a socket is seen.
    finder.ofFamily(pid, mappings, TlsFamily.OPENSSL_BIO);
    return mappings;
  }

  /** Whether probes would kill a process, which is said once for each program. */
  private boolean wouldDie(int pid) {
    boolean dies = filteredDie && proc.hasSeccompFilter(pid);
    String program = dies ? proc.facts(pid).map(ProcessFacts::comm).orElse("") : "";
    if (!program.isEmpty() && refused.add(program)) {
      warnings.accept(
          "TLS of "
              + program
              + " (process "
              + pid
              + ") is not recorded: it has a seccomp filter, and this kernel's return probes would"
              + " kill it");
    }
    return dies;
  }

  /** Says that a target runs a new program. */
  void execSeen(ProcessKey process) {
    if (!options.exes().isEmpty()) {
      offer(new Notice.Started(process));
    }
  }

  /** Says that a process has ended. */
  void exitSeen(ProcessKey process) {
    offer(new Notice.Ended(process));
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
    probes.close();
    ring.close();
  }

  /** Ends {@link #run}, which detaches. */
  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    List<Notice> taken = new ArrayList<>();
    NoticeDecoder decoder = new NoticeDecoder(hostId, taken::add);
    try (this) {
      while (!stopped) {
        ring.await(1, WAIT_MILLIS);
        ring.drain(decoder, BATCH_RECORDS);
        for (Notice notice = inbox.poll(); notice != null; notice = inbox.poll()) {
          taken.add(notice);
        }
        take(taken);
        taken.clear();
        long now = clock.monotonicNanos();
        sweeper.sweep(now);
        checkIfDue(now);
      }
      ring.drain(decoder, BATCH_RECORDS);
      taken.forEach(this::sayUnseen);
    } catch (BpfException | IOException e) {
      warnings.accept(
          "TLS is no longer recorded and new processes are no longer found: " + e.getMessage());
    } catch (RuntimeException e) {
      warnings.accept(
          "TLS is no longer recorded and new processes are no longer found: internal error: "
              + e.getClass().getSimpleName());
    }
  }

  /** What the end of the recording left unattached was used unseen, if it was used. */
  private void sayUnseen(Notice notice) {
    if (notice instanceof Notice.Forked forked && hasTls()) {
      probes.late(new User(forked.child(), forked.atNanos()));
    } else if (notice instanceof Notice.Mapped mapped) {
      missed(mapped);
    }
  }

  /**
   * What needs no look first, as its connections are moving bytes; then libraries: somebody is
   * about to use them.
   */
  private void take(List<Notice> notices) throws BpfException {
    Map<ProcessKey, List<Notice.Mapped>> mapped = new LinkedHashMap<>();
    for (Notice notice : notices) {
      if (notice instanceof Notice.Forked forked) {
        bindChild(forked);
        sayUnseen(forked);
      } else if (notice instanceof Notice.MemoryBio session) {
        attachMemoryBios(session.process());
      } else if (notice instanceof Notice.Mapped file) {
        mapped.computeIfAbsent(file.process(), any -> new ArrayList<>()).add(file);
      }
    }
    mapped.forEach(this::lookAtMapped);
    for (Notice notice : notices) {
      if (notice instanceof Notice.Started started) {
        checkName(started.process().pid());
      } else if (notice instanceof Notice.Ended ended) {
        sweeper.ended(ended.process());
        probes.forget(ProbeOwner.of(ended.process()));
        boundProcesses.remove(ended.process());
        nextCheckNanos = endsWithTargets ? 0 : nextCheckNanos;
      }
    }
  }

  /**
   * A child has what its parent has, so there is no need to look. Where many are made, each for a
   * moment, theirs would always come late: there everybody gets them.
   */
  private void bindChild(Notice.Forked forked) throws BpfException {
    if (!bound) {
      // Made before everybody's probes stood.
      return;
    }
    ProbeOwner child = ProbeOwner.of(forked.child());
    ProbeOwner before = boundProcesses.add(child);
    if (before != null) {
      probes.forget(before);
    }
    if (!hasTls()) {
      return;
    }
    User known = new User(forked.child(), 0);
    boolean many =
        forks.isHigh(forked.atNanos())
            || boundProcesses.size() > RecorderOptions.MAX_BOUND_PROCESSES;
    if (many && !filteredDie) {
      bound = false;
      probes.widen();
      // Only now, so that children made meanwhile are told: their calls may have gone unseen.
      kernel.turn(Switch.BOUND, false);
      return;
    }
    if (!wouldDie(child.pid())) {
      ProbeOwner parent = boundProcesses.get(forked.parentPid()).orElse(null);
      if (parent != null) {
        probes.inherit(parent, child, known);
      } else {
        lookAt(child.pid(), child, any -> known, Set.of());
      }
    }
  }

  /** Attaches to what a process has begun to use. */
  private void lookAtMapped(ProcessKey process, List<Notice.Mapped> notices) {
    ProbeOwner owner = bound ? ProbeOwner.of(process) : ProbeOwner.EVERYBODY;
    Set<Long> fresh =
        notices.stream().map(Notice.Mapped::address).collect(Collectors.toUnmodifiableSet());
    List<FileMapping> mappings =
        lookAt(
            process.pid(),
            owner,
            mapping ->
                new User(
                    process,
                    notices.stream()
                        .filter(notice -> isAbout(notice, mapping))
                        .findFirst()
                        .orElse(notices.get(0))
                        .atNanos()),
            fresh);
    for (Notice.Mapped notice : notices) {
      if (mappings.stream().noneMatch(mapping -> isAbout(notice, mapping))) {
        missed(notice);
      }
    }
  }

  private static boolean isAbout(Notice.Mapped notice, FileMapping mapping) {
    return (notice.address() != 0 && notice.address() == mapping.start())
        || mapping.fileName().startsWith(notice.name());
  }

  /** The process was gone, or had let go of the file, before it could be looked at. */
  private void missed(Notice.Mapped notice) {
    try {
      kernel.forgetFile(notice.file());
    } catch (BpfException e) {
      warnings.accept("a file may be found late: " + e.getMessage());
    }
    FileIdentity file = FileIdentity.ofKernel(notice.file().device(), notice.file().inode());
    boolean seen = !bound && probes.stoodIn(file, notice.atNanos());
    if (!seen && TlsFamily.ALL.stream().anyMatch(family -> family.matches(notice.name()))) {
      probes.late(new User(notice.process(), notice.atNanos()));
    }
  }

  private void attachMemoryBios(ProcessKey process) {
    finder
        .ofFamily(process.pid(), proc.codeMappings(process.pid()), TlsFamily.OPENSSL_BIO)
        .ifPresent(library -> probes.attach(library, ProbeOwner.of(process), new User(process, 0)));
  }

  /** The kernel side goes by command names; where executables were asked for, that is too much. */
  private void checkName(int pid) {
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

  private void checkIfDue(long now) throws IOException, BpfException {
    if (now < nextCheckNanos) {
      return;
    }
    nextCheckNanos = now + CHECK_NANOS;
    // An exit may have been lost with a full ring.
    boundProcesses.removeGone(proc).forEach(probes::forget);
    if (endsWithTargets) {
      for (int pid : kernel.targetPids()) {
        if (proc.facts(pid).isEmpty()) {
          kernel.removeTarget(pid);
        }
      }
      boundEnded = kernel.targetPids().isEmpty();
    }
    if (now >= nextUnusedNanos) {
      nextUnusedNanos = now + UNUSED_NANOS;
      if (probes.detachUnused(proc) > 0) {
        // The same file may be used once more, by another name; then it is to be told again.
        kernel.forgetFiles();
      }
    }
    long lost = kernel.lostNotices();
    if (lost != lostNotices || noticesLost) {
      lostNotices = lost;
      noticesLost = false;
      if (hasTls()) {
        lookAtAll(lookedAtAllNanos);
      }
    }
  }
}
