// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.ProgramLoadLayout;
import dev.tapedeck.recorder.bpf.internal.UprobeMultiLayout;
import jnr.ffi.Pointer;

/**
 * What this kernel and this libbpf offer.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
public final class BpfFeatures {
  /** {@code BPF_MAP_TYPE_RINGBUF} of {@code linux/bpf.h}. */
  private static final int MAP_TYPE_RINGBUF = 27;

  /** {@code BPF_FUNC_loop}. */
  private static final int FUNC_LOOP = 181;

  /** {@code r0 = 0; exit} ({@code struct bpf_insn}, little endian). */
  private static final long[] RETURN_ZERO = {0xb7, 0x95};

  private final LibraryHandle library;

  private BpfFeatures(LibraryHandle library) {
    this.library = library;
  }

  /** Program types that the recorder may use, with their numbers in {@code linux/bpf.h}. */
  public enum ProgramType {
    KPROBE(2),
    TRACEPOINT(5),
    RAW_TRACEPOINT(17),
    TRACING(26);

    private final int number;

    ProgramType(int number) {
      this.number = number;
    }
  }

  /**
   * Returns a prober.
   *
   * @throws BpfException when libbpf cannot be loaded
   */
  public static BpfFeatures open() throws BpfException {
    return new BpfFeatures(LibraryHandle.load());
  }

  /** Returns the version of libbpf, such as {@code v1.1}; empty when it cannot be loaded. */
  public static String libraryVersion() {
    try {
      String version = LibraryHandle.load().libbpf().libbpf_version_string();
      return version == null ? "" : version;
    } catch (BpfException e) {
      // Whoever needs the library says that it is missing.
      return "";
    }
  }

  /** Returns whether one link can bind a program to many functions (Linux 6.6). */
  public boolean hasUprobeMulti() {
    return hasUprobes(UprobeMultiLayout.TRACE_UPROBE_MULTI);
  }

  /** Returns whether one link can bind a program to both ends of functions (Linux 6.13). */
  public boolean hasUprobeSession() {
    return hasUprobes(UprobeMultiLayout.TRACE_UPROBE_SESSION);
  }

  private boolean hasUprobes(int attachType) {
    library.clearLog();
    Pointer instructions = library.longs(RETURN_ZERO);
    Pointer opts = library.allocate(ProgramLoadLayout.SIZE_BYTES);
    opts.putLong(ProgramLoadLayout.SZ, ProgramLoadLayout.SIZE_BYTES);
    opts.putInt(ProgramLoadLayout.EXPECTED_ATTACH_TYPE, attachType);
    int program =
        library
            .libbpf()
            .bpf_prog_load(
                ProgramType.KPROBE.number, "probe", "GPL", instructions, RETURN_ZERO.length, opts);
    if (program < 0) {
      return false;
    }
    try {
      return UprobeMulti.isOffered(library, program, attachType);
    } finally {
      library.libc().close(program);
    }
  }

  /** Returns whether programs of a type can call a helper function. */
  boolean hasHelper(ProgramType type, int helper) {
    library.clearLog();
    return library.libbpf().libbpf_probe_bpf_helper(type.number, helper, null) == 1;
  }

  /** Returns whether {@code bpf_loop} can be called (Linux 5.17), the newest thing that is used. */
  public boolean hasLoops() {
    return hasHelper(ProgramType.RAW_TRACEPOINT, FUNC_LOOP);
  }

  /** Returns whether ring buffers can be made (Linux 5.8). */
  public boolean hasRingBuffer() {
    library.clearLog();
    return library.libbpf().libbpf_probe_bpf_map_type(MAP_TYPE_RINGBUF, null) == 1;
  }
}
