// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A summary takes a few headers, and says what they cannot tell. */
class CaptureSummaryTest {
  private final List<List<CaptureEvent>> blocks = Captures.smallBlocks(300);
  private final byte[] finished =
      Captures.write(WriterOptions.newBuilder().checkpointBytes(20_000).build(), blocks);

  private static CaptureSummary summary(CountingChannel channel) throws IOException {
    try (CaptureReader reader =
        CaptureReader.open(channel, "test.tape", ReaderOptions.defaults())) {
      return reader.summary();
    }
  }

  @Test
  void summary_fileCutAnywhere_isThatOfItsWholeBlocks() throws IOException {
    List<Captures.Placed> placed = Captures.blocks(finished);
    for (int cut = placed.get(0).offset(); cut < finished.length; cut += 97) {
      int length = cut;
      List<Captures.Placed> whole = placed.stream().filter(b -> b.end() <= length).toList();
      CaptureSummary summary = Captures.summary(Arrays.copyOf(finished, cut));
      assertThat(summary.blocks()).as("cut at %d", cut).isEqualTo(whole.size());
      assertThat(summary.events())
          .isEqualTo(whole.stream().mapToLong(b -> b.header().eventCount()).sum());
      assertThat(summary.lostEvents())
          .isEqualTo(whole.stream().mapToLong(b -> b.header().lostEvents()).sum());
      assertThat(summary.lastNanos())
          .isEqualTo(whole.stream().mapToLong(b -> b.header().lastNanos()).max().orElse(0));
      assertThat(summary.complete()).isFalse();
      assertThat(summary.damages().size()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void summary_finishedOrCut_readsLittle() throws IOException {
    int middle = finished.length / 2;
    for (byte[] capture : List.of(finished, Arrays.copyOf(finished, middle))) {
      CountingChannel channel = new CountingChannel(capture);
      CaptureSummary summary = summary(channel);
      assertThat(summary.indexed()).isTrue();
      assertThat(channel.bytesRead()).as("of %d", capture.length).isLessThan(100_000);
    }
  }

  @Test
  void summary_ofMegabytes_readsTheEnd() throws IOException {
    List<List<CaptureEvent>> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(List.of(TestObjects.data(1_000L * i, i, 0, Bytes.copyOf(new byte[40_000]))));
    }
    WriterOptions store =
        WriterOptions.newBuilder().codec(Codec.STORE).checkpointBytes(400_000).build();
    byte[] capture = Captures.write(store, many);
    byte[] cut = Arrays.copyOf(capture, Captures.blocks(capture).get(150).end() - 1);
    CountingChannel channel = new CountingChannel(cut);
    CaptureSummary summary = summary(channel);
    assertThat(summary.events()).isEqualTo(150);
    assertThat(summary.indexed()).isTrue();
    assertThat(summary.damages()).extracting(Damage::kind).containsExactly(DamageKind.TRUNCATED);
    assertThat(channel.bytesRead()).isLessThan(150_000);
  }

  @Test
  void summary_withoutCheckpoint_saysThatAllHeadersWereSeen() throws IOException {
    byte[] capture = Captures.write(WriterOptions.defaults(), Captures.smallBlocks(5));
    List<Captures.Placed> placed = Captures.blocks(capture);
    byte[] cut = Arrays.copyOf(capture, placed.get(4).end());
    cut[placed.get(2).offset() + 30] ^= 1;

    CaptureSummary summary = Captures.summary(cut);

    assertThat(summary.indexed()).isFalse();
    assertThat(summary.blocks()).isEqualTo(4);
    assertThat(summary.damages()).singleElement().extracting(Damage::lostEvents).isEqualTo(4L);
  }

  @Test
  void summary_damageAfterTheLastCheckpoint_isToldAndCostsNoTotals() throws IOException {
    List<Captures.Placed> placed = Captures.blocks(finished);
    byte[] cut = Arrays.copyOf(finished, placed.get(290).end());
    cut[placed.get(288).offset() + 30] ^= 1;

    CaptureSummary summary = Captures.summary(cut);

    assertThat(summary.indexed()).isTrue();
    assertThat(summary.blocks()).isEqualTo(290);
    assertThat(summary.damages()).singleElement().extracting(Damage::lostEvents).isEqualTo(4L);
  }

  @Test
  void summary_bytesAfterTheTrailer_isOfACompleteFileAndTellsThem() throws IOException {
    CaptureSummary summary = Captures.summary(Captures.concat(finished, new byte[5_000]));
    assertThat(summary.complete()).isTrue();
    assertThat(summary.blocks()).isEqualTo(Captures.blocks(finished).size());
    assertThat(summary.damages()).extracting(Damage::kind).containsExactly(DamageKind.TRAILING);
  }
}
