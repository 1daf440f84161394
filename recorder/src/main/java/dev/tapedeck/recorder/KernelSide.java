// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.LossEvent;
import dev.tapedeck.recorder.ControlLayout.Counter;
import dev.tapedeck.recorder.ControlLayout.FileKey;
import dev.tapedeck.recorder.ControlLayout.Loss;
import dev.tapedeck.recorder.ControlLayout.LossCause;
import dev.tapedeck.recorder.ControlLayout.Settings;
import dev.tapedeck.recorder.ControlLayout.Target;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfFeatures;
import dev.tapedeck.recorder.bpf.BpfIterator;
import dev.tapedeck.recorder.bpf.BpfLink;
import dev.tapedeck.recorder.bpf.BpfMap;
import dev.tapedeck.recorder.bpf.BpfObject;
import dev.tapedeck.recorder.bpf.BpfProgram;
import dev.tapedeck.recorder.bpf.KernelFunctions;
import dev.tapedeck.recorder.bpf.RingBufferReader;
import dev.tapedeck.recorder.bpf.UnsupportedKernelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The recorder's programs and maps in the kernel.
 *
 * <p><b>Lifecycle:</b> {@link #load}, {@link #attachTracepoints}, use, {@link #close}. Uprobe links
 * are made by {@link ProbeAttacher} and must be closed first.
 *
 * <p><b>Threads:</b> loaded and closed by one thread; maps may be used by others.
 */
final class KernelSide implements AutoCloseable {
  private static final String NAME = "tapedeck";
  private static final String RAW_TRACEPOINT = "raw_tp/";

  /** Kernels may be built without; then there is nothing to tell either. */
  private static final Set<String> OPTIONAL_TRACEPOINTS = Set.of("raw_tp/io_uring_complete");

  private static final long WAKEUP_BYTES = 1 << 20;

  private final BpfObject object;
  private final SocketHooks hooks;
  private final UprobeLinks uprobeLinks;
  private final boolean bindsProcesses;
  private final List<BpfLink> tracepoints = new ArrayList<>();
  private @Nullable BpfIterator socketSweep;
  private final Map<Long, Integer> slots = new HashMap<>();

  private KernelSide(
      BpfObject object, SocketHooks hooks, UprobeLinks uprobeLinks, boolean bindsProcesses) {
    this.object = object;
    this.hooks = hooks;
    this.uprobeLinks = uprobeLinks;
    this.bindsProcesses = bindsProcesses;
  }

  /** What one cause has cost since the start. */
  record LossCount(long events, long bytes) {
    LossCount plus(long moreEvents, long moreBytes) {
      return new LossCount(events + moreEvents, bytes + moreBytes);
    }
  }

  /**
   * Loads programs and maps.
   *
   * @param options what to record
   * @param recorderPid this process, which is never recorded
   * @throws BpfException when the kernel refuses
   */
  static KernelSide load(RecorderOptions options, int recorderPid) throws BpfException {
    BpfFeatures features = BpfFeatures.open();
    HostKernel kernel = HostKernel.current();
    SocketHooks hooks = new HookProbe(kernel, options.kernelTypes()).choose(options.hooks());
    byte[] image = resource(kernel, objectFile(features.hasLoops()));
    BpfObject object = BpfObject.open(image, NAME, options.kernelTypes());
    try {
      use(hooks, object, options.kernelTypes());
      chooseCopies(object, ProgramCopies.areNeeded(kernel));
      UprobeLinks uprobeLinks = UprobeLinks.of(features, object);
      for (BpfProgram program : object.programs().values()) {
        uprobeLinks.prepare(program);
      }
      object.map("events").setMaxEntries((int) options.ringBytes());
      object.setConstant("settings", settings(options, recorderPid));
      object.load();
      boolean bindsProcesses = uprobeLinks == UprobeLinks.PERF_EVENT || kernel.isAtLeast(6, 10);
      KernelSide side = new KernelSide(object, hooks, uprobeLinks, bindsProcesses);
      side.setFilters(options);
      return side;
    } catch (BpfException e) {
      object.close();
      throw e;
    }
  }

  /** Returns the programs for functions of libraries that are in use. */
  Stream<BpfProgram> uprobePrograms() {
    return object.programs().values().stream()
        .filter(BpfProgram::isAutoload)
        .filter(UprobeLinks::isAtFunction);
  }

  /**
   * Returns whether programs can be bound to functions in one process: until Linux 6.10 a
   * uprobe_multi link saw one thread of it alone (commit 46ba0e49b642).
   */
  boolean bindsProcesses() {
    return bindsProcesses;
  }

  /** Returns how programs are bound to functions. */
  UprobeLinks uprobeLinks() {
    return uprobeLinks;
  }

  /** Chooses the programs of one socket backend, as far as the kernel has their functions. */
  private static void use(SocketHooks hooks, BpfObject object, @Nullable Path kernelTypes)
      throws BpfException {
    for (BpfProgram program : object.programs().values()) {
      if (SocketHooks.BEST_FIRST.stream().anyMatch(any -> any.owns(program.section()))) {
        program.setAutoload(hooks.owns(program.section()));
      }
    }
    if (hooks.hangsOnFunctions()) {
      try (KernelFunctions functions = KernelFunctions.open(kernelTypes)) {
        for (BpfProgram program : object.programs().values()) {
          String section = program.section();
          if (hooks.owns(section) && !functions.has(section.substring(section.indexOf('/') + 1))) {
            program.setAutoload(false);
          }
        }
      }
    }
    if (!hooks.hangsOnFunctions()) {
      object.map("socket_calls_in_flight").setMaxEntries(1);
    }
    if (hooks != SocketHooks.TRACEPOINT) {
      object.map("syscalls_in_flight").setMaxEntries(1);
    }
  }

  private static void chooseCopies(BpfObject object, boolean copies) throws BpfException {
    for (BpfProgram program : object.programs().values()) {
      if (!ProgramCopies.isChosen(program.name(), copies, object.programs().keySet())) {
        program.setAutoload(false);
      }
    }
    if (!copies) {
      object.map("copies_marks").setMaxEntries(1);
    }
  }

  /** Returns the socket backend in use. */
  SocketHooks hooks() {
    return hooks;
  }

  /**
   * Returns which object a kernel takes. It is asked of the kernel and not told by its version,
   * because distributions bring new features to old versions.
   *
   * @param hasLoops whether the kernel has the newest thing in use, of Linux 5.17
   */
  static String objectFile(boolean hasLoops) {
    return hasLoops ? "tapedeck.bpf.o" : "tapedeck-legacy.bpf.o";
  }

  /**
   * Returns an object's bytes for an architecture.
   *
   * @throws BpfException when there is none
   */
  static byte[] resource(HostKernel kernel, String file) throws BpfException {
    String path = "/dev/tapedeck/bpf/" + kernel.architecture() + "/" + file;
    try (InputStream in = KernelSide.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new UnsupportedKernelException(
            "this build has no BPF object for architecture " + kernel.architecture());
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new BpfException("cannot read resource " + path, e);
    }
  }

  /** Returns the version of libbpf that is used; empty when it cannot be loaded. */
  static String libraryVersion() {
    return BpfFeatures.libraryVersion();
  }

  private static ByteBuffer settings(RecorderOptions options, int recorderPid) {
    ByteBuffer settings = ByteBuffer.allocate(Settings.BYTES).order(ByteOrder.nativeOrder());
    RecordingLimits limits = options.limits();
    settings.putLong(Settings.MAX_BYTES_PER_CALL, limits.maxBytesPerCall());
    settings.putLong(Settings.MAX_BYTES_PER_CONNECTION, limits.maxBytesPerConnection());
    settings.putInt(Settings.SAMPLE_LIMIT, limits.sampleLimit());
    settings.put(Settings.SHEDS, flag(limits.boundsCpu()));
    settings.putLong(Settings.WAKEUP_BYTES, wakeupBytes(options.ringBytes()));
    settings.putInt(Settings.RECORDER_TGID, recorderPid);
    settings.put(Settings.TARGETS_ONLY, flag(options.selectsProcesses()));
    settings.put(Settings.INHERIT, flag(options.inherit()));
    settings.put(Settings.PORTS_ONLY, flag(!options.ports().isEmpty()));
    settings.put(Settings.SOCKETS_OFF, flag(!options.sources().contains(Source.SOCKETS)));
    settings.put(Settings.CGROUPS, flag(!options.cgroups().isEmpty()));
    settings.put(Settings.WATCH_FILES, flag(options.sources().contains(Source.TLS)));
    settings.putLong(Settings.RING_BYTES, options.ringBytes());
    return settings;
  }

  /**
   * Returns how much is unread when the reader is woken: a quarter of a small ring; waking more
   * often costs the recorded process more than it gives.
   */
  static long wakeupBytes(long ringBytes) {
    return Math.min(WAKEUP_BYTES, ringBytes / 4);
  }

  private static byte flag(boolean on) {
    return (byte) (on ? 1 : 0);
  }

  private void setFilters(RecorderOptions options) throws BpfException {
    BpfMap comms = object.map("target_comms");
    for (String comm : options.kernelComms()) {
      byte[] name = comm.getBytes(StandardCharsets.UTF_8);
      ByteBuffer key = comms.newKey();
      key.put(0, name, 0, Math.min(name.length, EventLayout.COMM_BYTES - 1));
      comms.put(key, comms.newValue().put(0, (byte) 1));
    }
    BpfMap cgroups = object.map("target_cgroups");
    for (Path folder : options.cgroups()) {
      try {
        cgroups.put(
            cgroups.newKey().putLong(0, FileIdentity.of(folder).inode()),
            cgroups.newValue().put(0, (byte) 1));
      } catch (IOException e) {
        throw new BpfException("cannot look at cgroup " + folder, e);
      }
    }
    BpfMap ports = object.map("ports");
    for (int port : options.ports()) {
      ports.put(ports.newKey().putShort(0, (short) port), ports.newValue().put(0, (byte) 1));
    }
  }

  /**
   * Attaches what hangs on tracepoints: process and socket lives, and the socket calls.
   *
   * @throws BpfException when the kernel refuses one of them
   */
  void attachTracepoints() throws BpfException {
    for (BpfProgram program : object.programs().values()) {
      if (program.isAutoload()
          && (program.section().startsWith(RAW_TRACEPOINT)
              || (hooks.hangsOnFunctions() && hooks.owns(program.section())))) {
        attachTracepoint(program);
      }
    }
    if (hooks == SocketHooks.TRACEPOINT) {
      tracepoints.addAll(SyscallTracepoints.attach(object));
    }
    BpfProgram sweep = object.programs().get("handle_socket_sweep");
    if (sweep != null) {
      socketSweep = sweep.attachIterator(object.map("sockets"));
    }
  }

  private void attachTracepoint(BpfProgram program) throws BpfException {
    try {
      tracepoints.add(program.attach());
    } catch (BpfException e) {
      if (!OPTIONAL_TRACEPOINTS.contains(program.section())) {
        throw e;
      }
    }
  }

  /**
   * Ends the Unix sockets that are gone, which no tracepoint tells.
   *
   * @throws BpfException when the kernel refuses
   */
  void sweepSockets() throws BpfException {
    BpfIterator sweep = socketSweep;
    if (sweep != null) {
      sweep.run();
    }
  }

  /** Returns a program by name; null when this object does not have it. */
  @Nullable BpfProgram program(String name) {
    return object.programs().get(name);
  }

  /**
   * A program and what it is to be told about the function that it hangs on.
   *
   * @param cookie attach cookie; 0 for none
   */
  record Probe(BpfProgram program, long cookie) {}

  /**
   * Returns the program of a probe; null when this object does not have it.
   *
   * <p>Before Linux 5.15 there are no cookies: there the object has a program for each function,
   * which finds in a map what it is to know.
   *
   * @throws BpfException when the kernel refuses, or there are more kinds of functions than
   *     programs
   */
  @Nullable Probe probe(String name, long cookie) throws BpfException {
    BpfProgram program = program(name);
    if (program != null) {
      return new Probe(program, cookie);
    }
    if (cookie == 0) {
      return null;
    }
    int slot = slots.computeIfAbsent(cookie, unknown -> slots.size());
    BpfMap conventions = object.map("call_conventions");
    conventions.put(
        conventions.newKey().putInt(0, slot), conventions.newValue().putLong(0, cookie));
    return new Probe(object.program(name.replace("_call_", "_call_" + slot + "_")), 0);
  }

  /** Returns the names of the programs that are loaded. */
  List<String> loadedPrograms() {
    return object.programs().values().stream()
        .filter(BpfProgram::isAutoload)
        .map(BpfProgram::name)
        .toList();
  }

  /** Returns a map. */
  BpfMap map(String name) throws BpfException {
    return object.map(name);
  }

  /**
   * Makes a process a target.
   *
   * @throws BpfException when the map is full
   */
  void addTarget(int pid, byte by) throws BpfException {
    BpfMap marks = object.map("target_marks");
    marks.put(
        marks.newKey().putInt(0, Integer.remainderUnsigned(pid, marks.maxEntries())),
        marks.newValue().put(0, (byte) 1));
    BpfMap targets = object.map("targets");
    targets.put(targets.newKey().putInt(0, pid), targets.newValue().put(Target.BY, by));
  }

  /**
   * Returns the processes that are targets now, inherited ones too.
   *
   * @throws BpfException when the kernel refuses
   */
  Set<Integer> targetPids() throws BpfException {
    Set<Integer> pids = new LinkedHashSet<>();
    object.map("targets").keys().forEach(key -> pids.add(key.getInt(0)));
    return pids;
  }

  /**
   * Returns whether a process is a target only because of its command name.
   *
   * @throws BpfException when the kernel refuses
   */
  boolean isTargetByName(int pid) throws BpfException {
    BpfMap targets = object.map("targets");
    return targets
        .get(targets.newKey().putInt(0, pid))
        .filter(target -> target.get(Target.BY) == Target.COMM)
        .isPresent();
  }

  /**
   * Makes a process no target.
   *
   * @throws BpfException when the kernel refuses
   */
  void removeTarget(int pid) throws BpfException {
    BpfMap targets = object.map("targets");
    targets.remove(targets.newKey().putInt(0, pid));
  }

  /**
   * Maps the ring; the reader is the caller's to close, before this.
   *
   * @throws BpfException when the kernel refuses
   */
  RingBufferReader openRing() throws BpfException {
    return RingBufferReader.open(object.map("events"), object.map("reader"));
  }

  /**
   * Maps the ring of what discovery must act on at once; the reader is the caller's to close,
   * before this.
   *
   * @throws BpfException when the kernel refuses
   */
  RingBufferReader openNotices() throws BpfException {
    return RingBufferReader.open(object.map("notices"));
  }

  /**
   * Makes the kernel side tell of a file once more, at its next use.
   *
   * @param file as its notice named it
   * @throws BpfException when the kernel refuses
   */
  void forgetFile(Notice.Mapped.File file) throws BpfException {
    BpfMap known = object.map("known_files");
    known.remove(
        known
            .newKey()
            .putLong(FileKey.INODE, file.inode())
            .putLong(FileKey.PROCESS_START_NS, file.processStartNanos())
            .putInt(FileKey.DEVICE, file.device())
            .putInt(FileKey.GENERATION, file.generation())
            .putInt(FileKey.TGID, file.tgid()));
  }

  /**
   * Makes the kernel side tell of all files once more, at their next use.
   *
   * @throws BpfException when the kernel refuses
   */
  void forgetFiles() throws BpfException {
    BpfMap known = object.map("known_files");
    for (ByteBuffer key : known.keys()) {
      known.remove(key);
    }
  }

  /**
   * Turns a switch of {@link ControlLayout.Switch}.
   *
   * @throws BpfException when the kernel refuses
   */
  void turn(int which, boolean on) throws BpfException {
    BpfMap switches = object.map("switches");
    switches.put(switches.newKey().putInt(0, which), switches.newValue().putLong(0, on ? 1 : 0));
  }

  /**
   * Returns how many notices found no room so far.
   *
   * @throws BpfException when the kernel refuses
   */
  long lostNotices() throws BpfException {
    BpfMap counters = object.map("counters");
    return counters
        .get(counters.newKey().putInt(0, Counter.LOST_NOTICES))
        .map(value -> value.getLong(0))
        .orElse(0L);
  }

  /**
   * Returns what each cause has cost so far.
   *
   * @throws BpfException when the kernel refuses
   */
  Map<LossEvent.Cause, LossCount> losses() throws BpfException {
    Map<LossEvent.Cause, LossCount> losses = new EnumMap<>(LossEvent.Cause.class);
    BpfMap map = object.map("losses");
    for (int cause = 1; cause < LossCause.COUNT; cause++) {
      losses.merge(causeOf(cause), lossOf(map, cause), (a, b) -> a.plus(b.events(), b.bytes()));
    }
    Map<String, Long> skipped = new HashMap<>();
    for (BpfProgram program : object.programs().values()) {
      if (program.isAutoload()) {
        skipped.put(program.name(), program.missedRuns());
      }
    }
    losses.merge(
        LossEvent.Cause.PROBE_MISSED,
        new LossCount(ProgramCopies.missedCalls(skipped), 0),
        (a, b) -> a.plus(b.events(), b.bytes()));
    return losses;
  }

  /**
   * Returns the bytes for which the ring had no room so far.
   *
   * @throws BpfException when the kernel does not tell
   */
  long lostForWantOfRoom() throws BpfException {
    BpfMap map = object.map("losses");
    return lossOf(map, LossCause.RING_FULL).bytes();
  }

  private static LossCount lossOf(BpfMap map, int cause) throws BpfException {
    ByteBuffer value = map.get(map.newKey().putInt(0, cause)).orElseGet(map::newValue);
    long events = 0;
    long bytes = 0;
    for (int cpu = 0; cpu < map.slots(); cpu++) {
      events += value.getLong(cpu * map.slotBytes() + Loss.EVENTS);
      bytes += value.getLong(cpu * map.slotBytes() + Loss.LOST_BYTES);
    }
    return new LossCount(events, bytes);
  }

  /** Returns what the file says for a number of {@link LossCause}. */
  static LossEvent.Cause causeOf(int cause) {
    return switch (cause) {
      case LossCause.RING_FULL, LossCause.LIFECYCLE -> LossEvent.Cause.RING_FULL;
      case LossCause.READ_FAULT -> LossEvent.Cause.READ_FAULT;
      case LossCause.MAP_FULL -> LossEvent.Cause.MAP_FULL;
      case LossCause.NO_ENTRY, LossCause.MISSED -> LossEvent.Cause.PROBE_MISSED;
      case LossCause.OVER_CAP -> LossEvent.Cause.OVER_CAP;
      case LossCause.SHED -> LossEvent.Cause.SHED;
      case LossCause.NOT_SAMPLED -> LossEvent.Cause.NOT_SAMPLED;
      default -> LossEvent.Cause.UNKNOWN;
    };
  }

  /** Stops the tracepoint programs; the maps stay readable. */
  void detachTracepoints() {
    for (int i = tracepoints.size() - 1; i >= 0; i--) {
      tracepoints.get(i).close();
    }
    tracepoints.clear();
  }

  @Override
  public void close() {
    detachTracepoints();
    BpfIterator sweep = socketSweep;
    if (sweep != null) {
      socketSweep = null;
      sweep.close();
    }
    object.close();
  }
}
