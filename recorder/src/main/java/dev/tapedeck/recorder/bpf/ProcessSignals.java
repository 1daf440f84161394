// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.LibC;

/** Signals that the JDK cannot send. */
public final class ProcessSignals {
  private ProcessSignals() {}

  /**
   * Lets a stopped process go on (SIGCONT); one that has gone is left alone.
   *
   * @throws BpfException when the native libraries cannot be loaded
   */
  public static void resume(int pid) throws BpfException {
    LibraryHandle.load().libc().kill(pid, LibC.SIGCONT);
  }
}
