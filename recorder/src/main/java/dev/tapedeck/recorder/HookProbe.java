// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfLink;
import dev.tapedeck.recorder.bpf.BpfObject;
import dev.tapedeck.recorder.bpf.BpfProgram;
import dev.tapedeck.recorder.bpf.KernelFunctions;
import dev.tapedeck.recorder.bpf.TraceFs;
import dev.tapedeck.recorder.bpf.UnsupportedKernelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which socket backends this kernel allows, by attaching programs that do nothing.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class HookProbe {
  private static final String OBJECT = "tapedeck-probe.bpf.o";
  private static final Path IPV6 = Path.of("/proc/net/if_inet6");

  /** A backend that lacks one of these would not see everything. */
  private static final List<String> NEEDED =
      List.of(
          "inet_sendmsg",
          "inet_recvmsg",
          "inet_accept",
          "inet_stream_connect",
          "unix_stream_sendmsg",
          "unix_stream_recvmsg",
          "unix_stream_connect",
          "unix_accept");

  private static final List<String> NEEDED_FOR_IPV6 = List.of("inet6_sendmsg", "inet6_recvmsg");

  private final HostKernel kernel;
  private final KernelPreemption preemption;
  private final @Nullable Path kernelTypes;

  /**
   * A probe of this host.
   *
   * @param kernelTypes file with the kernel's BTF; null for the running kernel's own
   */
  HookProbe(HostKernel kernel, @Nullable Path kernelTypes) {
    this(kernel, new KernelPreemption(kernel, Path.of("/")), kernelTypes);
  }

  HookProbe(HostKernel kernel, KernelPreemption preemption, @Nullable Path kernelTypes) {
    this.kernel = kernel;
    this.preemption = preemption;
    this.kernelTypes = kernelTypes;
  }

  /**
   * Returns the backend to use. One that may miss calls is taken only when it was asked for.
   *
   * @param wanted what was asked for
   * @throws UnsupportedKernelException when this kernel does not allow it, with the reason
   * @throws BpfException when libbpf cannot be used
   */
  SocketHooks choose(SocketHooks wanted) throws BpfException {
    if (wanted != SocketHooks.AUTO) {
      String obstacle = obstacle(wanted);
      if (!obstacle.isEmpty()) {
        throw new UnsupportedKernelException("--hooks " + wanted.label() + ": " + obstacle);
      }
      return wanted;
    }
    List<String> obstacles = new ArrayList<>();
    for (SocketHooks hooks : SocketHooks.BEST_FIRST) {
      String obstacle = objection(hooks);
      if (obstacle.isEmpty()) {
        return hooks;
      }
      obstacles.add(hooks.label() + ": " + obstacle);
    }
    throw new UnsupportedKernelException(
        "sockets cannot be hooked: " + String.join("; ", obstacles));
  }

  /**
   * Returns why a backend is not offered: it cannot be used, or it may miss calls; empty when it
   * is.
   *
   * @throws BpfException when libbpf cannot be used
   */
  String objection(SocketHooks hooks) throws BpfException {
    String obstacle = obstacle(hooks);
    return obstacle.isEmpty() ? shortfall(hooks) : obstacle;
  }

  /**
   * Returns why a backend may miss calls on this kernel, of which only the number would be known;
   * empty when it sees all. The kernel does not run a program for a call while a preempted task is
   * inside of it on the same CPU: of {@code fentry} by program (kernel/bpf/trampoline.c, {@code
   * __bpf_prog_enter_recur}), of {@code tracepoint} by CPU whatever the program
   * (kernel/trace/bpf_trace.c, {@code trace_call_bpf}), inside of which no task was preempted until
   * Linux 7.0. {@code raw_tp} has copies for it, and {@code kprobe} cannot be preempted.
   */
  String shortfall(SocketHooks hooks) {
    boolean mayMiss =
        switch (hooks) {
          case FENTRY -> preemption.isPossible();
          case TRACEPOINT -> kernel.isAtLeast(7, 0);
          default -> false;
        };
    return mayMiss
        ? "calls would be missed: this kernel skips programs that a preempted task is in"
        : "";
  }

  /**
   * Returns why a backend cannot be used; empty when it can.
   *
   * @throws BpfException when libbpf cannot be used
   */
  String obstacle(SocketHooks hooks) throws BpfException {
    if (hooks == SocketHooks.FENTRY || hooks == SocketHooks.KPROBE) {
      String missing = missingFunction();
      if (!missing.isEmpty()) {
        return "the kernel has no function " + missing;
      }
    }
    List<BpfLink> links = new ArrayList<>();
    try (BpfObject object =
        BpfObject.open(KernelSide.resource(kernel, OBJECT), OBJECT, kernelTypes)) {
      List<BpfProgram> programs = new ArrayList<>();
      for (BpfProgram program : object.programs().values()) {
        boolean used = hooks.owns(program.section());
        program.setAutoload(used);
        if (used) {
          programs.add(program);
        }
      }
      object.load();
      for (BpfProgram program : programs) {
        links.add(attach(program));
      }
      return "";
    } catch (BpfException e) {
      return String.valueOf(e.getMessage());
    } finally {
      links.forEach(BpfLink::close);
    }
  }

  private static BpfLink attach(BpfProgram program) throws BpfException {
    if (!SocketHooks.TRACEPOINT.owns(program.section())) {
      return program.attach();
    }
    try (TraceFs traceFs = TraceFs.open()) {
      return program.attachTracepoint(traceFs.eventId("syscalls", "sys_exit_connect"));
    }
  }

  private String missingFunction() throws BpfException {
    try (KernelFunctions functions = KernelFunctions.open(kernelTypes)) {
      List<String> needed = new ArrayList<>(NEEDED);
      if (Files.exists(IPV6)) {
        needed.addAll(NEEDED_FOR_IPV6);
      }
      return needed.stream().filter(name -> !functions.has(name)).findFirst().orElse("");
    }
  }
}
