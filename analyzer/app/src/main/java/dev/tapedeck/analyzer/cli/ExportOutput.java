// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.PrivateFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Where an export goes: a file that appears when it is complete, or standard output. */
final class ExportOutput {
  private static final String STANDARD_OUTPUT = "-";

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "File to write, readable by you alone; - for standard output.")
  private Path output = Path.of(STANDARD_OUTPUT);

  /** Writes an export; returns the exit code. */
  @FunctionalInterface
  interface Content {
    int write(OutputStream out) throws IOException;
  }

  /**
   * Has the export written.
   *
   * @param inputs captures, which must not be replaced
   */
  int write(AnalyzerCommand root, List<Path> inputs, Content content) throws IOException {
    if (output.toString().equals(STANDARD_OUTPUT)) {
      return content.write(root.terminal().out());
    }
    Captures.check(inputs);
    Captures.refuseToReplace(inputs, output);
    try (PrivateFile file = PrivateFile.create(output)) {
      int code = content.write(file.stream());
      file.commit();
      return code;
    }
  }
}
