// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.TlsFamily.ProbedFunction;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfFeatures;
import dev.tapedeck.recorder.bpf.BpfObject;
import dev.tapedeck.recorder.bpf.BpfProgram;
import java.util.Locale;
import java.util.Set;

/** How programs are bound to functions of libraries, by what the kernel has. */
enum UprobeLinks {
  /** One link for each function and end. */
  PERF_EVENT,

  /** One link for all functions of a program (Linux 6.6). */
  UPROBE_MULTI,

  /**
   * The same, and calls that move bytes have one program for both ends, which spares processes that
   * are no targets the return (Linux 6.13).
   */
  UPROBE_SESSION;

  private static final Set<String> SECTIONS = Set.of("uprobe", "uretprobe");
  private static final String SESSION_PROGRAM = "handle_call_session";
  private static final String SESSION_ENTRY = "handle_call_entry";
  private static final String SESSION_RETURN = "handle_call_return";

  /**
   * Returns the best of them that there is.
   *
   * @param object whose programs are to be bound
   */
  static UprobeLinks of(BpfFeatures features, BpfObject object) {
    if (!features.hasUprobeMulti()) {
      return PERF_EVENT;
    }
    return object.programs().containsKey(SESSION_PROGRAM) && features.hasUprobeSession()
        ? UPROBE_SESSION
        : UPROBE_MULTI;
  }

  /** Returns whether a program is for functions of libraries. */
  static boolean isAtFunction(BpfProgram program) {
    return SECTIONS.contains(program.section());
  }

  /**
   * Says how a program will be bound, if it is for functions at all.
   *
   * @throws BpfException when the object is loaded already
   */
  void prepare(BpfProgram program) throws BpfException {
    if (!isAtFunction(program)) {
      return;
    }
    boolean isOfSession = program.name().equals(SESSION_PROGRAM);
    if (this == UPROBE_SESSION) {
      boolean isReplaced =
          program.name().equals(SESSION_ENTRY) || program.name().equals(SESSION_RETURN);
      program.setAutoload(!isReplaced);
    } else if (isOfSession) {
      program.setAutoload(false);
    }
    if (isOfSession) {
      program.useUprobeSession();
    } else if (this != PERF_EVENT) {
      program.useUprobeMulti();
    }
  }

  /** Returns the program that runs at both ends of a function; empty for none. */
  String sessionProgram(ProbedFunction function) {
    return hasSession(function) ? SESSION_PROGRAM : "";
  }

  /** Returns the program that runs only when a function is entered; empty for none. */
  String entryProgram(ProbedFunction function) {
    return hasSession(function) ? "" : function.entryProgram();
  }

  /** Returns the program that runs only when a function returns; empty for none. */
  String returnProgram(ProbedFunction function) {
    return hasSession(function) ? "" : function.returnProgram();
  }

  private boolean hasSession(ProbedFunction function) {
    return this == UPROBE_SESSION && function.entryProgram().equals(SESSION_ENTRY);
  }

  /** Returns the name in the capture's header. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
