// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.UprobeOptsLayout;
import java.nio.file.Path;
import jnr.ffi.Pointer;

/**
 * A program of a {@link BpfObject}.
 *
 * <p><b>Ownership:</b> valid as long as its object is open; the links it makes are the caller's.
 */
public final class BpfProgram {
  /** Attaches to every process that maps the file. */
  public static final int ANY_PROCESS = -1;

  private final LibraryHandle library;
  private final BpfObject object;
  private final Pointer program;
  private final String name;
  private final String section;

  BpfProgram(
      LibraryHandle library, BpfObject object, Pointer program, String name, String section) {
    this.library = library;
    this.object = object;
    this.program = program;
    this.name = name;
    this.section = section;
  }

  /** Returns the program's function name. */
  public String name() {
    return name;
  }

  /**
   * Returns the name of the program's section, such as {@code uprobe} or {@code raw_tp/sys_exit}.
   */
  public String section() {
    return section;
  }

  /**
   * Says whether the program is loaded with its object.
   *
   * @throws BpfException when the object is loaded already
   */
  public void setAutoload(boolean autoload) throws BpfException {
    object.requireOpen();
    library.checkResult(
        library.libbpf().bpf_program__set_autoload(program, autoload), "set autoload of " + name);
  }

  /**
   * Attaches to an instruction of a file.
   *
   * @param pid a process, or {@link #ANY_PROCESS}
   * @param file path as this process sees it; magic links of {@code /proc} are followed
   * @param fileOffset offset of the instruction in the file, bytes
   * @param atReturn whether to run when the function that starts there returns
   * @param cookie value that the program can read; 0 where the kernel has no cookies (before 5.15)
   * @throws BpfException when the kernel refuses
   */
  public BpfLink attachUprobe(int pid, Path file, long fileOffset, boolean atReturn, long cookie)
      throws BpfException {
    object.requireOpen();
    Pointer opts = library.allocate(UprobeOptsLayout.SIZE_BYTES);
    opts.putLong(UprobeOptsLayout.SZ, UprobeOptsLayout.SIZE_BYTES);
    opts.putLong(UprobeOptsLayout.BPF_COOKIE, cookie);
    opts.putByte(UprobeOptsLayout.RETPROBE, (byte) (atReturn ? 1 : 0));
    library.clearLog();
    String what = "attach " + name + " to " + file + "+0x" + Long.toHexString(fileOffset);
    Pointer link =
        library.checkPointer(
            library
                .libbpf()
                .bpf_program__attach_uprobe_opts(program, pid, file.toString(), fileOffset, opts),
            what);
    return new BpfLink(library, link, what);
  }

  /**
   * Attaches to a raw tracepoint.
   *
   * @param tracepoint kernel's name, such as {@code sys_exit}
   * @throws BpfException when the kernel refuses
   */
  public BpfLink attachRawTracepoint(String tracepoint) throws BpfException {
    object.requireOpen();
    library.clearLog();
    String what = "attach " + name + " to raw tracepoint " + tracepoint;
    Pointer link =
        library.checkPointer(
            library.libbpf().bpf_program__attach_raw_tracepoint(program, tracepoint), what);
    return new BpfLink(library, link, what);
  }

  @Override
  public String toString() {
    return name;
  }
}
