// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.Pager;
import dev.tapedeck.analyzer.terminal.StandardOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * What a command writes to and what is known of it.
 *
 * @param out results; UTF-8
 * @param err everything else
 * @param outIsTerminal true when a person reads {@code out}
 * @param errIsTerminal true when a person reads {@code err}
 * @param colorful whether colours are wanted unless the command line says otherwise
 * @param columns width of the terminal, or what is assumed when there is none
 * @param clock for progress only
 * @param pager of {@code out}
 */
record Terminal(
    OutputStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    boolean colorful,
    int columns,
    InstantSource clock,
    Pager pager) {
  /** Columns of text output that no terminal shows. */
  static final int DEFAULT_COLUMNS = 80;

  private static final int MIN_COLUMNS = 40;

  /** Returns this process's. */
  static Terminal system() {
    Map<String, String> environment = System.getenv();
    boolean out = isTerminal(1);
    // https://no-color.org: any value but an empty one means no colour.
    boolean colorful =
        out
            && environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(environment.get("TERM"));
    String columns = environment.get("COLUMNS");
    Pager pager = new Pager(StandardOutput.open(), System.err, environment);
    return new Terminal(
        new BufferedOutputStream(pager.out(), StandardOutput.BUFFER_BYTES),
        pager.err(),
        out,
        isTerminal(2),
        colorful,
        out ? parseColumns(columns != null ? columns : askStty()) : DEFAULT_COLUMNS,
        InstantSource.system(),
        pager);
  }

  /** False where the system does not say, so that nothing is coloured by mistake. */
  static boolean isTerminal(int descriptor) {
    String target = StandardOutput.descriptorTarget(descriptor);
    return target.startsWith("/dev/pts/")
        || target.startsWith("/dev/tty")
        || target.equals("/dev/console");
  }

  /** Returns the width that a text states; the usual one when it states none, or nothing sane. */
  static int parseColumns(String text) {
    try {
      int columns = Integer.parseInt(text.strip());
      return columns <= 0 ? DEFAULT_COLUMNS : Math.max(MIN_COLUMNS, columns);
    } catch (NumberFormatException e) {
      // A terminal that does not say how wide it is gets the usual width.
      return DEFAULT_COLUMNS;
    }
  }

  /** Asks stty(1) for "rows columns"; Java has no call for it. */
  private static String askStty() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Path.of("/dev/tty").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (InputStream output = stty.getInputStream()) {
        String size = new String(output.readAllBytes(), StandardCharsets.US_ASCII);
        return size.substring(size.indexOf(' ') + 1);
      }
    } catch (IOException e) {
      // No stty or no controlling terminal: the width is not known.
      return "";
    }
  }
}
