// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Busy times make large blocks, and blocks that repeat themselves become small ones on the disk.
 */
class BlockSizeTest {
  private static final int EVENT_BYTES = 64 << 10;
  private static final long MILLISECOND = 1_000_000;
  private static final WriterOptions SPANNING =
      WriterOptions.newBuilder().blockSpan(Duration.ofMillis(250)).build();

  /** Events of 64 KiB at this distance in time; one of so many answers each. */
  private static List<CaptureEvent> events(int count, long distanceNanos, int answers) {
    List<byte[]> known = new ArrayList<>();
    for (int i = 0; i < answers; i++) {
      SplittableRandom random = new SplittableRandom(i);
      byte[] answer = new byte[EVENT_BYTES];
      for (int j = 0; j < answer.length; j++) {
        answer[j] = (byte) ('a' + random.nextInt(16));
      }
      known.add(answer);
    }
    List<CaptureEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] answer = known.get(i * 7 % answers);
      events.add(
          TestObjects.data(
              1_000 + i * distanceNanos,
              i,
              (long) i * EVENT_BYTES,
              Bytes.wrap(answer, 0, EVENT_BYTES)));
    }
    return events;
  }

  private static List<Integer> payloadBytesOfBlocks(byte[] capture) {
    return Captures.blocks(capture).stream().map(block -> block.header().dataBytes()).toList();
  }

  @Test
  void write_busyTimes_makesBlocksUpToFourMebibytes() throws IOException {
    List<CaptureEvent> events = events(134, MILLISECOND, 3);
    byte[] capture = Captures.writeAll(SPANNING, events);
    assertThat(payloadBytesOfBlocks(capture)).containsExactly(4 << 20, 4 << 20, 6 * EVENT_BYTES);
    assertThat(Captures.read(capture).events()).isEqualTo(events);
    assertThat(Captures.read(capture).damages()).isEmpty();
  }

  @Test
  void write_quieterTimes_closesBlocksAsSoonAsTheySpanEnough() {
    byte[] capture = Captures.writeAll(SPANNING, events(46, 10 * MILLISECOND, 3));
    // 25 distances of 10 ms are 250 ms, and more than 1 MiB.
    assertThat(payloadBytesOfBlocks(capture)).containsExactly(26 * EVENT_BYTES, 20 * EVENT_BYTES);
  }

  @Test
  void write_busyTimesWithoutCompression_keepsBlocksShort() {
    WriterOptions storing =
        WriterOptions.newBuilder().codec(Codec.STORE).blockSpan(Duration.ofMillis(250)).build();
    byte[] capture = Captures.writeAll(storing, events(40, MILLISECOND, 3));
    assertThat(payloadBytesOfBlocks(capture)).containsExactly(1 << 20, 1 << 20, 8 * EVENT_BYTES);
  }

  @Test
  void write_withoutSpan_closesBlocksByTheirSize() {
    byte[] capture = Captures.writeAll(WriterOptions.defaults(), events(40, 1, 3));
    assertThat(payloadBytesOfBlocks(capture)).containsExactly(1 << 20, 1 << 20, 8 * EVENT_BYTES);
  }

  @Test
  void write_answersThatReturnAfterMegabytes_areFoundAgain() throws IOException {
    // 20 answers are 1.25 MiB: level 1 does not look back so far.
    List<CaptureEvent> repeated = events(64 * 6, MILLISECOND, 20);
    byte[] capture = Captures.writeAll(SPANNING, repeated);
    assertThat(Captures.read(capture).events()).isEqualTo(repeated);
    List<Integer> stored =
        new ArrayList<>(
            Captures.blocks(capture).stream()
                .map(b -> b.header().payload().storedBytes())
                .toList());
    assertThat(stored).hasSize(6);
    // The second block is the first that is tried the other way, which is worse.
    int tried = stored.remove(1);
    assertThat(stored).allMatch(bytes -> bytes < tried * 0.6);
  }

  @Test
  void write_nothingRepeats_triesItRarely() {
    RepetitionChoice choice = new RepetitionChoice();
    int tried = 0;
    for (int i = 0; i < 80; i++) {
      boolean farBack = choice.next(1 << 20);
      tried += farBack ? 1 : 0;
      choice.written(1 << 20, farBack ? 899_000 : 900_000);
    }
    // The first large plane, and probes after 8, 8, 16 and 32 others.
    assertThat(tried).isBetween(2, 5);
    assertThat(choice.next(100_000)).isFalse();
  }

  @Test
  void write_planesThatAreTinyAnyway_areNotWorthTheTime() {
    RepetitionChoice choice = new RepetitionChoice();
    int tried = 0;
    for (int i = 0; i < 80; i++) {
      boolean farBack = choice.next(1 << 20);
      tried += farBack ? 1 : 0;
      choice.written(1 << 20, farBack ? 2_000 : 10_000);
    }
    assertThat(tried).isLessThan(6);
  }

  @Test
  void write_repetitionEnds_isNoticed() {
    RepetitionChoice choice = new RepetitionChoice();
    int farBack = 0;
    for (int i = 0; i < 40; i++) {
      boolean chosen = choice.next(1 << 20);
      farBack += chosen && i >= 20 ? 1 : 0;
      choice.written(1 << 20, chosen && i < 20 ? 100_000 : 900_000);
    }
    assertThat(farBack).isLessThan(10);
  }
}
