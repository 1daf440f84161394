// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a command writes to and what is known of it.
 *
 * @param results where {@code out} ends
 * @param out results; UTF-8
 * @param err everything else
 * @param errIsTerminal true when a person reads {@code err}
 * @param colorful whether colours are wanted unless the command line says otherwise
 */
record Terminal(
    StandardOutput results,
    PrintStream out,
    PrintStream err,
    boolean errIsTerminal,
    boolean colorful) {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Returns this process's. */
  static Terminal system() {
    // https://no-color.org: any value but an empty one means no colour.
    boolean colorful =
        isTerminal(1)
            && System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(System.getenv("TERM"));
    PrintStream err =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.err), BUFFER_BYTES),
            true,
            StandardCharsets.UTF_8);
    return of(new FileOutputStream(FileDescriptor.out), err, isTerminal(2), colorful);
  }

  /** Returns one whose results go to that stream. */
  static Terminal of(OutputStream out, PrintStream err, boolean errIsTerminal, boolean colorful) {
    StandardOutput results = new StandardOutput(out);
    PrintStream buffered =
        new PrintStream(
            new BufferedOutputStream(results, BUFFER_BYTES), false, StandardCharsets.UTF_8);
    return new Terminal(results, buffered, err, errIsTerminal, colorful);
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
