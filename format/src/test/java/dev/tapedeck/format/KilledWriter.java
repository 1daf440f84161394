// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes blocks, under changing pressure and made durable by another thread, and prints the number
 * of each when it has been acknowledged.
 */
final class KilledWriter {
  static final int BLOCK_EVENTS = 21;

  /** Long enough that the kernel takes a while for it, and can be stopped in the middle. */
  private static final int LONG_PAYLOAD_BYTES = 400_000;

  private KilledWriter() {}

  /** Returns the events of a block; each run makes the same. */
  static List<CaptureEvent> block(int number) {
    List<CaptureEvent> events =
        new ArrayList<>(new EventGenerator(number + 1).events(BLOCK_EVENTS - 1));
    byte[] payload = new byte[number % 3 == 0 ? LONG_PAYLOAD_BYTES : 10];
    new SplittableRandom(number).nextBytes(payload);
    events.add(TestObjects.data(1_000_000L, number, 0, Bytes.wrap(payload, 0, payload.length)));
    return events;
  }

  /**
   * Writes.
   *
   * @param args the capture, and how many blocks to write
   */
  public static void main(String[] args) throws Exception {
    PrintStream acknowledgements = System.out;
    int blocks = Integer.parseInt(args[1]);
    CaptureWriter writer =
        CaptureWriter.create(
            Path.of(args[0]),
            TestObjects.header(),
            WriterOptions.newBuilder().codec(Codec.ADAPTIVE).checkpointBytes(100_000).build());
    int[] asked = new int[1];
    writer.followBacklog(() -> asked[0]++ % 16 / 16.0);
    Thread sync = new Thread(() -> sync(writer), "test-sync");
    sync.setDaemon(true);
    sync.start();
    for (int number = 0; number < blocks; number++) {
      for (CaptureEvent event : block(number)) {
        writer.write(event);
      }
      writer.flush();
      acknowledgements.println(number);
      acknowledgements.flush();
    }
  }

  private static void sync(CaptureWriter writer) {
    try {
      while (writer.sync()) {
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
