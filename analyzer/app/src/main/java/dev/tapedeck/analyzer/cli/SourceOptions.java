// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which captures are analysed, and how. */
final class SourceOptions {
  /** Less is read before threads have started. */
  private static final long WORTH_THREADS_BYTES = 1 << 20;

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

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      converter = Count.OfInt.class,
      description =
          "Threads that reconstruct; as many as there are processors by default. What is found is the same.")
  private int threads;

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

  /** Returns how many threads a capture of that size is worth. */
  int threads(long fileBytes) {
    if (fileBytes < WORTH_THREADS_BYTES) {
      return 1;
    }
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  boolean bothEnds() {
    return bothEnds;
  }
}
