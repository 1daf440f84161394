// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** Looks at a capture in a process of its own, whose memory is bounded. */
final class HugeCaptureProbe {
  private HugeCaptureProbe() {}

  /** Prints events, whether it is finished, milliseconds; then events in a range, milliseconds. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    TimeRange range = new TimeRange(Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
    long started = System.nanoTime();
    try (CaptureReader reader =
        CaptureReader.open(Path.of(arguments[0]), ReaderOptions.defaults())) {
      CaptureSummary summary = reader.summary();
      out.println(summary.events() + " " + summary.complete() + " " + millisSince(started));
      long[] count = new long[1];
      started = System.nanoTime();
      reader.read(Projection.METADATA, range, event -> count[0]++);
      out.println(count[0] + " " + millisSince(started));
    }
  }

  private static long millisSince(long startedNanos) {
    return (System.nanoTime() - startedNanos) / 1_000_000;
  }
}
