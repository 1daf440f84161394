// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfLink;
import dev.tapedeck.recorder.bpf.BpfObject;
import dev.tapedeck.recorder.bpf.TraceFs;
import java.util.ArrayList;
import java.util.List;

/** The tracepoints of the socket backend {@code tracepoint}, two for each system call. */
final class SyscallTracepoints {
  private static final String GROUP = "syscalls";

  /**
   * As tracefs names them: {@code sendfile} is {@code sendfile64} there. Those that an architecture
   * lacks are left out.
   */
  private static final List<String> CALLS =
      List.of(
          "read",
          "write",
          "readv",
          "writev",
          "sendto",
          "recvfrom",
          "sendmsg",
          "recvmsg",
          "sendmmsg",
          "recvmmsg",
          "sendfile64",
          "splice",
          "connect",
          "accept",
          "accept4",
          "mmap",
          "socketpair",
          "dup",
          "dup2",
          "dup3",
          "fcntl");

  private SyscallTracepoints() {}

  /**
   * Attaches the backend, ends of calls before their beginnings.
   *
   * @return the links, which are the caller's to close
   * @throws BpfException when the kernel refuses one; then none is attached
   */
  static List<BpfLink> attach(BpfObject object) throws BpfException {
    List<BpfLink> links = new ArrayList<>();
    try (TraceFs traceFs = TraceFs.open()) {
      for (String call : CALLS) {
        if (!traceFs.has(GROUP, "sys_enter_" + call)) {
          continue;
        }
        links.add(
            object
                .program("handle_exit")
                .attachTracepoint(traceFs.eventId(GROUP, "sys_exit_" + call)));
        String entry = "sys_enter_" + call;
        links.add(
            object
                .program("handle_enter_" + traceFs.argumentCount(GROUP, entry))
                .attachTracepoint(traceFs.eventId(GROUP, entry)));
      }
      return links;
    } catch (BpfException e) {
      links.forEach(BpfLink::close);
      throw e;
    }
  }
}
