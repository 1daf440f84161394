// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import picocli.CommandLine.Option;

/** How captures are analysed. */
final class ReadingOptions {
  /** Less is read before threads have started. */
  private static final long WORTH_THREADS_BYTES = 1 << 20;

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
  ReadingOptions() {}

  ReadingOptions(boolean strict, boolean bothEnds) {
    this.strict = strict;
    this.bothEnds = bothEnds;
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
