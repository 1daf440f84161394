// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a command writes to and what is known of it.
 *
 * @param out results; UTF-8
 * @param err everything else
 * @param errIsTerminal true when a person reads {@code err}
 * @param colorful whether colours are wanted unless the command line says otherwise
 */
record Terminal(PrintStream out, PrintStream err, boolean errIsTerminal, boolean colorful) {
  /** Returns this process's. */
  static Terminal system(StandardOutput out) {
    // https://no-color.org: any value but an empty one means no colour.
    boolean colorful =
        isTerminal(1)
            && System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(System.getenv("TERM"));
    return new Terminal(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        isTerminal(2),
        colorful);
  }

  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      // A descriptor that is closed is read by nobody.
      return false;
    }
  }
}
