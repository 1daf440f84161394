// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies are read in every way that other captures are; lies in headers do no harm. */
class CopyRobustnessTest {
  private static final int OWN_OFFSET_AT = 32;
  private static final int HEADER_CRC_AT = 156;

  private static final WriterOptions CHECKPOINTS =
      WriterOptions.newBuilder().checkpointBytes(2_000).build();

  private final byte[] capture = Captures.write(CHECKPOINTS, Captures.smallBlocks(20));

  /** Returns a part of a capture of which a block and a payload plane were lost. */
  private byte[] copy() throws IOException {
    List<Captures.Placed> blocks = Captures.blocks(capture);
    byte[] damaged = capture.clone();
    damaged[blocks.get(7).offset() + 161] ^= 1;
    damaged[blocks.get(9).end() - 1] ^= 1;
    byte[] part =
        Copies.copy(damaged, "x.tape", new SplitRule(SplitRule.Unit.BLOCKS, 6)).files().get(1);
    assertThat(Copies.losses(part)).hasSize(2);
    return part;
  }

  @Test
  void read_copyInEveryWay_givesTheSame() throws IOException {
    byte[] copy = copy();
    Captures.Reading reading = Captures.read(copy);
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(copy), "test.tape", ReaderOptions.defaults())) {
      Captures.Reading parallel = new Captures.Reading(new ArrayList<>(), new ArrayList<>());
      reader.readParallel(Projection.ALL, 2, parallel.visitor());
      assertThat(parallel).isEqualTo(reading);
      Captures.Reading times = new Captures.Reading(new ArrayList<>(), new ArrayList<>());
      reader.read(Projection.ALL, new TimeRange(0, Long.MAX_VALUE), times.visitor());
      assertThat(times).isEqualTo(reading);
      for (int middle = 0; middle < copy.length; middle += 97) {
        Captures.Reading halves = new Captures.Reading(new ArrayList<>(), new ArrayList<>());
        reader.read(Projection.ALL, new ByteRange(0, middle), halves.visitor());
        reader.read(Projection.ALL, new ByteRange(middle, copy.length), halves.visitor());
        assertThat(halves).as("cut at %d", middle).isEqualTo(reading);
      }
    }
  }

  @Test
  void summary_copyCutAnywhere_countsWhatIsThere() throws IOException {
    byte[] copy = copy();
    for (Captures.Placed record : Captures.records(copy)) {
      byte[] cut = java.util.Arrays.copyOf(copy, record.end());
      CaptureSummary summary = Captures.summary(cut);
      assertThat(summary.events()).isEqualTo(Captures.read(cut).events().size());
      assertThat(summary.blocks()).isEqualTo(Captures.blocks(cut).size());
      long lost = Copies.losses(cut).stream().mapToLong(CopyLoss::events).sum();
      long stated =
          Captures.blocks(cut).stream().mapToLong(block -> block.header().lostEvents()).sum();
      assertThat(summary.lostEvents()).isEqualTo(lost + stated);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x01, 0x7F, 0xFF})
  void copiesAndChecks_lyingHeaders_failOnlyAsFormatErrors(int value) throws IOException {
    byte[] copy = copy();
    Set<Integer> types = new HashSet<>();
    for (Captures.Placed record : Captures.records(copy)) {
      boolean firstOfType = types.add(record.header().type());
      for (int at = OWN_OFFSET_AT; firstOfType && at < HEADER_CRC_AT; at++) {
        requireFormatErrors(ForgedCapture.changeHeader(copy, record.offset(), at, value));
      }
    }
    assertThat(types).containsExactlyInAnyOrder(1, 2, 7, 4, 5);
  }

  private static void requireFormatErrors(byte[] forged) throws IOException {
    try {
      byte[] copy = Copies.recover(forged).file();
      assertThat(Captures.read(copy).events()).isEqualTo(Captures.read(forged).events());
    } catch (CaptureFormatException e) {
      assertThat(e).hasMessageContaining("offset");
    }
    try {
      CaptureCheck.check(
          new InMemoryChannel(forged), "test.tape", CheckReport.Depth.EVENTS, Identities.none());
    } catch (CaptureFormatException e) {
      assertThat(e).hasMessageContaining("offset");
    }
  }
}
