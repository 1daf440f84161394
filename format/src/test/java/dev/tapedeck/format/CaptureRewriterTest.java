// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.internal.RecordHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureRewriterTest {
  private static final Bytes NEW_ID = Bytes.latin1("fedcba9876543210");

  /** What a rewriting left behind. */
  private record Rewritten(InMemoryChannel out, RewriteStats stats, List<Damage> damages) {
    byte[] capture() {
      return out.toByteArray();
    }
  }

  private static Rewritten rewrite(
      byte[] capture, WriterOptions options, Predicate<CaptureEvent> selection) throws IOException {
    InMemoryChannel out = new InMemoryChannel();
    List<Damage> damages = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(capture), "in.tape", ReaderOptions.defaults())) {
      CaptureHeader header =
          CaptureRewriter.header(reader.header(), NEW_ID, "repack", "tapedeck-test 2");
      RewriteStats stats;
      try (CaptureWriter writer = CaptureWriter.create(out, "out.tape", header, options)) {
        stats = new CaptureRewriter(reader, selection).copyTo(writer, damages::add);
        writer.flush();
        assertThat(writer.stats().events())
            .isEqualTo(stats.eventsKept() + stats.eventsReplaced() + stats.statedLosses());
      }
      assertThat(stats.eventsRead())
          .isEqualTo(stats.eventsKept() + stats.eventsLeftOut() + stats.eventsReplaced());
      return new Rewritten(out, stats, damages);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void copyTo_anyEvents_areTheSame(long seed) throws IOException {
    List<CaptureEvent> events = new EventGenerator(seed).events(3_000);
    byte[] capture =
        Captures.writeAll(WriterOptions.newBuilder().blockBytes(32 << 10).build(), events);
    WriterOptions archival = WriterOptions.newBuilder().blockBytes(4 << 20).zstdLevel(9).build();
    Rewritten rewritten = rewrite(capture, archival, event -> true);
    assertThat(Captures.read(rewritten.capture()).events()).as("seed " + seed).isEqualTo(events);
    assertThat(rewritten.stats().eventsKept()).isEqualTo(3_000);
    assertThat(rewritten.stats().unknownEvents())
        .isEqualTo(events.stream().filter(UnknownEvent.class::isInstance).count());
    assertThat(Captures.blocks(rewritten.capture()).size())
        .isLessThan(Captures.blocks(capture).size());
  }

  @Test
  void header_namesTheOrigin() throws IOException {
    byte[] capture = Captures.write(WriterOptions.defaults(), Captures.smallBlocks(1));
    try (CaptureReader reader =
        CaptureReader.open(
            new InMemoryChannel(
                rewrite(capture, WriterOptions.defaults(), event -> true).capture()),
            "out.tape",
            ReaderOptions.defaults())) {
      CaptureHeader original = TestObjects.header();
      assertThat(reader.header())
          .isEqualTo(
              original.toBuilder()
                  .fileId(NEW_ID)
                  .derivation(
                      new Derivation(
                          "repack",
                          "tapedeck-test 2",
                          List.of(Derivation.Origin.ofWhole(original.fileId()))))
                  .build());
    }
  }

  @Test
  void copyTo_selection_keepsThatInOrder() throws IOException {
    List<CaptureEvent> events = new EventGenerator(7).events(1_000);
    Predicate<CaptureEvent> selection = StreamEvent.class::isInstance;
    Rewritten rewritten =
        rewrite(
            Captures.writeAll(WriterOptions.defaults(), events),
            WriterOptions.defaults(),
            selection);
    assertThat(Captures.read(rewritten.capture()).events())
        .isEqualTo(events.stream().filter(selection).toList());
    assertThat(rewritten.stats().eventsLeftOut()).isEqualTo(1_000 - rewritten.stats().eventsKept());
  }

  @Test
  void copyTo_damagedBlock_becomesALossInItsPlace() throws IOException {
    List<List<CaptureEvent>> blocks = Captures.smallBlocks(4);
    byte[] capture = Captures.write(WriterOptions.defaults(), blocks);
    Captures.Placed second = Captures.blocks(capture).get(1);
    capture[second.offset() + 170] ^= 1;
    Rewritten rewritten = rewrite(capture, WriterOptions.defaults(), event -> true);
    List<CaptureEvent> read = Captures.read(rewritten.capture()).events();
    int first = blocks.get(0).size();
    assertThat(read.subList(0, first)).isEqualTo(blocks.get(0));
    assertThat(read.get(first))
        .isInstanceOfSatisfying(
            LossEvent.class,
            loss -> {
              assertThat(loss.cause()).isEqualTo(LossEvent.Cause.DAMAGED_INPUT);
              assertThat(loss.events()).isEqualTo(blocks.get(1).size());
            });
    assertThat(read.subList(first + 1, read.size())).isEqualTo(Captures.flat(blocks.subList(2, 4)));
    assertThat(rewritten.damages()).hasSize(1);
    assertThat(Captures.summary(rewritten.capture()).lostEvents())
        .isEqualTo(
            Captures.summary(Captures.write(WriterOptions.defaults(), blocks)).lostEvents()
                - losses(blocks.get(1))
                + blocks.get(1).size());
  }

  private static long losses(List<CaptureEvent> events) {
    return events.stream()
        .filter(LossEvent.class::isInstance)
        .mapToLong(event -> Math.max(0, ((LossEvent) event).events()))
        .sum();
  }

  @Test
  void copyTo_damagedPayload_leavesAGapThatSaysWhy() throws IOException {
    StreamEvent.Data data = TestObjects.data(5_000, 1, 70, Bytes.latin1("secret"));
    byte[] capture = Captures.writeAll(WriterOptions.defaults(), List.of(data));
    capture[Captures.blocks(capture).get(0).end() - 1] ^= 1;
    Rewritten rewritten = rewrite(capture, WriterOptions.defaults(), event -> true);
    assertThat(Captures.read(rewritten.capture()).events())
        .containsExactly(
            new LossEvent(data.stamp(), LossEvent.Cause.DAMAGED_INPUT, 1, 6, TestObjects.REQUESTS));
    assertThat(rewritten.stats().eventsReplaced()).isOne();
    assertThat(rewritten.stats().statedLosses()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20})
  void copyTo_cutCapture_saysSoAtTheEnd(int cutBytes) throws IOException {
    List<List<CaptureEvent>> blocks = Captures.smallBlocks(3);
    byte[] capture = Captures.write(WriterOptions.defaults(), blocks);
    int end = Captures.blocks(capture).get(1).end();
    Rewritten rewritten =
        rewrite(Arrays.copyOf(capture, end - cutBytes), WriterOptions.defaults(), event -> true);
    List<CaptureEvent> read = Captures.read(rewritten.capture()).events();
    List<CaptureEvent> kept = Captures.flat(blocks.subList(0, cutBytes == 0 ? 2 : 1));
    assertThat(read.subList(0, kept.size())).isEqualTo(kept);
    assertThat(read).hasSize(kept.size() + 1);
    assertThat(((LossEvent) read.get(kept.size())).events()).isEqualTo(Damage.UNKNOWN);
  }

  @Test
  void copyTo_watermarks_keepTheirPromise() throws IOException {
    InMemoryChannel in = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(
            in, "in.tape", TestObjects.header(), WriterOptions.newBuilder().build())) {
      for (int i = 1; i <= 50; i++) {
        writer.write(TestObjects.data(1_000L * i, i, i, Bytes.latin1("x")));
        writer.watermark(1_000L * (i - 1));
        writer.flush();
      }
    }
    byte[] capture =
        rewrite(
                in.toByteArray(),
                WriterOptions.newBuilder().blockBytes(1 << 10).build(),
                event -> true)
            .capture();
    List<RecordHeader> blocks =
        Captures.blocks(capture).stream().map(Captures.Placed::header).toList();
    assertThat(blocks).hasSizeGreaterThan(1);
    for (int i = 1; i < blocks.size(); i++) {
      assertThat(blocks.get(i - 1).watermarkNanos())
          .isPositive()
          .isLessThanOrEqualTo(blocks.get(i).firstNanos());
    }
    assertThat(Captures.summary(capture).watermarkNanos()).isEqualTo(49_000);
  }

  @Test
  void copyTo_fullDisk_fails() throws IOException {
    byte[] capture = Captures.writeAll(WriterOptions.defaults(), new EventGenerator(3).events(900));
    FaultyChannel disk = new FaultyChannel(2_000);
    try (CaptureReader reader =
            CaptureReader.open(new InMemoryChannel(capture), "in.tape", ReaderOptions.defaults());
        CaptureWriter writer =
            CaptureWriter.create(
                disk,
                "out.tape",
                TestObjects.header(),
                WriterOptions.newBuilder().blockBytes(2 << 10).build())) {
      CaptureRewriter rewriter = new CaptureRewriter(reader, event -> true);
      assertThatThrownBy(() -> rewriter.copyTo(writer, damage -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("out.tape");
      writer.abandon();
    }
  }

  @Test
  void copyTo_limitsBroken_lossInItsStead() throws IOException {
    List<CaptureEvent> got = new ArrayList<>();
    LossStating stating = new LossStating(got::add, TestObjects.HOST_ID);
    EventStamp stamp = TestObjects.stamp(77, 1);
    stating.event(new UnknownEvent(stamp, EventKinds.TLS_BINDING));
    assertThat(got).containsExactly(new LossEvent(stamp, LossEvent.Cause.UNKNOWN, 1, -1, null));
    assertThat(stating.replacedEvents()).isOne();
  }
}
