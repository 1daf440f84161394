// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A disk that is full costs the events that it refused, and the file says so. */
class CaptureWriterFailureTest {
  private static final List<List<CaptureEvent>> BLOCKS = Captures.smallBlocks(4);
  private static final int WHOLE = Captures.write(WriterOptions.defaults(), BLOCKS).length;

  @Test
  void write_diskFullAtEveryByte_leavesWholeBlocks() throws IOException {
    for (int free = 0; free < WHOLE; free++) {
      FaultyChannel disk = new FaultyChannel(free);
      int acknowledged = 0;
      boolean refused = false;
      try (CaptureWriter writer =
          CaptureWriter.create(disk, "full.tape", TestObjects.header(), WriterOptions.defaults())) {
        for (List<CaptureEvent> block : BLOCKS) {
          write(writer, block);
          acknowledged++;
        }
      } catch (IOException e) {
        refused = true;
        assertThat(e).hasMessageMatching("full.tape: cannot write a .* at offset \\d+: .*");
      }
      assertThat(refused).as("free %d", free).isTrue();
      byte[] file = disk.toByteArray();
      if (file.length == 0) {
        assertThat(acknowledged).isZero();
        continue;
      }
      Captures.Reading reading = Captures.read(file);
      assertThat(reading.damages()).as("free %d", free).isEmpty();
      List<CaptureEvent> events = new ArrayList<>(reading.events());
      events.removeIf(event -> isWriteLoss(event));
      assertThat(events)
          .as("free %d", free)
          .isEqualTo(Captures.flat(BLOCKS.subList(0, acknowledged)));
    }
  }

  /** True for what the writer adds itself: the generator's losses belong to some process. */
  static boolean isWriteLoss(CaptureEvent event) {
    return event instanceof LossEvent loss
        && loss.cause() == LossEvent.Cause.WRITE_FAILED
        && loss.stream() == null
        && loss.stamp().process().pid() == 0
        && loss.stamp().origin().cpu() < 0;
  }

  private static void write(CaptureWriter writer, List<CaptureEvent> block) throws IOException {
    for (CaptureEvent event : block) {
      writer.write(event);
    }
    writer.flush();
  }

  @Test
  void write_spaceReturns_statesWhatWasDropped() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    WriterStats stats;
    try (CaptureWriter writer =
        CaptureWriter.create(disk, "full.tape", TestObjects.header(), WriterOptions.defaults())) {
      write(writer, BLOCKS.get(0));
      disk.free(300);
      assertThatThrownBy(() -> write(writer, BLOCKS.get(1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left on device");
      disk.truncateFails(true);
      assertThatThrownBy(() -> write(writer, BLOCKS.get(2))).isInstanceOf(IOException.class);
      disk.truncateFails(false);
      disk.free(Long.MAX_VALUE / 2);
      write(writer, BLOCKS.get(3));
      stats = writer.stats();
    }

    Captures.Reading reading = Captures.read(disk.toByteArray());
    assertThat(reading.damages()).isEmpty();
    assertThat(stats.droppedEvents()).isEqualTo(8);
    assertThat(stats.lostEvents()).isEqualTo(8 + lost(BLOCKS));
    assertThat(reading.events()).startsWith(BLOCKS.get(0).toArray(new CaptureEvent[0]));
    assertThat(reading.events()).containsAll(BLOCKS.get(3));
    assertThat(reading.events())
        .filteredOn(event -> isWriteLoss(event))
        .singleElement()
        .satisfies(
            event -> {
              LossEvent loss = (LossEvent) event;
              assertThat(loss.events()).isEqualTo(8 + lost(BLOCKS.subList(1, 3)));
            });
  }

  private static long lost(List<List<CaptureEvent>> blocks) {
    return Captures.flat(blocks).stream()
        .filter(LossEvent.class::isInstance)
        .mapToLong(event -> Math.max(0, ((LossEvent) event).events()))
        .sum();
  }

  @Test
  void write_shortWrites_areContinued() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    disk.shortWrites(7);
    try (CaptureWriter writer =
        CaptureWriter.create(disk, "slow.tape", TestObjects.header(), WriterOptions.defaults())) {
      for (List<CaptureEvent> block : BLOCKS) {
        write(writer, block);
      }
    }
    assertThat(disk.toByteArray()).isEqualTo(Captures.write(WriterOptions.defaults(), BLOCKS));
  }

  @Test
  void close_onFullDisk_failsOnceAndKeepsTheBlocks() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    CaptureWriter writer =
        CaptureWriter.create(disk, "full.tape", TestObjects.header(), WriterOptions.defaults());
    write(writer, BLOCKS.get(0));
    disk.free(0);

    assertThatThrownBy(writer::close)
        .hasMessageMatching("full.tape: cannot write a footer of .*No space left on device");
    writer.close();

    assertThat(disk.isOpen()).isFalse();
    assertThat(Captures.read(disk.toByteArray()).events()).isEqualTo(BLOCKS.get(0));
    assertThat(Captures.summary(disk.toByteArray()).complete()).isFalse();
  }

  @Test
  void close_roomForALossOnly_completesTheFileAndSaysSo() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    CaptureWriter writer =
        CaptureWriter.create(disk, "full.tape", TestObjects.header(), WriterOptions.defaults());
    byte[] noise = new byte[5_000];
    new SplittableRandom(1).nextBytes(noise);
    writer.write(TestObjects.data(5_000, 0, 0, Bytes.wrap(noise, 0, noise.length)));
    disk.free(2_000);

    assertThatThrownBy(writer::close).hasMessageContaining("cannot write a block");

    assertThat(Captures.summary(disk.toByteArray()).complete()).isTrue();
    assertThat(Captures.summary(disk.toByteArray()).lostBytes()).isEqualTo(5_000);
    assertThat(Captures.read(disk.toByteArray()).events())
        .singleElement()
        .satisfies(event -> assertThat(isWriteLoss(event)).isTrue());
  }
}
