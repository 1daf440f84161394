// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However hard a block was compressed, it reads the same. */
class CaptureWriterPressureTest {
  private static final WriterOptions ADAPTIVE =
      WriterOptions.newBuilder().codec(Codec.ADAPTIVE).blockAge(Duration.ofDays(9)).build();
  private static final List<List<CaptureEvent>> BLOCKS = Captures.smallBlocks(30);

  private WriterStats stats;

  /** Writes the blocks while the backlog rises to 1 and falls again. */
  private byte[] writeUnderPressure() throws IOException {
    InMemoryChannel channel = new InMemoryChannel();
    int[] asked = new int[1];
    CaptureWriter writer =
        CaptureWriter.create(channel, "test.tape", TestObjects.header(), ADAPTIVE);
    writer.followBacklog(
        () -> {
          int block = asked[0]++;
          return block < 10 ? 0 : Math.max(0, 1 - Math.abs(block - 15) / 5.0);
        });
    try (writer) {
      for (List<CaptureEvent> block : BLOCKS) {
        for (CaptureEvent event : block) {
          writer.write(event);
        }
        writer.flush();
      }
      stats = writer.stats();
    }
    return channel.toByteArray();
  }

  @Test
  void write_backlogRisesAndFalls_readsTheSame() throws IOException {
    byte[] capture = writeUnderPressure();

    assertThat(stats.blocks()).isEqualTo(30);
    // Backlog is at least 1/2 from block 13 to 17, and above 1/8 up to block 19.
    assertThat(stats.storedBlocks()).isEqualTo(7);
    // Blocks 3 to 10 and 23 to 29: after four small ones in a row.
    assertThat(stats.thoroughBlocks()).isEqualTo(15);
    Captures.Reading reading = Captures.read(capture);
    assertThat(reading.damages()).isEmpty();
    assertThat(reading.events()).isEqualTo(Captures.flat(BLOCKS));
    assertThat(reading.events())
        .isEqualTo(Captures.read(Captures.write(WriterOptions.defaults(), BLOCKS)).events());
  }

  @Test
  void write_sameBacklog_givesTheSameBytes() throws IOException {
    assertThat(writeUnderPressure()).isEqualTo(writeUnderPressure());
  }

  @Test
  void write_storedBlocks_areLongerThanTheirPlanes() throws IOException {
    List<Captures.Placed> blocks = Captures.blocks(writeUnderPressure());

    assertThat(blocks.subList(13, 20))
        .allSatisfy(
            block ->
                assertThat(block.header().payload().storedBytes())
                    .isGreaterThan(block.header().payload().rawBytes()));
    assertThat(blocks.get(12).header().metadata().storedBytes())
        .isLessThan(blocks.get(12).header().metadata().rawBytes());
  }

  @Test
  void write_defaultCodec_doesNotAsk() throws IOException {
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(
            channel, "test.tape", TestObjects.header(), WriterOptions.defaults())) {
      writer.followBacklog(
          () -> {
            throw new IllegalStateException("asked");
          });
      writer.write(BLOCKS.get(0).get(0));
    }
    assertThat(Captures.summary(channel.toByteArray()).events()).isEqualTo(1);
  }
}
