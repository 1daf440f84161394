// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The disk fails at one call, whichever it is: in the file header, blocks, checkpoints, footer or
 * trailer, before, inside or at the end of the record. What it took before is readable, and what it
 * refused is counted.
 */
class CaptureWriterFaultTest {
  private static final List<List<CaptureEvent>> BLOCKS = Captures.smallBlocks(9);
  private static final WriterOptions OPTIONS =
      WriterOptions.newBuilder().checkpointBytes(1_500).build();
  private static final byte[] WHOLE = Captures.write(OPTIONS, BLOCKS);
  private static final int HEADER_BYTES = 160;

  /** How much of a record the disk takes before it fails. */
  enum Takes {
    NOTHING,
    ONE_BYTE,
    LESS_THAN_THE_HEADER,
    THE_HEADER,
    HALF,
    ALL_BUT_ONE;

    int of(int recordBytes) {
      return switch (this) {
        case NOTHING -> 0;
        case ONE_BYTE -> 1;
        case LESS_THAN_THE_HEADER -> HEADER_BYTES - 1;
        case THE_HEADER -> Math.min(HEADER_BYTES, recordBytes - 1);
        case HALF -> recordBytes / 2;
        case ALL_BUT_ONE -> recordBytes - 1;
      };
    }
  }

  /** What a run came to. */
  private record Run(FaultyChannel disk, WriterStats stats, boolean failed, boolean closeFailed) {
    byte[] file() {
      return disk.toByteArray();
    }
  }

  @Test
  void write_withoutFault_isOneCallForEachRecord() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    Run run = run(disk);
    assertThat(run.failed()).isFalse();
    assertThat(run.file()).isEqualTo(WHOLE);
    assertThat(disk.writes()).isEqualTo(Captures.records(WHOLE).size());
    assertThat(Captures.records(WHOLE))
        .extracting(record -> record.header().type())
        .contains(1, 2, 3, 4, 5);
  }

  @ParameterizedTest
  @EnumSource(Takes.class)
  void write_oneCallFails_theRestGoesOnAndEveryEventIsAccountedFor(Takes takes) throws IOException {
    List<Captures.Placed> records = Captures.records(WHOLE);
    for (int call = 0; call < records.size(); call++) {
      FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
      disk.failWrite(call, takes.of((int) records.get(call).header().lengthBytes()));

      Run run = run(disk);

      assertAccounted(run, "call " + call);
      assertThat(run.closeFailed())
          .as("call %d", call)
          .isEqualTo(call == 0 || call >= records.size() - 2);
    }
  }

  @ParameterizedTest
  @EnumSource(Takes.class)
  void write_diskFailsForGood_keepsWhatItTookBefore(Takes takes) throws IOException {
    List<Captures.Placed> records = Captures.records(WHOLE);
    for (int call = 0; call < records.size(); call++) {
      Captures.Placed record = records.get(call);
      FaultyChannel disk =
          new FaultyChannel(record.offset() + takes.of((int) record.header().lengthBytes()));

      Run run = run(disk);

      assertThat(run.failed()).as("call %d", call).isTrue();
      assertThat(run.file()).hasSizeLessThanOrEqualTo(WHOLE.length);
      if (call == 0) {
        assertThat(run.file()).isEmpty();
        continue;
      }
      assertAccounted(run, "call " + call);
    }
  }

  @ParameterizedTest
  @EnumSource(Takes.class)
  void write_tailCannotBeCutEither_isReadToTheLastWholeRecord(Takes takes) throws IOException {
    List<Captures.Placed> records = Captures.records(WHOLE);
    for (int call = 1; call < records.size(); call++) {
      Captures.Placed record = records.get(call);
      FaultyChannel disk =
          new FaultyChannel(record.offset() + takes.of((int) record.header().lengthBytes()));
      disk.truncateFails(true);

      Run run = run(disk);

      Captures.Reading reading = Captures.read(run.file());
      assertThat(reading.events()).hasSize((int) run.stats().events());
      assertThat(reading.damages().size()).isLessThanOrEqualTo(1);
    }
  }

  /** What is read is what the writer counted, and with what it counted as lost all there was. */
  private static void assertAccounted(Run run, String what) throws IOException {
    if (run.file().length == 0) {
      return;
    }
    Captures.Reading reading = Captures.read(run.file());
    assertThat(reading.damages()).as(what).isEmpty();
    assertThat(reading.events()).as(what).hasSize((int) run.stats().events());
    List<CaptureEvent> written = new ArrayList<>(reading.events());
    List<LossEvent> stated = new ArrayList<>();
    for (CaptureEvent event : reading.events()) {
      if (event instanceof LossEvent loss && CaptureWriterFailureTest.isWriteLoss(loss)) {
        stated.add(loss);
        written.remove(event);
      }
    }
    List<CaptureEvent> produced = Captures.flat(BLOCKS);
    assertThat(written.size() + run.stats().droppedEvents()).as(what).isEqualTo(produced.size());
    if (!written.isEmpty()) {
      assertThat(produced).as(what).containsSubsequence(written);
    }
    long lostBefore =
        produced.stream()
            .filter(event -> !written.contains(event))
            .filter(LossEvent.class::isInstance)
            .mapToLong(event -> Math.max(0, ((LossEvent) event).events()))
            .sum();
    assertThat(stated.stream().mapToLong(LossEvent::events).sum() + run.stats().unstatedEvents())
        .as(what)
        .isEqualTo(run.stats().droppedEvents() + lostBefore);
    if (!run.closeFailed()) {
      assertThat(run.stats().unstatedEvents()).as(what).isZero();
      assertThat(Captures.summary(run.file()).complete()).as(what).isTrue();
    }
  }

  private static Run run(FaultyChannel disk) throws IOException {
    boolean failed = false;
    CaptureWriter writer;
    try {
      writer = CaptureWriter.create(disk, "faulty.tape", TestObjects.header(), OPTIONS);
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("faulty.tape: cannot write a file header of .*");
      return new Run(disk, new WriterStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), true, true);
    }
    for (List<CaptureEvent> block : BLOCKS) {
      try {
        for (CaptureEvent event : block) {
          writer.write(event);
        }
        writer.flush();
      } catch (IOException e) {
        failed = true;
        assertThat(e).hasMessageMatching("faulty.tape: cannot write a .* at offset \\d+: .*");
      }
    }
    boolean closeFailed = false;
    try {
      writer.close();
    } catch (IOException e) {
      closeFailed = true;
    }
    assertThat(disk.isOpen()).isFalse();
    return new Run(disk, writer.stats(), failed || closeFailed, closeFailed);
  }
}
