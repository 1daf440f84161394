// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command of the replayer returned and printed, run in this JVM with no terminal.
 *
 * @param code the exit code
 * @param out its standard output
 * @param err its standard error
 */
record Ran(int code, String out, String err) {
  /** Runs a command line. */
  static Ran command(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        Terminal.of(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, false);
    int code = Main.run(terminal, StopSignal.manual(), words);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static Ran command(List<String> words) {
    return command(words.toArray(String[]::new));
  }

  /** Returns what was printed for programs. */
  JsonNode json() {
    return new JsonMapper().readTree(out);
  }
}
