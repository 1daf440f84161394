// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.PerfEventLayout;
import dev.tapedeck.recorder.bpf.internal.ProgramInfoLayout;
import dev.tapedeck.recorder.bpf.internal.UprobeMultiLayout;
import dev.tapedeck.recorder.bpf.internal.UprobeOptsLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /** For links to many functions at once; 0 for links to one each. */
  private int uprobeAttachType;

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

  /** Returns whether the program is loaded with its object. */
  public boolean isAutoload() {
    object.requireOpen();
    return library.libbpf().bpf_program__autoload(program);
  }

  /**
   * Makes the program one for links to many functions at once, where {@link
   * BpfFeatures#hasUprobeMulti} says that there are such; it can be attached in no other way then.
   *
   * @throws BpfException when the object is loaded already
   */
  public void useUprobeMulti() throws BpfException {
    expectUprobes(UprobeMultiLayout.TRACE_UPROBE_MULTI);
  }

  /**
   * Makes the program one that runs at both ends of functions, where {@link
   * BpfFeatures#hasUprobeSession} says that there are such; it returns 1 at the entry of a call of
   * which it does not want the return.
   *
   * @throws BpfException when the object is loaded already
   */
  public void useUprobeSession() throws BpfException {
    expectUprobes(UprobeMultiLayout.TRACE_UPROBE_SESSION);
  }

  private void expectUprobes(int attachType) throws BpfException {
    object.requireOpen();
    library.checkResult(
        library.libbpf().bpf_program__set_expected_attach_type(program, attachType),
        "set attach type of " + name);
    uprobeAttachType = attachType;
  }

  /**
   * Attaches to instructions of a file: with one link of the kernel's after {@link
   * #useUprobeMulti}, otherwise with one for each. Either all are attached or none.
   *
   * @param pid a process, or {@link #ANY_PROCESS}
   * @param file path as this process sees it; magic links of {@code /proc} are followed
   * @param fileOffsets offsets of the instructions in the file, bytes; at least one
   * @param atReturn whether to run when the functions that start there return
   * @param cookies values that the program can read, one for each offset; all 0 where the kernel
   *     has no cookies (before 5.15)
   * @throws BpfException when the kernel refuses
   */
  public BpfLink attachUprobes(
      int pid, Path file, long[] fileOffsets, boolean atReturn, long[] cookies)
      throws BpfException {
    if (fileOffsets.length == 0 || fileOffsets.length != cookies.length) {
      throw new IllegalArgumentException(
          "fileOffsets=" + fileOffsets.length + " cookies=" + cookies.length);
    }
    object.requireOpen();
    String what = "attach " + name + " to " + fileOffsets.length + " places of " + file;
    if (uprobeAttachType != 0) {
      int programFd = library.checkResult(library.libbpf().bpf_program__fd(program), what);
      int link =
          UprobeMulti.link(
              library,
              programFd,
              uprobeAttachType,
              file.toString(),
              fileOffsets,
              cookies,
              atReturn,
              pid,
              what);
      return BpfLink.ofDescriptor(library, link, what);
    }
    List<BpfLink> links = new ArrayList<>();
    try {
      for (int i = 0; i < fileOffsets.length; i++) {
        links.add(attachUprobe(pid, file, fileOffsets[i], atReturn, cookies[i]));
      }
    } catch (BpfException e) {
      BpfLink.ofAll(links, what).close();
      throw e;
    }
    return BpfLink.ofAll(links, what);
  }

  /**
   * Returns how often the kernel skipped the program, because another one ran on the same CPU; 0
   * before Linux 5.12, which does not count, and for a program that is not loaded.
   *
   * @throws BpfException when the kernel refuses
   */
  public long missedRuns() throws BpfException {
    object.requireOpen();
    int programFd = library.libbpf().bpf_program__fd(program);
    if (programFd < 0) {
      return 0;
    }
    Pointer info = library.allocate(ProgramInfoLayout.SIZE_BYTES);
    Pointer size = library.allocate(Integer.BYTES);
    size.putInt(0, ProgramInfoLayout.SIZE_BYTES);
    library.checkResult(
        library.libbpf().bpf_obj_get_info_by_fd(programFd, info, size), "look at " + name);
    return info.getLong(ProgramInfoLayout.RECURSION_MISSES);
  }

  /**
   * Attaches to one instruction of a file; see {@link #attachUprobes}.
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
    if (uprobeAttachType != 0) {
      return attachUprobes(pid, file, new long[] {fileOffset}, atReturn, new long[] {cookie});
    }
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
    return BpfLink.ofPointer(library, link, what);
  }

  /**
   * Attaches an iterator ({@code iter/bpf_map_elem}) to a map.
   *
   * @throws BpfException when the kernel refuses
   */
  public BpfIterator attachIterator(BpfMap map) throws BpfException {
    object.requireOpen();
    return BpfIterator.attach(library, program, map.fd(), name);
  }

  /**
   * Attaches to what the name of the program's section says, such as {@code fexit/FUNCTION}.
   *
   * @throws BpfException when the kernel refuses
   */
  public BpfLink attach() throws BpfException {
    object.requireOpen();
    library.clearLog();
    String what = "attach " + name + " to " + section;
    Pointer link = library.checkPointer(library.libbpf().bpf_program__attach(program), what);
    return BpfLink.ofPointer(library, link, what);
  }

  /**
   * Attaches to a classic tracepoint.
   *
   * @param eventId its number, from {@link TraceFs#eventId}
   * @throws BpfException when the kernel refuses
   */
  public BpfLink attachTracepoint(int eventId) throws BpfException {
    object.requireOpen();
    library.clearLog();
    String what = "attach " + name + " to tracepoint " + eventId;
    Pointer attributes = library.allocate(PerfEventLayout.SIZE_BYTES);
    attributes.putInt(PerfEventLayout.TYPE, PerfEventLayout.TYPE_TRACEPOINT);
    attributes.putInt(PerfEventLayout.SIZE, PerfEventLayout.SIZE_BYTES);
    attributes.putLong(PerfEventLayout.CONFIG, eventId);
    int event = library.openPerfEvent(attributes, what);
    try {
      Pointer link =
          library.checkPointer(
              library.libbpf().bpf_program__attach_perf_event(program, event), what);
      return BpfLink.ofPointer(library, link, what); // owns the event from now on
    } catch (BpfException e) {
      library.libc().close(event);
      throw e;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
