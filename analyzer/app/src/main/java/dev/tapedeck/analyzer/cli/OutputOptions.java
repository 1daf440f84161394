// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a command writes a capture. */
final class OutputOptions {
  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "Capture to make, readable by you alone; an earlier one is kept as OUT.old.")
  private Path output = Path.of("");

  Path output() {
    return output;
  }
}
