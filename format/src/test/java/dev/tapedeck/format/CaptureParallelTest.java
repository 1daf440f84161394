// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading with several threads is reading. */
class CaptureParallelTest {
  private static Captures.Reading parallel(byte[] capture, Projection projection, int workers)
      throws IOException {
    return AccessCaptures.read(
        capture, (reader, visitor) -> reader.readParallel(projection, workers, visitor));
  }

  @AfterEach
  void workers_afterEveryReading_haveEnded() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("tapedeck-decode-"));
  }

  @ParameterizedTest
  @EnumSource(Projection.class)
  void readParallel_soundAndDamagedFiles_givesWhatReadGives(Projection projection)
      throws IOException {
    for (int seed = 1; seed <= 200; seed++) {
      byte[] sound = AccessCaptures.sound(seed);
      for (byte[] capture : List.of(sound, AccessCaptures.harmed(sound, seed))) {
        Captures.Reading expected;
        try {
          expected = Captures.read(capture, projection, ReaderOptions.defaults());
        } catch (CaptureFormatException e) {
          continue; // Not even its header is left.
        }
        Captures.Reading reading = parallel(capture, projection, 1 + seed % 4);
        assertThat(reading.damages()).as("seed %d", seed).isEqualTo(expected.damages());
        assertThat(reading.events()).as("seed %d", seed).isEqualTo(expected.events());
      }
    }
  }

  @Test
  void readParallel_strict_givesWhatIsBeforeTheDamageThenThrows() throws IOException {
    List<List<CaptureEvent>> blocks = Captures.smallBlocks(12);
    byte[] capture = Captures.write(WriterOptions.defaults(), blocks);
    Captures.Placed fifth = Captures.blocks(capture).get(5);
    capture[fifth.offset() + 170] ^= 1;
    List<CaptureEvent> events = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(
            new InMemoryChannel(capture), "test.tape", ReaderOptions.defaults().withStrict(true))) {
      assertThatThrownBy(() -> reader.readParallel(Projection.ALL, 3, events::add))
          .isInstanceOf(CaptureFormatException.Corrupt.class)
          .hasMessageContaining("offset " + fifth.offset());
    }
    assertThat(events).isEqualTo(Captures.flat(blocks.subList(0, 5)));
  }

  @Test
  void readParallel_visitorThatThrows_endsTheReading() throws IOException {
    byte[] capture = Captures.write(WriterOptions.defaults(), Captures.smallBlocks(40));
    AtomicInteger seen = new AtomicInteger();
    assertThatThrownBy(
            () ->
                AccessCaptures.read(
                    capture,
                    (reader, visitor) ->
                        reader.readParallel(
                            Projection.ALL,
                            2,
                            event -> {
                              if (seen.incrementAndGet() == 9) {
                                throw new IOException("enough");
                              }
                            })))
        .isInstanceOf(IOException.class)
        .hasMessage("enough");
    assertThat(seen).hasValue(9);
  }

  @Test
  void readParallel_interrupted_throwsAndKeepsTheInterrupt() {
    byte[] capture = Captures.write(WriterOptions.defaults(), Captures.smallBlocks(2_000));
    assertThatThrownBy(
            () ->
                AccessCaptures.read(
                    capture,
                    (reader, visitor) ->
                        reader.readParallel(
                            Projection.ALL, 2, event -> Thread.currentThread().interrupt())))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void readParallel_noWorkers_isRefused() {
    byte[] capture = AccessCaptures.sound(1);
    assertThatThrownBy(() -> parallel(capture, Projection.ALL, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readParallel_watermarks_comeAsInRead() throws IOException {
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(
            channel, "test.tape", TestObjects.header(), WriterOptions.defaults())) {
      for (int i = 1; i < 20; i++) {
        writer.write(TestObjects.data(1_000L * i, i, 0, Bytes.latin1("x")));
        writer.watermark(1_000L * i);
        writer.flush();
      }
    }
    List<String> sequential = new ArrayList<>();
    List<String> parallel = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(
            new InMemoryChannel(channel.toByteArray()), "test.tape", ReaderOptions.defaults())) {
      reader.read(Projection.METADATA, new Noting(sequential));
      reader.readParallel(Projection.METADATA, 3, new Noting(parallel));
    }
    assertThat(parallel).hasSize(38).isEqualTo(sequential);
  }

  private record Noting(List<String> notes) implements CaptureVisitor {
    @Override
    public void event(CaptureEvent event) {
      notes.add("event " + event.stamp().exitNanos());
    }

    @Override
    public void watermark(long monotonicNanos) {
      notes.add("watermark " + monotonicNanos);
    }
  }
}
