// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's licence to end a thread's waits late, 50 µs unless it is taken back. */
final class TimerSlack {
  private static final System.Logger LOG = System.getLogger("dev.tapedeck.replayer");

  private TimerSlack() {}

  /**
   * Sets the calling thread's slack to 1 ns, the least there is. Where that is not possible waits
   * end some 50 µs later, which shows as lateness and harms nothing else.
   */
  static void minimise() {
    try {
      // proc(5): /proc/[tid]/timerslack_ns; the link of thread-self ends in the thread's id.
      Path tid = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName();
      Files.write(
          Path.of("/proc").resolve(tid).resolve("timerslack_ns"),
          "1".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "operation=timerslack error=" + e.getMessage());
    }
  }
}
