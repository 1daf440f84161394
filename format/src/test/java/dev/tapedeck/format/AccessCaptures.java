// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Captures for readings that do not go over the whole file: events out of order, of several clocks,
 * with and without index, cut and damaged.
 */
final class AccessCaptures {
  private static final long SPAN_NANOS = 1_000_000;
  private static final long OTHER_CLOCK_NANOS = 500L * SPAN_NANOS;

  private AccessCaptures() {}

  /** Returns a capture, different for each seed. */
  static byte[] sound(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    WriterOptions options =
        WriterOptions.newBuilder()
            .checkpointBytes(new long[] {1, 2_000, 20_000, 1 << 20}[random.nextInt(4)])
            .codec(random.nextBoolean() ? Codec.ZSTD : Codec.STORE)
            .build();
    return Captures.write(options, blocks(random, random.nextInt(3, 60)));
  }

  /** Returns the capture, mostly with something missing or wrong. */
  static byte[] harmed(byte[] capture, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] harmed = capture;
    for (int i = random.nextInt(3); i > 0; i--) {
      harmed = RandomDamage.apply(harmed, random.nextLong());
    }
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(harmed, random.nextInt(headerEnd(capture), harmed.length + 1));
      case 1 -> harmedIndex(harmed, random);
      default -> harmed;
    };
  }

  private static int headerEnd(byte[] capture) {
    return Math.min(Captures.records(capture).get(0).end(), capture.length - 1);
  }

  private static byte[] harmedIndex(byte[] capture, SplittableRandom random) {
    byte[] harmed = capture.clone();
    int last = capture.length - 160;
    harmed[Math.max(0, last - random.nextInt(1, 700))] ^= 4;
    return harmed;
  }

  private static List<List<CaptureEvent>> blocks(SplittableRandom random, int count) {
    List<List<CaptureEvent>> blocks = new ArrayList<>();
    long sequence = 0;
    for (int i = 0; i < count; i++) {
      List<CaptureEvent> block = new ArrayList<>();
      for (int j = random.nextInt(1, 9); j > 0; j--) {
        block.add(event(random, i * SPAN_NANOS, sequence++));
      }
      blocks.add(block);
    }
    return blocks;
  }

  private static CaptureEvent event(SplittableRandom random, long blockNanos, long sequence) {
    long late = random.nextInt(10) == 0 ? 30 * SPAN_NANOS : 0;
    long exit = 100 * SPAN_NANOS + blockNanos + random.nextLong(SPAN_NANOS) - late;
    byte[] payload = new byte[random.nextInt(200)];
    random.nextBytes(payload);
    if (random.nextInt(5) > 0) {
      return TestObjects.data(exit, sequence, sequence, Bytes.copyOf(payload));
    }
    return new ClockEvent(
        new EventStamp(
            new ProcessKey(TestObjects.HOST_ID + 1, 7, 1),
            7,
            0,
            exit + OTHER_CLOCK_NANOS,
            EventOrigin.userSpace(sequence)),
        sequence,
        sequence);
  }

  /** Returns a range that begins and ends somewhere among the events. */
  static TimeRange range(SplittableRandom random) {
    long base = random.nextInt(4) == 0 ? OTHER_CLOCK_NANOS : 0;
    long from = base + random.nextLong(60 * SPAN_NANOS, 170 * SPAN_NANOS);
    long length = random.nextLong(random.nextBoolean() ? SPAN_NANOS / 2 : 60 * SPAN_NANOS);
    return new TimeRange(from, from + length);
  }

  /** Gives one kind of reading to a visitor. */
  @FunctionalInterface
  interface Reading {
    void read(CaptureReader reader, CaptureVisitor visitor) throws IOException;
  }

  /** Returns what a reading gives. */
  static Captures.Reading read(byte[] capture, Reading reading) throws IOException {
    Captures.Reading result = new Captures.Reading(new ArrayList<>(), new ArrayList<>());
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(capture), "test.tape", ReaderOptions.defaults())) {
      reading.read(
          reader,
          new CaptureVisitor() {
            @Override
            public void event(CaptureEvent event) {
              result.events().add(event);
            }

            @Override
            public void damage(Damage damage) {
              result.damages().add(damage);
            }
          });
    }
    return result;
  }
}
