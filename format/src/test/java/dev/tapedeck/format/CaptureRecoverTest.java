// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.internal.RecordLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is recovered from damage is what reading gives, and what is missing is written down. */
class CaptureRecoverTest {
  private static final WriterOptions CHECKPOINTS =
      WriterOptions.newBuilder().checkpointBytes(1).build();

  private final List<List<CaptureEvent>> blocks = Captures.smallBlocks(4);
  private final List<CaptureEvent> events = Captures.flat(blocks);
  private final byte[] capture = Captures.write(CHECKPOINTS, blocks);
  private final long dataBytes = dataBytes(events);

  private static long dataBytes(List<? extends CaptureEvent> events) {
    return events.stream()
        .filter(StreamEvent.Data.class::isInstance)
        .mapToLong(event -> ((StreamEvent.Data) event).capturedLength())
        .sum();
  }

  /** Returns what recover makes of a damaged capture, after checking what holds of every copy. */
  private Copies.Copied requireHonest(byte[] damaged, String what) throws IOException {
    Copies.Copied copy = Copies.recover(damaged);
    Captures.Reading source = Captures.read(damaged);
    Captures.Reading reading = Captures.read(copy.file());
    assertThat(reading.damages()).as(what).isEmpty();
    assertThat(reading.events()).as(what).isEqualTo(source.events());
    CaptureSummary summary = Captures.summary(copy.file());
    assertThat(summary.complete()).as(what).isTrue();
    assertThat(summary.events()).as(what).isEqualTo(reading.events().size());
    List<CopyLoss> losses = Copies.losses(copy.file());
    CopyReport report = copy.report();
    assertThat(report.damages()).as(what).isEqualTo(source.damages());
    boolean unknown = losses.stream().anyMatch(loss -> loss.events() < 0);
    assertThat(report.lossUnknown()).as(what).isEqualTo(unknown);
    long lostEvents = losses.stream().mapToLong(loss -> Math.max(0, loss.events())).sum();
    assertThat(report.lostEvents()).as(what).isEqualTo(lostEvents);
    if (!unknown) {
      assertThat(summary.events() + lostEvents).as(what).isEqualTo(events.size());
      assertThat(summary.payloadBytes() + report.lostDataBytes()).as(what).isEqualTo(dataBytes);
      assertThat(summary.blocks() + report.lostBlocks()).as(what).isEqualTo(blocks.size());
      assertThat(summary.lostEvents())
          .as(what)
          .isEqualTo(Captures.summary(capture).lostEvents() + lostEvents - lostOfLost(source));
    }
    requireStable(copy.file(), what);
    return copy;
  }

  /** Returns what the loss events state that are lost themselves. */
  private long lostOfLost(Captures.Reading source) {
    return stated(events) - stated(source.events());
  }

  private static long stated(List<CaptureEvent> events) {
    return events.stream()
        .filter(LossEvent.class::isInstance)
        .mapToLong(event -> Math.max(0, ((LossEvent) event).events()))
        .sum();
  }

  private static void requireStable(byte[] copy, String what) throws IOException {
    Copies.Copied again = Copies.recover(copy);
    assertThat(again.report().isLossless()).as(what).isTrue();
    assertThat(again.report().damages()).as(what).isEmpty();
    assertThat(Captures.read(again.file()).events())
        .as(what)
        .isEqualTo(Captures.read(copy).events());
    assertThat(Copies.losses(again.file())).as(what).isEqualTo(Copies.losses(copy));
  }

  @Test
  void recover_byteDamagedAnywhere_isHonest() throws IOException {
    for (int at = 0; at < capture.length; at += 5) {
      byte[] damaged = capture.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      requireHonest(damaged, "byte " + at);
    }
  }

  @Test
  void recover_cutAnywhere_isHonest() throws IOException {
    int headerEnd = Captures.records(capture).get(0).end();
    for (int cut = headerEnd; cut < capture.length; cut += 17) {
      Copies.Copied copy = requireHonest(Arrays.copyOf(capture, cut), "cut at " + cut);
      // Without the trailer alone, the footer still says that nothing is missing.
      boolean onlyTrailerGone = cut >= capture.length - RecordLayout.HEADER_BYTES;
      assertThat(copy.report().isLossless()).as("cut at %d", cut).isEqualTo(onlyTrailerGone);
    }
  }

  @Test
  void recover_bytesPutInOrTakenOut_isHonest() throws IOException {
    for (int at = 1; at < capture.length; at += 23) {
      byte[] before = Arrays.copyOf(capture, at);
      requireHonest(
          Captures.concat(
              before, new byte[] {1, 2, 3}, Arrays.copyOfRange(capture, at, capture.length)),
          "inserted at " + at);
      requireHonest(
          Captures.concat(
              before,
              Arrays.copyOfRange(capture, Math.min(at + 5, capture.length), capture.length)),
          "removed at " + at);
    }
  }

  @Test
  void recover_startGone_keepsTheRest() throws IOException {
    for (Captures.Placed block : Captures.blocks(capture)) {
      byte[] rest = Arrays.copyOfRange(capture, block.offset() + 1, capture.length);
      Copies.Copied copy = requireHonest(rest, "from " + block.offset());
      long lost = block.header().sequence() + 1;
      assertThat(copy.report().blocks()).isEqualTo(blocks.size() - lost);
      assertThat(copy.report().lostBlocks()).isEqualTo(lost);
    }
  }

  @Test
  void recover_blockTakenOut_saysWhatIsMissing() throws IOException {
    Captures.Placed second = Captures.blocks(capture).get(1);
    byte[] damaged =
        Captures.concat(
            Arrays.copyOf(capture, second.offset()),
            Arrays.copyOfRange(capture, second.end(), capture.length));
    Copies.Copied copy = requireHonest(damaged, "block taken out");
    assertThat(Copies.losses(copy.file()))
        .containsExactly(
            new CopyLoss(
                CopyLoss.Kind.MISSING, 1, 4, dataBytes(blocks.get(1)), second.offset(), 0));
  }

  @Test
  void recover_payloadDamaged_keepsTheRestOfTheBlock() throws IOException {
    Captures.Placed second = Captures.blocks(capture).get(1);
    byte[] damaged = capture.clone();
    damaged[second.end() - 1] ^= 1;

    Copies.Copied copy = requireHonest(damaged, "payload");

    List<List<CaptureEvent>> kept = new ArrayList<>(blocks);
    kept.set(1, Captures.withoutPayload(blocks.get(1)));
    assertThat(Captures.read(copy.file()).events()).isEqualTo(Captures.flat(kept));
    int stored = second.header().payload().storedBytes();
    assertThat(Copies.losses(copy.file()))
        .containsExactly(
            new CopyLoss(
                CopyLoss.Kind.PAYLOAD,
                0,
                0,
                dataBytes(blocks.get(1)),
                second.end() - stored,
                stored));
    assertThat(Captures.blocks(copy.file()).get(1).header().dataBytes())
        .isEqualTo(second.header().dataBytes());
  }

  @Test
  void recover_unfinishedFile_isWholeAndLosesNothing() throws IOException {
    byte[] unfinished = Arrays.copyOf(capture, Captures.blocks(capture).get(2).end());
    Copies.Copied copy = Copies.copy(unfinished, "a.tape.partial", SplitRule.whole());
    assertThat(copy.report().isLossless()).isTrue();
    assertThat(copy.report().unfinished()).isTrue();
    assertThat(Copies.losses(copy.file())).isEmpty();
    assertThat(Captures.summary(copy.file()).complete()).isTrue();
    assertThat(Captures.read(copy.file()).events()).isEqualTo(Captures.flat(blocks.subList(0, 3)));

    byte[] inside = Arrays.copyOf(capture, Captures.blocks(capture).get(3).end() - 1);
    Copies.Copied cut = Copies.copy(inside, "a.tape.partial", SplitRule.whole());
    assertThat(cut.report().isLossless()).isTrue();
    assertThat(Copies.losses(cut.file()))
        .singleElement()
        .extracting(CopyLoss::kind)
        .isEqualTo(CopyLoss.Kind.END);
    Copies.Copied named = Copies.recover(inside);
    assertThat(named.report().isLossless()).isFalse();
    assertThat(named.report().lossUnknown()).isTrue();
  }

  @Test
  void split_damagedCapture_lossStandsInItsPart() throws IOException {
    byte[] damaged = capture.clone();
    damaged[Captures.blocks(capture).get(2).offset() + 161] ^= 1;
    Copies.Copied split = Copies.copy(damaged, "x.tape", new SplitRule(SplitRule.Unit.BLOCKS, 2));
    assertThat(split.reports()).extracting(CopyReport::lostBlocks).containsExactly(0L, 1L);
    assertThat(Copies.losses(split.files().get(0))).isEmpty();
    assertThat(Copies.losses(split.files().get(1)))
        .singleElement()
        .extracting(CopyLoss::kind, CopyLoss::events)
        .containsExactly(CopyLoss.Kind.BLOCK, 4L);
    List<CaptureEvent> kept = new ArrayList<>();
    for (byte[] part : split.files()) {
      assertThat(Captures.read(part).damages()).isEmpty();
      kept.addAll(Captures.read(part).events());
    }
    assertThat(kept).isEqualTo(Captures.read(damaged).events());
  }

  @Test
  void copies_damagedAgain_countWhatIsLostTwice() throws IOException {
    byte[] once = capture.clone();
    once[Captures.blocks(capture).get(0).offset() + 161] ^= 1;
    byte[] copy = Copies.recover(once).file();
    byte[] twice = copy.clone();
    twice[Captures.blocks(copy).get(1).offset() + 161] ^= 1;

    byte[] again = Copies.recover(twice).file();

    assertThat(Captures.read(again).damages()).isEmpty();
    assertThat(Copies.losses(again)).hasSize(2);
    assertThat(Captures.summary(again).events()).isEqualTo(8);
    assertThat(Copies.losses(again).stream().mapToLong(CopyLoss::events).sum()).isEqualTo(8);
  }

  @Test
  void recover_randomDamage_isHonest() throws IOException {
    for (int seed = 1; seed <= 300; seed++) {
      byte[] damaged = RandomDamage.apply(capture, seed);
      requireHonest(damaged, "seed " + seed);
    }
  }
}
