// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks are made durable by another thread than the one that writes. */
class CaptureWriterSyncTest {
  private static final List<List<CaptureEvent>> BLOCKS = Captures.smallBlocks(200);

  @TempDir Path folder;

  @Test
  void sync_whileAnotherThreadWritesAndCloses_disturbsNothing()
      throws IOException, InterruptedException, ExecutionException {
    Path file = folder.resolve("a.tape");
    CaptureWriter writer =
        CaptureWriter.create(file, TestObjects.header(), WriterOptions.defaults());
    FutureTask<Integer> syncs =
        new FutureTask<>(
            () -> {
              int count = 0;
              while (writer.sync()) {
                count++;
              }
              return count;
            });
    Thread thread = new Thread(syncs, "test-sync");
    thread.start();
    try (writer) {
      for (List<CaptureEvent> block : BLOCKS) {
        for (CaptureEvent event : block) {
          writer.write(event);
        }
        writer.flush();
      }
    }

    assertThat(syncs.get()).isNotNegative();
    assertThat(writer.sync()).isFalse();
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      assertThat(reader.summary().complete()).isTrue();
      assertThat(Captures.read(reader, Projection.ALL).events()).isEqualTo(Captures.flat(BLOCKS));
    }
  }

  @Test
  void sync_diskFails_saysWhichFileAndLetsWriteOn() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    disk.syncFails(true);
    CaptureWriter writer =
        CaptureWriter.create(disk, "a.tape", TestObjects.header(), WriterOptions.defaults());

    assertThatThrownBy(writer::sync)
        .isInstanceOf(IOException.class)
        .hasMessage("a.tape: cannot be made durable: Input/output error");

    disk.syncFails(false);
    writer.write(BLOCKS.get(0).get(0));
    writer.close();
    assertThat(Captures.summary(disk.toByteArray()).complete()).isTrue();
  }

  @Test
  void close_makesTheFileDurable() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    CaptureWriter writer =
        CaptureWriter.create(disk, "a.tape", TestObjects.header(), WriterOptions.defaults());
    writer.write(BLOCKS.get(0).get(0));
    writer.flush();
    assertThat(disk.syncs()).as("never by the thread that writes").isZero();

    writer.close();

    assertThat(disk.syncs()).isEqualTo(1);
  }

  @Test
  void close_diskCannotMakeItDurable_failsAndKeepsTheBlocks() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    disk.syncFails(true);
    CaptureWriter writer =
        CaptureWriter.create(disk, "a.tape", TestObjects.header(), WriterOptions.defaults());
    writer.write(BLOCKS.get(0).get(0));

    assertThatThrownBy(writer::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a.tape")
        .hasMessageContaining("Input/output error");

    assertThat(Captures.summary(disk.toByteArray()).events()).isEqualTo(1);
  }
}
