// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.Pager;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a run of the tool in this process left behind.
 *
 * @param exitCode what the process would have exited with
 * @param out standard output
 * @param err standard error
 */
record CliRun(int exitCode, String out, String err) {
  /** Runs the tool as if nobody watched. */
  static CliRun of(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return run(out, out, false, arguments);
  }

  /** Runs the tool as if on a colour terminal 80 columns wide. */
  static CliRun onTerminal(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return run(out, out, true, arguments);
  }

  /** Runs the tool with a standard output of the caller's. */
  static CliRun into(OutputStream target, Object... arguments) {
    return run(target, new ByteArrayOutputStream(), false, arguments);
  }

  private static CliRun run(
      OutputStream target, ByteArrayOutputStream read, boolean terminal, Object... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int code =
        Main.run(
            new Terminal(
                target,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                terminal,
                terminal,
                80,
                secondsPassing(),
                new Pager(target, err, Map.of())),
            words);
    return new CliRun(
        code, read.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** A clock by which each look takes a second. */
  private static InstantSource secondsPassing() {
    AtomicLong looks = new AtomicLong();
    return () -> Instant.ofEpochSecond(looks.getAndIncrement());
  }

  /** Returns the same with a folder's path replaced by DIR, so that it can be compared. */
  CliRun without(Path folder) {
    return new CliRun(
        exitCode, out.replace(folder.toString(), "DIR"), err.replace(folder.toString(), "DIR"));
  }
}
