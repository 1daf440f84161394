// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureWriterTest {
  @TempDir Path folder;

  private CaptureWriter create(Path file) throws IOException {
    return CaptureWriter.create(file, TestObjects.header(), WriterOptions.defaults());
  }

  private static StreamEvent.Data event(long nanos) {
    return TestObjects.data(nanos, 0, 0, Bytes.latin1("x"));
  }

  @Test
  void create_beforeClose_isPartialAndPrivate() throws IOException {
    Path file = folder.resolve("a.tape");
    Path partial = folder.resolve("a.tape.partial");
    try (CaptureWriter writer = create(file)) {
      assertThat(file).doesNotExist();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(partial)))
          .isEqualTo("rw-------");
      writer.write(event(5_000));
      writer.flush();
      try (CaptureReader reader = CaptureReader.open(partial, ReaderOptions.defaults())) {
        assertThat(Captures.read(reader, Projection.ALL).events()).hasSize(1);
        assertThat(reader.summary().complete()).isFalse();
        writer.write(event(6_000));
        writer.flush();
        assertThat(Captures.read(reader, Projection.ALL).events()).hasSize(2);
      }
    }
    assertThat(partial).doesNotExist();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void create_whilePartialExists_isRefused() throws IOException {
    Path file = folder.resolve("a.tape");
    Path partial = folder.resolve("a.tape.partial");
    Files.writeString(partial, "evidence");
    assertThatThrownBy(() -> create(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(partial + ": exists");
    assertThat(partial).hasContent("evidence");
  }

  @Test
  void close_whenAnotherTookTheName_leavesItAlone() throws IOException {
    Path file = folder.resolve("a.tape");
    Path partial = folder.resolve("a.tape.partial");
    CaptureWriter writer = create(file);
    writer.write(event(5_000));
    Files.move(partial, folder.resolve("moved"));
    Files.writeString(partial, "another's");

    assertThatThrownBy(writer::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is another's by now");

    assertThat(partial).hasContent("another's");
    assertThat(file).doesNotExist();
    try (CaptureReader reader =
        CaptureReader.open(folder.resolve("moved"), ReaderOptions.defaults())) {
      assertThat(Captures.read(reader, Projection.ALL).events()).containsExactly(event(5_000));
      assertThat(reader.summary().complete()).isTrue();
    }
  }

  @Test
  void create_inMissingFolder_saysSo() {
    assertThatThrownBy(() -> create(folder.resolve("no/a.tape")))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("its folder does not exist");
  }

  @Test
  void abandon_leavesWhatWasFlushed() throws IOException {
    Path file = folder.resolve("a.tape");
    CaptureWriter writer = create(file);
    writer.write(event(5_000));
    writer.flush();
    writer.write(event(6_000));
    writer.abandon();
    writer.close();

    assertThat(file).doesNotExist();
    try (CaptureReader reader =
        CaptureReader.open(folder.resolve("a.tape.partial"), ReaderOptions.defaults())) {
      assertThat(Captures.read(reader, Projection.ALL).events()).containsExactly(event(5_000));
    }
    assertThatThrownBy(() -> writer.write(event(7_000))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void write_belowTheFreeSpaceFloor_refusesBlocksAndCompletesTheFile() throws IOException {
    Path file = folder.resolve("a.tape");
    WriterOptions options =
        WriterOptions.newBuilder().freeSpaceFloorBytes(Long.MAX_VALUE / 2).build();
    CaptureWriter writer = CaptureWriter.create(file, TestObjects.header(), options);
    writer.write(event(5_000));
    assertThatThrownBy(writer::flush).hasMessageContaining("bytes left");
    assertThat(writer.stats().droppedEvents()).isEqualTo(1);
    writer.write(event(6_000));
    writer.close();

    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      assertThat(reader.summary().complete()).isTrue();
      assertThat(Captures.read(reader, Projection.ALL).events())
          .satisfiesExactly(
              written -> assertThat(written).isEqualTo(event(6_000)),
              loss -> {
                assertThat(((LossEvent) loss).cause()).isEqualTo(LossEvent.Cause.WRITE_FAILED);
                assertThat(((LossEvent) loss).events()).isEqualTo(1);
                assertThat(((LossEvent) loss).lostBytes()).isEqualTo(1);
              });
    }
  }

  @Test
  void flushIfDue_olderThanTheBlockAge_writesTheBlock() throws IOException {
    WriterOptions options = WriterOptions.newBuilder().blockAge(Duration.ofMillis(10)).build();
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(channel, "a.tape", TestObjects.header(), options)) {
      assertThat(writer.flushIfDue(Long.MAX_VALUE)).isFalse();
      writer.write(event(5_000_000));
      assertThat(writer.flushIfDue(14_999_999)).isFalse();
      assertThat(writer.stats().events()).isZero();
      assertThat(writer.flushIfDue(15_000_000)).isTrue();
      assertThat(writer.stats().events()).isEqualTo(1);
      writer.write(event(16_000_000));
      writer.write(event(26_000_000));
      assertThat(writer.stats().blocks()).isEqualTo(2);
    }
    assertThat(Captures.blocks(channel.toByteArray())).hasSize(3);
  }

  @Test
  void watermark_isInTheBlocksThatFollow() throws IOException {
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(channel, "a.tape", TestObjects.header(), WriterOptions.defaults())) {
      writer.write(event(5_000));
      writer.flush();
      writer.watermark(4_000);
      writer.watermark(3_000);
      writer.write(event(6_000));
    }
    assertThat(Captures.blocks(channel.toByteArray()))
        .extracting(block -> block.header().watermarkNanos())
        .containsExactly(0L, 4_000L);
    assertThat(Captures.summary(channel.toByteArray()).watermarkNanos()).isEqualTo(4_000);
  }

  @Test
  void write_whatTheFormatCannotHold_isRefusedAndLosesNothing() throws IOException {
    byte[] large = new byte[BlockEncoder.MAX_EVENT_BYTES + 1];
    StreamEvent.Data data = event(5_000);
    EventStamp stamp = data.stamp();
    List<CaptureEvent> refused =
        List.of(
            TestObjects.data(5_000, 0, 0, Bytes.wrap(large, 0, large.length)),
            Captures.withoutPayload(List.of(data)).get(0),
            new ClockEvent(new EventStamp(stamp.process(), 0, 0, -1, stamp.origin()), 0, 0),
            new LibraryEvent(stamp, "p".repeat(1 << 20), "", "", "", 0),
            new UnknownEvent(stamp, EventKinds.DATA),
            new UnknownEvent(stamp, 0));
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(channel, "a.tape", TestObjects.header(), WriterOptions.defaults())) {
      writer.write(data);
      for (CaptureEvent event : refused) {
        assertThatThrownBy(() -> writer.write(event))
            .as(event.getClass().getSimpleName())
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageMatching("\\w+=.*");
      }
      writer.write(data);
    }
    assertThat(Captures.read(channel.toByteArray()).events()).containsExactly(data, data);
  }

  @Test
  void write_checkpoints_listTheBlocks() throws Exception {
    WriterOptions options = WriterOptions.newBuilder().checkpointBytes(2_000).build();
    byte[] capture = Captures.write(options, Captures.smallBlocks(20));
    IndexedBlocks indexed = IndexedBlocks.of(capture);
    assertThat(indexed.checkpoints()).isGreaterThan(2);
    assertThat(indexed.offsets())
        .isEqualTo(Captures.blocks(capture).stream().map(block -> (long) block.offset()).toList());
  }
}
