// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Writes blocks without end, and prints the number of each when it has been acknowledged. */
final class KilledWriter {
  static final int BLOCK_EVENTS = 20;

  private KilledWriter() {}

  /** Returns the events of a block; each run makes the same. */
  static List<CaptureEvent> block(int number) {
    return new EventGenerator(number + 1).events(BLOCK_EVENTS);
  }

  public static void main(String[] args) throws Exception {
    PrintStream acknowledgements = System.out;
    CaptureWriter writer =
        CaptureWriter.create(
            Path.of(args[0]),
            TestObjects.header(),
            WriterOptions.newBuilder().checkpointBytes(100_000).build());
    for (int number = 0; ; number++) {
      for (CaptureEvent event : block(number)) {
        writer.write(event);
      }
      writer.flush();
      acknowledgements.println(number);
      acknowledgements.flush();
    }
  }
}
