// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.format.CaptureFormatException;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.WriterOptions;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** From a damaged capture come right exchanges and parts of right exchanges, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
final class DamagedCaptureTest {
  private static final int FLIPS_PER_PART = 8;

  /** A record that holds events, and the parts of it. */
  private record Block(int offset, int payloadAt, int end) {
    int metadataAt() {
      return offset + RecordLayout.HEADER_BYTES;
    }
  }

  private byte[] capture;
  private List<Block> blocks;
  private ExchangeTruth truth;

  @BeforeAll
  void write() throws IOException {
    WriterOptions options = WriterOptions.newBuilder().blockBytes(4096).build();
    capture = DamagedTraffic.script().withChunking(Chunking.random(11)).toCapture(options);
    blocks = blocks(capture);
    truth = ExchangeTruth.of(capture);
  }

  @Test
  void undamaged_hasManyBlocksAndEveryExchange() throws IOException {
    assertThat(blocks).hasSizeBetween(12, 32);
    ExchangeTruth.Analysis analysis = ExchangeTruth.analyze(capture);
    assertThat(analysis.exchanges()).hasSize(DamagedTraffic.EXCHANGES);
    assertThat(analysis.damages()).isEmpty();
    for (Exchange exchange : analysis.exchanges()) {
      assertThat(exchange.completeness()).isEqualTo(Completeness.COMPLETE);
      DamagedTraffic.assertAsScripted(exchange);
    }
  }

  @Test
  void cut_atEveryByteOfTheLastBlock_yieldsOnlyTruth() {
    Block last = blocks.get(blocks.size() - 1);
    for (int cut = last.offset(); cut <= last.end(); cut++) {
      requireOnlyTruth(Arrays.copyOf(capture, cut), "cut at " + cut);
    }
  }

  @Test
  void cut_atEveryBlock_yieldsOnlyTruthAndMoreWithEachBlock() {
    int before = 0;
    for (Block block : blocks) {
      int complete = requireOnlyTruth(Arrays.copyOf(capture, block.end()), "cut at " + block.end());
      assertThat(complete).isGreaterThanOrEqualTo(before);
      before = complete;
    }
    assertThat(before).isEqualTo(DamagedTraffic.EXCHANGES);
  }

  @Test
  void cut_beforeTheFirstBlock_yieldsNothingOrFormatException() throws IOException {
    assertThat(ExchangeTruth.analyze(Arrays.copyOf(capture, blocks.get(0).offset())).exchanges())
        .isEmpty();
    assertThatThrownBy(() -> ExchangeTruth.analyze(Arrays.copyOf(capture, 10)))
        .isInstanceOf(CaptureFormatException.class);
  }

  @Test
  void bitFlipped_inAnyPartOfAnyBlock_yieldsOnlyTruth() {
    Random random = new Random(23);
    for (Block block : blocks) {
      flip(random, block.offset(), block.metadataAt(), "header");
      flip(random, block.metadataAt(), block.payloadAt(), "metadata plane");
      flip(random, block.payloadAt(), block.end(), "payload plane");
    }
  }

  private void flip(Random random, int from, int to, String part) {
    for (int i = 0; i < FLIPS_PER_PART && from < to; i++) {
      int bit = from * 8 + random.nextInt((to - from) * 8);
      byte[] flipped = capture.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      String what = "bit " + bit + " in the " + part + " at " + from;
      assertThat(requireOnlyTruth(flipped, what))
          .as(what)
          .isGreaterThan(DamagedTraffic.EXCHANGES / 2);
    }
  }

  private int requireOnlyTruth(byte[] damaged, String what) {
    try {
      ExchangeTruth.Analysis analysis = ExchangeTruth.analyze(damaged);
      assertThat(analysis.damages().isEmpty()).isEqualTo(isWhole(damaged));
      return truth.assertOnlyTruth(analysis);
    } catch (AssertionError | RuntimeException | IOException e) {
      throw new AssertionError(what, e);
    }
  }

  /** Returns whether the bytes end where a record does and have every one of them unchanged. */
  private boolean isWhole(byte[] bytes) {
    return Arrays.equals(bytes, Arrays.copyOf(capture, bytes.length))
        && blocks.stream()
            .anyMatch(block -> block.offset() == bytes.length || block.end() == bytes.length);
  }

  private static List<Block> blocks(byte[] capture) {
    List<Block> blocks = new ArrayList<>();
    int offset = 0;
    while (offset < capture.length) {
      RecordHeader header = RecordHeader.parse(capture, offset);
      assertThat(header).as("record at %d", offset).isNotNull();
      int end = offset + Math.toIntExact(header.lengthBytes());
      if (header.type() == RecordType.BLOCK) {
        blocks.add(new Block(offset, end - header.payload().storedBytes(), end));
      }
      offset = end;
    }
    return blocks;
  }
}
