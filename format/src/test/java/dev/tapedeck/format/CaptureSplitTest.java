// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The parts of a file, wherever it is cut, are the file. */
class CaptureSplitTest {
  private static final int SEEDS = 300;

  private static void requireUnionIsFile(byte[] capture, long seed) throws IOException {
    Captures.Reading whole;
    try {
      whole = Captures.read(capture);
    } catch (CaptureFormatException e) {
      return; // Not even its header is left.
    }
    Captures.Reading union = union(capture, seed);
    assertThat(union.damages()).as("seed %d", seed).isEqualTo(whole.damages());
    assertThat(union.events()).as("seed %d", seed).isEqualTo(whole.events());
  }

  /** Reads a file in parts. */
  private static Captures.Reading union(byte[] capture, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    long[] cuts = random.longs(random.nextInt(12), 0, capture.length + 50L).sorted().toArray();
    Captures.Reading union = new Captures.Reading(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i <= cuts.length; i++) {
      long from = i == 0 ? 0 : cuts[i - 1];
      long to = i == cuts.length ? Long.MAX_VALUE : cuts[i];
      Captures.Reading part = read(capture, new ByteRange(from, to));
      union.events().addAll(part.events());
      union.damages().addAll(part.damages());
    }
    return union;
  }

  private static Captures.Reading read(byte[] capture, ByteRange range) throws IOException {
    return AccessCaptures.read(
        capture, (reader, visitor) -> reader.read(Projection.ALL, range, visitor));
  }

  @Test
  void read_anySplitsOfSoundFile_giveTheFile() throws IOException {
    for (int seed = 1; seed <= SEEDS; seed++) {
      requireUnionIsFile(AccessCaptures.sound(seed), seed);
    }
  }

  @Test
  void read_anySplitsOfDamagedFile_giveTheFile() throws IOException {
    for (int seed = 1; seed <= SEEDS; seed++) {
      requireUnionIsFile(AccessCaptures.harmed(AccessCaptures.sound(seed), seed), seed);
    }
  }

  @Test
  void read_cutAtEveryByte_everyBlockIsInTheSplitInWhichItBegins() throws IOException {
    List<List<CaptureEvent>> blocks = Captures.smallBlocks(3);
    byte[] capture = Captures.write(WriterOptions.newBuilder().checkpointBytes(1).build(), blocks);
    List<Captures.Placed> placed = Captures.blocks(capture);
    for (int cut = 0; cut <= capture.length; cut++) {
      List<CaptureEvent> before = new ArrayList<>();
      List<CaptureEvent> after = new ArrayList<>();
      for (int i = 0; i < blocks.size(); i++) {
        (placed.get(i).offset() < cut ? before : after).addAll(blocks.get(i));
      }
      assertThat(read(capture, new ByteRange(0, cut)).events()).as("%d", cut).isEqualTo(before);
      assertThat(read(capture, new ByteRange(cut, capture.length)).events())
          .as("%d", cut)
          .isEqualTo(after);
    }
  }

  /** A capture of an upload of itself, of another capture, and of both. */
  @Test
  void read_anySplitsOfFileThatHoldsCaptures_giveTheFile() throws IOException {
    WriterOptions store = WriterOptions.newBuilder().codec(Codec.STORE).build();
    List<List<CaptureEvent>> blocks = Captures.smallBlocks(8);
    byte[] own = Captures.write(store, blocks.subList(0, 4));
    own = Arrays.copyOf(own, Captures.blocks(own).get(3).end());
    byte[] other = EventScript.parse(">> another").toCapture(store);
    other[16] ^= 1;
    List<List<CaptureEvent>> all = new ArrayList<>(blocks.subList(0, 4));
    for (byte[] held : List.of(own, other, Captures.concat(own, other))) {
      all.add(List.of(TestObjects.data(5_000_000, 9, 0, Bytes.copyOf(held))));
    }
    all.addAll(blocks.subList(4, 8));
    byte[] capture = Captures.write(store, all);
    for (int seed = 1; seed <= 300; seed++) {
      requireUnionIsFile(capture, seed);
      byte[] damaged = RandomDamage.apply(capture, seed);
      Captures.Reading union = union(damaged, seed);
      // Copies of its own records may lead the reading of a damaged file astray; a part that
      // begins behind them is not.
      assertThat(union.events())
          .as("seed %d", seed)
          .containsSubsequence(Captures.read(damaged).events());
      assertThat(Captures.withoutPayload(Captures.flat(all)))
          .as("seed %d", seed)
          .containsSubsequence(Captures.withoutPayload(union.events()));
    }
  }

  @Test
  void read_smallSplitOfLargeFile_readsLittleMore() throws IOException {
    List<List<CaptureEvent>> blocks = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      byte[] payload = new byte[20_000];
      new SplittableRandom(i).nextBytes(payload);
      blocks.add(List.of(TestObjects.data(1_000L * i, i, 0, Bytes.copyOf(payload))));
    }
    byte[] capture = Captures.write(WriterOptions.defaults(), blocks);
    CountingChannel channel = new CountingChannel(capture);
    List<CaptureEvent> events = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(channel, "test.tape", ReaderOptions.defaults())) {
      reader.read(Projection.ALL, new ByteRange(4_000_000, 4_100_000), events::add);
    }
    assertThat(events).hasSizeBetween(4, 5);
    assertThat(channel.bytesRead()).isLessThan(200_000);
  }
}
