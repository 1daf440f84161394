// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is what is read, for events of every kind. */
class CaptureIdentityTest {
  private static final WriterOptions SMALL_BLOCKS =
      WriterOptions.newBuilder().blockBytes(4 << 10).checkpointBytes(20 << 10).build();

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void read_anyEvents_givesWhatWasWritten(long seed) throws IOException {
    List<CaptureEvent> events = new EventGenerator(seed).events(400);
    byte[] capture = Captures.writeAll(SMALL_BLOCKS, events);

    Captures.Reading reading = Captures.read(capture);
    assertThat(reading.events()).isEqualTo(events);
    assertThat(reading.damages()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void read_metadataOnly_givesAllButPayload(long seed) throws IOException {
    List<CaptureEvent> events = new EventGenerator(seed).events(200);
    byte[] capture = Captures.writeAll(SMALL_BLOCKS, events);

    Captures.Reading reading =
        Captures.read(capture, Projection.METADATA, ReaderOptions.defaults());
    assertThat(reading.events()).isEqualTo(Captures.withoutPayload(events));
    assertThat(reading.damages()).isEmpty();
  }

  @Test
  void read_storedBlocks_givesWhatWasWritten() throws IOException {
    List<CaptureEvent> events = new EventGenerator(7).events(3000);
    WriterOptions options = WriterOptions.newBuilder().codec(Codec.STORE).build();

    byte[] capture = Captures.writeAll(options, events);

    assertThat(Captures.read(capture).events()).isEqualTo(events);
    assertThat(Captures.writeAll(WriterOptions.defaults(), events).length)
        .isLessThan(capture.length);
  }

  @Test
  void read_manyEventsInOneBlock_givesWhatWasWritten() throws IOException {
    List<CaptureEvent> events = new EventGenerator(11).events(30_000);
    WriterOptions options =
        WriterOptions.newBuilder().blockBytes(7 << 20).blockAge(Duration.ofDays(99_999)).build();

    assertThat(Captures.read(Captures.writeAll(options, events)).events()).isEqualTo(events);
  }

  @Test
  void read_largestPayload_givesWhatWasWritten() throws IOException {
    byte[] large = new byte[BlockEncoder.MAX_EVENT_BYTES];
    large[12_345] = 7;
    List<CaptureEvent> events =
        List.of(
            TestObjects.data(1, 0, 0, Bytes.latin1("small")),
            TestObjects.data(2, 1, 5, Bytes.wrap(large, 0, large.length)),
            TestObjects.data(3, 2, 5 + large.length, Bytes.latin1("small")));

    byte[] capture = Captures.writeAll(WriterOptions.defaults(), events);

    assertThat(Captures.read(capture).events()).isEqualTo(events);
  }

  @Test
  void write_sameEvents_makesTheSameBytes() {
    List<CaptureEvent> events = new EventGenerator(5).events(2000);
    assertThat(Captures.writeAll(SMALL_BLOCKS, events))
        .isEqualTo(Captures.writeAll(SMALL_BLOCKS, new EventGenerator(5).events(2000)));
  }

  @Test
  void summary_finishedAndCutFile_agree() throws IOException {
    List<CaptureEvent> events = new EventGenerator(3).events(2000);
    byte[] capture = Captures.writeAll(SMALL_BLOCKS, events);
    List<Captures.Placed> records = Captures.records(capture);
    Captures.Placed lastBlock = Captures.blocks(capture).get(Captures.blocks(capture).size() - 1);
    byte[] unfinished = java.util.Arrays.copyOf(capture, lastBlock.end());

    CaptureSummary finished = Captures.summary(capture);
    CaptureSummary scanned = Captures.summary(unfinished);

    assertThat(finished.complete()).isTrue();
    assertThat(finished.indexed()).isTrue();
    assertThat(scanned.complete()).isFalse();
    assertThat(scanned.damages()).isEmpty();
    assertThat(records.stream().filter(Captures.Placed::isBlock)).hasSizeGreaterThan(10);
    assertThat(finished.events()).isEqualTo(2000).isEqualTo(scanned.events());
    assertThat(finished.blocks()).isEqualTo(scanned.blocks());
    assertThat(finished.firstNanos()).isEqualTo(scanned.firstNanos());
    assertThat(finished.lastNanos()).isEqualTo(scanned.lastNanos());
    assertThat(finished.lostEvents()).isEqualTo(scanned.lostEvents()).isEqualTo(lostEvents(events));
    assertThat(finished.lostBytes()).isEqualTo(scanned.lostBytes());
    assertThat(finished.payloadBytes())
        .isEqualTo(scanned.payloadBytes())
        .isEqualTo(payloadBytes(events));
  }

  private static long lostEvents(List<CaptureEvent> events) {
    return events.stream()
        .filter(LossEvent.class::isInstance)
        .mapToLong(event -> Math.max(0, ((LossEvent) event).events()))
        .sum();
  }

  private static long payloadBytes(List<CaptureEvent> events) {
    return events.stream()
        .filter(StreamEvent.Data.class::isInstance)
        .mapToLong(event -> ((StreamEvent.Data) event).capturedLength())
        .sum();
  }
}
