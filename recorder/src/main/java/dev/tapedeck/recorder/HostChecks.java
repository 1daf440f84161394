// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what a recording needs on this host.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class HostChecks {
  /** {@code PROC_PID_INIT_INO} of {@code linux/proc_ns.h}. */
  private static final String INITIAL_PID_NAMESPACE = "pid:[4026531836]";

  private static final Path KERNEL_TYPES = Path.of("/sys/kernel/btf/vmlinux");
  private static final Path UPROBE_TYPE = Path.of("/sys/bus/event_source/devices/uprobe/type");
  private static final Path PERF_EVENT_PARANOID = Path.of("/proc/sys/kernel/perf_event_paranoid");

  private final ProcFs proc;
  private final HostKernel kernel;
  private final @Nullable Path kernelTypes;
  private final PrivilegeChecks privileges;

  HostChecks(ProcFs proc, HostKernel kernel, @Nullable Path kernelTypes) {
    this.proc = proc;
    this.kernel = kernel;
    this.kernelTypes = kernelTypes;
    this.privileges = PrivilegeChecks.ofThisProcess(proc);
  }

  /**
   * Looks at this host.
   *
   * @param kernelTypes file with the kernel's BTF; null for the running kernel's own
   */
  public static HostChecks ofThisHost(@Nullable Path kernelTypes) {
    return new HostChecks(new ProcFs(Path.of("/proc")), HostKernel.current(), kernelTypes);
  }

  /**
   * One thing that was looked at.
   *
   * @param name what, in lower case with underscores
   * @param ok whether it is as it should be
   * @param required whether nothing can be recorded without it
   * @param detail what was found
   * @param advice what to do when it is not ok; empty when there is nothing to do
   */
  public record Check(String name, boolean ok, boolean required, String detail, String advice) {}

  /** Returns the host's name; empty when not known. */
  public String hostName() {
    return HostIdentity.read(proc).hostName();
  }

  /**
   * Returns the first of the cheap checks that stands in the way of a recording; empty when none
   * does.
   */
  public Optional<Check> firstObstacle() {
    return List.of(kernelVersion(), architecture(), types(), privileges.required(), pidNamespace())
        .stream()
        .filter(check -> check.required() && !check.ok())
        .findFirst();
  }

  /** Returns what is missing and makes a recording see less, though it does not end it. */
  public List<Check> shortcomings() {
    return privileges.all().stream()
        .filter(check -> !check.ok() && check.name().startsWith("cap_"))
        .toList();
  }

  /** Returns everything that can be looked at. */
  public List<Check> all() {
    List<Check> checks = new ArrayList<>();
    checks.add(kernelVersion());
    checks.add(architecture());
    checks.add(types());
    checks.addAll(privileges.all());
    checks.add(pidNamespace());
    checks.add(cgroups());
    checks.add(uprobes());
    checks.add(memoryLimit());
    checks.addAll(library());
    return checks;
  }

  private Check kernelVersion() {
    return new Check(
        "kernel", kernel.isAtLeast(5, 10), true, kernel.release(), "Linux 5.10 or later is needed");
  }

  private Check architecture() {
    boolean known =
        kernel.architecture().equals("x86_64") || kernel.architecture().equals("aarch64");
    return new Check(
        "architecture", known, true, kernel.architecture(), "x86-64 and arm64 are supported");
  }

  private Check types() {
    Path file = kernelTypes == null ? KERNEL_TYPES : kernelTypes;
    boolean readable = Files.isReadable(file);
    boolean typed = readable && mayHoldTypes(file);
    return new Check(
        "btf",
        typed,
        true,
        typed ? file.toString() : readable ? file + " holds no BTF" : "cannot read " + file,
        "the kernel's type information is needed: use a kernel with CONFIG_DEBUG_INFO_BTF, or name"
            + " a file with --btf");
  }

  /** By its first bytes: BTF (Documentation/bpf/btf.rst) as it is, or in an ELF file. */
  private static boolean mayHoldTypes(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] begin = in.readNBytes(4);
      return begin.length == 4
          && ((begin[0] == (byte) 0x9f && begin[1] == (byte) 0xeb)
              || (begin[0] == 0x7f && begin[1] == 'E' && begin[2] == 'L' && begin[3] == 'F'));
    } catch (IOException e) {
      // A folder, or gone meanwhile: no types come from it.
      return false;
    }
  }

  static String yesNo(boolean yes) {
    return yes ? "yes" : "no";
  }

  private static int ownPid() {
    return (int) ProcessHandle.current().pid();
  }

  private Check pidNamespace() {
    String namespace = "";
    try {
      namespace = Files.readSymbolicLink(proc.of(ownPid()).resolve("ns/pid")).toString();
    } catch (IOException e) {
      namespace = "unknown";
    }
    boolean initial = namespace.equals(INITIAL_PID_NAMESPACE);
    return new Check(
        "pid_namespace",
        initial,
        true,
        initial ? "the host's own" : namespace,
        "process ids here are not the host's: run in the host's pid namespace (--pid=host)");
  }

  private Check cgroups() {
    List<Path> mounts = new Cgroups(proc).mounts();
    return new Check(
        "cgroups",
        !mounts.isEmpty(),
        false,
        mounts.isEmpty() ? "version 2 is not mounted" : "version 2 at " + mounts.get(0),
        "--cgroup and --container need version 2, since the kernel side cannot tell those of version"
            + " 1: boot with systemd.unified_cgroup_hierarchy=1, or use --pid and --tree");
  }

  private Check uprobes() {
    boolean there = Files.exists(UPROBE_TYPE);
    return new Check(
        "uprobes",
        there,
        false,
        yesNo(there),
        "decrypted TLS needs a kernel with CONFIG_UPROBE_EVENTS; plain text is recorded without");
  }

  private Check memoryLimit() {
    // Since 5.11 BPF memory is charged to the cgroup and this limit does not count.
    boolean counted = !kernel.isAtLeast(5, 11);
    String limit = "unknown";
    for (String line : proc.text(proc.of(ownPid()).resolve("limits")).split("\n", -1)) {
      if (line.startsWith("Max locked memory")) {
        limit = line.substring("Max locked memory".length()).trim().split(" +", 2)[0];
      }
    }
    boolean ok = !counted || limit.equals("unlimited");
    return new Check(
        "memlock",
        ok,
        false,
        counted ? limit : "not needed on this kernel",
        "raise the limit of locked memory: ulimit -l unlimited");
  }

  private List<Check> library() {
    List<Check> checks = new ArrayList<>();
    try {
      BpfFeatures features = BpfFeatures.open();
      checks.add(new Check("libbpf", true, true, BpfFeatures.libraryVersion(), ""));
      boolean ring = features.hasRingBuffer();
      checks.add(
          new Check(
              "ring_buffer",
              ring,
              true,
              yesNo(ring),
              "ring buffers are refused: see privilege and kernel"));
      boolean uprobeMulti = features.hasUprobeMulti();
      checks.add(
          new Check(
              "uprobe_multi",
              uprobeMulti,
              false,
              yesNo(uprobeMulti),
              "one probe at a time is slower, and since Linux 6.16 needs CAP_SYS_ADMIN: use Linux"
                  + " 6.6 or later; see privilege"));
      checks.addAll(hooks());
      checks.addAll(programs());
    } catch (BpfException e) {
      checks.add(
          new Check(
              "libbpf",
              false,
              true,
              "missing",
              "install libbpf 1.0 or later (Debian: apt install libbpf1)"));
    }
    return checks;
  }

  /** Attaches programs that do nothing, which is the proof; one backend is enough. */
  private List<Check> hooks() throws BpfException {
    HookProbe probe = new HookProbe(kernel, kernelTypes);
    Map<SocketHooks, String> obstacles = new EnumMap<>(SocketHooks.class);
    for (SocketHooks hooks : SocketHooks.BEST_FIRST) {
      obstacles.put(hooks, probe.objection(hooks));
    }
    boolean any = obstacles.containsValue("");
    List<Check> checks = new ArrayList<>();
    obstacles.forEach(
        (hooks, obstacle) ->
            checks.add(
                new Check(
                    "hooks_" + hooks.label(),
                    obstacle.isEmpty(),
                    !any,
                    obstacle.isEmpty() ? "yes" : obstacle,
                    advice(probe, hooks, obstacle)
                        + (any ? "; not needed, another one is there" : ""))));
    return checks;
  }

  private String advice(HookProbe probe, SocketHooks hooks, String obstacle) {
    if (!obstacle.isEmpty() && obstacle.equals(probe.shortfall(hooks))) {
      return "with --hooks "
          + hooks.label()
          + " it is used all the same, and what is missed is counted as probe_missed";
    }
    if (obstacle.endsWith("EACCES") && arePerfEventsRestricted()) {
      return "this kernel lets only CAP_SYS_ADMIN open perf events: sysctl -w"
          + " kernel.perf_event_paranoid=2";
    }
    return switch (hooks) {
      case FENTRY -> "needs BTF, a BPF trampoline of the architecture and CONFIG_FUNCTION_TRACER";
      case KPROBE -> "needs CONFIG_KPROBE_EVENTS";
      case RAW_TP -> "raw tracepoints are refused: see privilege and kernel";
      case TRACEPOINT ->
          "needs CONFIG_FTRACE_SYSCALLS and tracefs: mount -t tracefs nodev /sys/kernel/tracing";
      case AUTO -> "";
    };
  }

  /** Debian and others have a level 3, which refuses perf events even with CAP_PERFMON. */
  private boolean arePerfEventsRestricted() {
    String level = proc.text(PERF_EVENT_PARANOID).trim();
    return level.length() == 1 && level.charAt(0) >= '3';
  }

  /** Loads everything that a recording loads, which is the proof. */
  private List<Check> programs() {
    RecorderOptions options = RecorderOptions.newBuilder().kernelTypes(kernelTypes).build();
    try (KernelSide side = KernelSide.load(options, ownPid())) {
      return List.of(
          new Check("programs", true, true, side.loadedPrograms().size() + " loaded", ""),
          returnProbes(SeccompHazard.test(side, kernel.architecture())));
    } catch (BpfException e) {
      return List.of(
          new Check(
              "programs",
              false,
              true,
              String.valueOf(e.getMessage()),
              e.isPermissionDenied()
                  ? "the kernel allows none of them: see privilege"
                  : "the kernel refuses the programs: run 'recorder record --debug' for its log"));
    }
  }

  private static Check returnProbes(SeccompHazard.Verdict verdict) {
    return new Check(
        "return_probes",
        verdict == SeccompHazard.Verdict.HARMLESS,
        false,
        switch (verdict) {
          case HARMLESS -> "harmless to programs under a seccomp filter";
          case KILLS -> "kill programs under a seccomp filter";
          case UNKNOWN -> "could not be tried under a seccomp filter";
        },
        "TLS of programs under a seccomp filter is not recorded: use Linux 6.14 or later, or a stable"
            + " release that keeps filters away from the system call uretprobe");
  }
}
