// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which captures are analysed, and how. */
final class SourceOptions {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Capture files, read one after another.")
  private List<Path> files = List.of();

  @Mixin private ReadingOptions reading = new ReadingOptions();

  /** Made by the command line. */
  SourceOptions() {}

  SourceOptions(List<Path> files, boolean strict, boolean bothEnds) {
    this.files = files;
    this.reading = new ReadingOptions(strict, bothEnds);
  }

  List<Path> files() {
    return files;
  }

  /** Returns how they are analysed. */
  ReadingOptions reading() {
    return reading;
  }

  boolean strict() {
    return reading.strict();
  }

  /** Returns how many threads a capture of that size is worth. */
  int threads(long fileBytes) {
    return reading.threads(fileBytes);
  }

  boolean bothEnds() {
    return reading.bothEnds();
  }
}
