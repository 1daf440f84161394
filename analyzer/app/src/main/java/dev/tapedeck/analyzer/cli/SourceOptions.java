// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which captures are analysed, and how. */
final class SourceOptions {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Capture files, read one after another.")
  private List<Path> files = List.of();

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  @Option(
      names = "--both-ends",
      description = "Show both sides of connections whose two ends were recorded.")
  private boolean bothEnds;

  /** Made by the command line. */
  SourceOptions() {}

  SourceOptions(List<Path> files, boolean strict, boolean bothEnds) {
    this.files = files;
    this.strict = strict;
    this.bothEnds = bothEnds;
  }

  List<Path> files() {
    return files;
  }

  boolean strict() {
    return strict;
  }

  boolean bothEnds() {
    return bothEnds;
  }
}
