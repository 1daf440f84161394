// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfLink;
import dev.tapedeck.recorder.bpf.BpfProgram;
import dev.tapedeck.recorder.bpf.MemoryFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether return probes of this kernel kill programs under a seccomp filter, by running a
 * program made for that ({@code bpf/hazard}) through one.
 *
 * <p>Since Linux 6.11 a return probe on x86-64 ends in a system call ({@code uretprobe}), which a
 * filter that does not know it answers with death; later versions keep filters away from it. Other
 * architectures trap instead.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
final class SeccompHazard {
  private static final String RESOURCE = "/dev/tapedeck/bpf/x86_64/seccomp-child";
  private static final String PROBED = "hazard_probed";
  static final String PROGRAM = "handle_hazard_probed_return";
  private static final long TIMEOUT_SECONDS = 10;

  /** As Java gives the death by a signal: 128 and SIGSYS, which is 31 on x86-64. */
  private static final int KILLED_BY_FILTER = 128 + 31;

  private SeccompHazard() {}

  /** What came of it. */
  enum Verdict {
    /** Filtered programs live on. */
    HARMLESS,
    /** They die: they must not be probed. */
    KILLS,
    /** The test could not be made, so that the same care is due. */
    UNKNOWN;

    /** Returns the word for the capture's header and for {@code doctor}. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns whether filtered processes die, or may: the test is made on kernels that it takes. */
  static boolean mayKill(HostKernel kernel) {
    if (!kernel.isAtLeast(6, 11) || kernel.isAtLeast(6, 14)) {
      return false;
    }
    RecorderOptions options = RecorderOptions.newBuilder().build();
    try (KernelSide side = KernelSide.load(options, (int) ProcessHandle.current().pid())) {
      return test(side, kernel.architecture()) != Verdict.HARMLESS;
    } catch (BpfException e) {
      // Without the privilege to try it, it stays open.
      return true;
    }
  }

  /**
   * Makes the test; it takes a few milliseconds.
   *
   * @param kernel loaded programs
   * @param architecture of this host, as in {@link HostKernel}
   */
  static Verdict test(KernelSide kernel, String architecture) {
    if (!architecture.equals("x86_64")) {
      return Verdict.HARMLESS;
    }
    try (InputStream in = SeccompHazard.class.getResourceAsStream(RESOURCE)) {
      BpfProgram program = kernel.program(PROGRAM);
      if (in == null || program == null) {
        return Verdict.UNKNOWN;
      }
      return test(program, in.readAllBytes());
    } catch (IOException | BpfException e) {
      // Whatever stands in the way of the test, memory files or probes, leaves it open.
      return Verdict.UNKNOWN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Verdict.UNKNOWN;
    }
  }

  /** Makes the test with a program of the caller's. */
  static Verdict test(BpfProgram program, byte[] child)
      throws BpfException, IOException, InterruptedException {
    try (MemoryFile file = MemoryFile.create("tapedeck-seccomp", child)) {
      Long offset = ElfImage.read(file.path(), Set.of(PROBED), PROBED).functions().get(PROBED);
      if (offset == null) {
        return Verdict.UNKNOWN;
      }
      BpfLink link = program.attachUprobe(BpfProgram.ANY_PROCESS, file.path(), offset, true, 0);
      try {
        return switch (run(file)) {
          case 0 -> Verdict.HARMLESS;
          case KILLED_BY_FILTER -> Verdict.KILLS;
          default -> Verdict.UNKNOWN;
        };
      } finally {
        link.close();
      }
    }
  }

  private static int run(MemoryFile file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(file.path().toString())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } finally {
      process.destroyForcibly();
    }
  }
}
