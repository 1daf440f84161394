// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.PrivateFile;
import dev.tapedeck.analyzer.terminal.Human;
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

  /** Writes an export. */
  @FunctionalInterface
  interface Content {
    Written write(OutputStream out) throws IOException;
  }

  /**
   * What an export came to.
   *
   * @param exitCode whether what was read is damaged
   * @param count how many things were written
   * @param noun what one of them is called
   */
  record Written(int exitCode, long count, String noun) {
    /** Tells of it, on standard error, once the file has its name. */
    void tell(AnalyzerCommand root, Path output) {
      root.warn("wrote " + output + ": " + Human.count(count, noun));
    }
  }

  /**
   * Has the export written.
   *
   * @param inputs captures, which must not be replaced
   */
  int write(AnalyzerCommand root, List<Path> inputs, Content content) throws IOException {
    if (output.toString().equals(STANDARD_OUTPUT)) {
      return content.write(root.terminal().out()).exitCode();
    }
    Captures.check(inputs);
    Captures.refuseToReplace(inputs, output);
    try (PrivateFile file = PrivateFile.create(output)) {
      Written written = content.write(file.stream());
      file.commit();
      written.tell(root, output);
      return written.exitCode();
    }
  }
}
