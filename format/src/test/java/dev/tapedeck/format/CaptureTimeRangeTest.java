// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A reading by time gives what filtering a whole reading gives, and leaves the rest alone. */
class CaptureTimeRangeTest {
  private static final int SEEDS = 300;

  private static void requireLikeFullScan(byte[] capture, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<CaptureEvent> all;
    try {
      all = Captures.read(capture).events();
    } catch (CaptureFormatException e) {
      return; // Not even its header is left.
    }
    for (int i = 0; i < 4; i++) {
      TimeRange range = AccessCaptures.range(random);
      List<CaptureEvent> expected =
          all.stream().filter(event -> range.contains(event.stamp().exitNanos())).toList();
      assertThat(read(capture, range).events()).as("seed %d, %s", seed, range).isEqualTo(expected);
    }
  }

  private static Captures.Reading read(byte[] capture, TimeRange range) throws IOException {
    return AccessCaptures.read(
        capture, (reader, visitor) -> reader.read(Projection.ALL, range, visitor));
  }

  @Test
  void read_soundFile_isFilteredFullScan() throws IOException {
    for (int seed = 1; seed <= SEEDS; seed++) {
      requireLikeFullScan(AccessCaptures.sound(seed), seed);
    }
  }

  @Test
  void read_cutOrDamagedFile_isFilteredFullScan() throws IOException {
    for (int seed = 1; seed <= SEEDS; seed++) {
      requireLikeFullScan(AccessCaptures.harmed(AccessCaptures.sound(seed), seed), seed);
    }
  }

  @Test
  void read_wholeRange_reportsEveryDamageOnce() throws IOException {
    byte[] capture = AccessCaptures.sound(8);
    Captures.Placed block = Captures.blocks(capture).get(2);
    Captures.Placed footer = Captures.records(capture).get(Captures.records(capture).size() - 2);
    capture[block.offset() + 20] ^= 1;
    capture[footer.end() - 1] ^= 1;

    Captures.Reading all = Captures.read(capture);
    Captures.Reading ranged = read(capture, new TimeRange(0, Long.MAX_VALUE));

    assertThat(all.damages()).hasSize(2);
    assertThat(ranged).isEqualTo(all);
  }

  @Test
  void read_indexThatLies_isNotBelieved() throws Exception {
    byte[] capture =
        Captures.write(
            WriterOptions.newBuilder().checkpointBytes(1_500).build(), Captures.smallBlocks(12));
    List<CaptureEvent> all = Captures.read(capture).events();
    List<UnaryOperator<Checkpoint.Builder>> lies =
        List.of(
            body -> body.clearBlocks(),
            body -> body.setPreviousCheckpoint(0),
            body -> body.setPreviousCheckpoint(body.getPreviousCheckpoint() + 1),
            body -> body.setPreviousCheckpoint(Long.MIN_VALUE),
            body -> change(body, 0, 1L << 40),
            body -> change(body, 1, 7),
            body -> change(body, 2, 0));
    for (UnaryOperator<Checkpoint.Builder> lie : lies) {
      for (Captures.Placed record : Captures.records(capture)) {
        int type = record.header().type();
        if (type == RecordType.CHECKPOINT || type == RecordType.FOOTER) {
          byte[] forged = forge(capture, record, lie);
          for (int i = 0; i < 12; i++) {
            TimeRange range = new TimeRange(1_000_000L * i, 1_000_000L * (i + 2));
            assertThat(read(forged, range).events())
                .isEqualTo(
                    all.stream()
                        .filter(event -> range.contains(event.stamp().exitNanos()))
                        .toList());
          }
        }
      }
    }
  }

  private static Checkpoint.Builder change(Checkpoint.Builder body, int what, long value) {
    for (int row = 0; row < body.getBlocks().getRows(); row++) {
      switch (what) {
        case 0 -> body.getBlocksBuilder().setOffset(row, value + row);
        case 1 -> body.getBlocksBuilder().setFirstNanos(row, value);
        default -> body.getBlocksBuilder().setLastNanos(row, value);
      }
    }
    return body;
  }

  /** Puts another body into a checkpoint, of the same length so that the rest stays in place. */
  private static byte[] forge(
      byte[] capture, Captures.Placed record, UnaryOperator<Checkpoint.Builder> lie)
      throws Exception {
    int from = record.offset() + RecordLayout.HEADER_BYTES;
    int length = record.header().metadata().storedBytes();
    Checkpoint sound = Checkpoint.parseFrom(Arrays.copyOfRange(capture, from, from + length));
    Checkpoint.Builder forged = lie.apply(sound.toBuilder());
    byte[] body = forged.build().toByteArray();
    byte[] padded = Arrays.copyOf(body, length);
    if (body.length < length) {
      // An unknown field, number 15, pads it: its content is zeros.
      padded[body.length] = 15 << 3 | 2;
      int rest = length - body.length - 2;
      if (rest < 0) {
        return capture;
      }
      if (rest > 127) {
        padded[body.length + 1] = (byte) (0x80 | ((rest - 1) & 0x7F));
        padded[body.length + 2] = (byte) ((rest - 1) >> 7);
      } else {
        padded[body.length + 1] = (byte) rest;
      }
    }
    byte[] changed = capture.clone();
    System.arraycopy(padded, 0, changed, from, length);
    byte[] header = new byte[RecordLayout.HEADER_BYTES];
    PlaneInfo plane = new PlaneInfo(length, length, RecordHeader.crc32c(padded, 0, length));
    record.header().toBuilder()
        .planes(RecordHeader.CODEC_PLAIN, plane, PlaneInfo.EMPTY)
        .build()
        .writeTo(header);
    System.arraycopy(header, 0, changed, record.offset(), header.length);
    return changed;
  }

  @Test
  void read_smallRangeOfLargeFile_readsLittleOfIt() throws IOException {
    List<List<CaptureEvent>> blocks = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 400; i++) {
      byte[] payload = new byte[20_000];
      random.nextBytes(payload);
      blocks.add(List.of(TestObjects.data(1_000L * i, i, 0, Bytes.copyOf(payload))));
    }
    byte[] finished =
        Captures.write(WriterOptions.newBuilder().checkpointBytes(1 << 20).build(), blocks);
    byte[] cut = Arrays.copyOf(finished, Captures.blocks(finished).get(390).end() + 1_000);
    for (byte[] capture : List.of(finished, cut)) {
      for (int at : new int[] {3, 200, 388}) {
        CountingChannel channel = new CountingChannel(capture);
        List<CaptureEvent> events = new ArrayList<>();
        try (CaptureReader reader =
            CaptureReader.open(channel, "test.tape", ReaderOptions.defaults())) {
          reader.read(Projection.ALL, new TimeRange(1_000L * at, 1_000L * at + 1), events::add);
        }
        assertThat(events).isEqualTo(blocks.get(at));
        // One block of 20 kB, the indexes of 400 blocks, and the search for the end.
        assertThat(channel.bytesRead()).isLessThan(130_000);
      }
    }
  }

  @Test
  void timeRange_backwards_isRefused() {
    assertThatThrownBy(() -> new TimeRange(2, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(new TimeRange(5, 5).contains(5)).isFalse();
  }
}
