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
      description = "Capture to write, readable by you alone; it is named OUT when it is whole.")
  private Path output = Path.of("");

  Path output() {
    return output;
  }
}
