// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.Errno;
import dev.tapedeck.recorder.bpf.internal.UprobeMultiLayout;
import java.lang.ref.Reference;
import jnr.ffi.Pointer;

/**
 * Links of one program to many functions of a file (Linux 6.6). They cost one descriptor and one
 * wait for running probes, where as many perf events cost one each, and need no CAP_SYS_ADMIN,
 * which perf events for uprobes ask for again since Linux 6.16.
 */
final class UprobeMulti {
  /** {@code pid} of the kernel's attribute for every process. */
  private static final int EVERY_PROCESS = 0;

  private UprobeMulti() {}

  /**
   * Returns whether a loaded program can be linked, and the process filter is one: it took a thread
   * for a process before Linux 6.10 and its backports, and then accepted any number.
   *
   * @param programFd a program that was loaded for such links
   * @param attachType that it was loaded for
   */
  static boolean isOffered(LibraryHandle library, int programFd, int attachType) {
    // kernel/trace/bpf_trace.c, bpf_uprobe_multi_link_attach(): a folder is refused as no file, but
    // a negative process id before that.
    long[] offset = {0};
    return create(library, programFd, attachType, "/", offset, offset, false, EVERY_PROCESS)
            == -Errno.EBADF
        && create(library, programFd, attachType, "/", offset, offset, false, -1) == -Errno.EINVAL;
  }

  /**
   * Links a program.
   *
   * @param attachType that it was loaded for
   * @return descriptor of the link
   * @throws BpfException when the kernel refuses
   */
  static int link(
      LibraryHandle library,
      int programFd,
      int attachType,
      String path,
      long[] offsets,
      long[] cookies,
      boolean atReturn,
      int pid,
      String what)
      throws BpfException {
    int filter = pid == BpfProgram.ANY_PROCESS ? EVERY_PROCESS : pid;
    return library.checkResult(
        create(library, programFd, attachType, path, offsets, cookies, atReturn, filter), what);
  }

  private static int create(
      LibraryHandle library,
      int programFd,
      int attachType,
      String path,
      long[] offsets,
      long[] cookies,
      boolean atReturn,
      int pid) {
    Pointer file = library.cString(path);
    Pointer places = library.longs(offsets);
    Pointer values = library.longs(cookies);
    Pointer attributes = library.allocate(UprobeMultiLayout.SIZE_BYTES);
    attributes.putInt(UprobeMultiLayout.PROG_FD, programFd);
    attributes.putInt(UprobeMultiLayout.ATTACH_TYPE, attachType);
    attributes.putLong(UprobeMultiLayout.PATH, file.address());
    attributes.putLong(UprobeMultiLayout.OFFSETS, places.address());
    attributes.putLong(UprobeMultiLayout.COOKIES, values.address());
    attributes.putInt(UprobeMultiLayout.CNT, offsets.length);
    attributes.putInt(UprobeMultiLayout.FLAGS, atReturn ? UprobeMultiLayout.FLAG_RETURN : 0);
    attributes.putInt(UprobeMultiLayout.PID, pid);
    try {
      return library.bpf(UprobeMultiLayout.LINK_CREATE, attributes, UprobeMultiLayout.SIZE_BYTES);
    } finally {
      Reference.reachabilityFence(file);
      Reference.reachabilityFence(places);
      Reference.reachabilityFence(values);
    }
  }
}
