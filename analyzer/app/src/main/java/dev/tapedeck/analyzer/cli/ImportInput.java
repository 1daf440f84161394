// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Parameters;

/** What a command imports. */
final class ImportInput {
  private static final String STANDARD_INPUT = "-";

  @Parameters(
      paramLabel = "IN",
      description = "File to import, also compressed with gzip or zstd; - for standard input.")
  private Path file = Path.of(STANDARD_INPUT);

  /** Opens it. */
  InputStream open() throws IOException {
    return isStandardInput() ? new FileInputStream(FileDescriptor.in) : Files.newInputStream(file);
  }

  /** Returns how to call it in messages. */
  String name() {
    return isStandardInput() ? "standard input" : file.toString();
  }

  /** Returns the files that must not be replaced. */
  List<Path> files() {
    return isStandardInput() ? List.of() : List.of(file);
  }

  private boolean isStandardInput() {
    return file.toString().equals(STANDARD_INPUT);
  }

  /** Returns the time for a capture's header. */
  static long nowNanos(AnalyzerCommand root) {
    return TimeUnit.MILLISECONDS.toNanos(root.terminal().clock().millis());
  }
}
