// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureMergerTest {
  private static final Bytes NEW_ID = Bytes.latin1("fedcba9876543210");
  private static final long OTHER_HOST = 99;

  /** What a merge left behind. */
  private record Merged(InMemoryChannel out, MergeStats stats, CaptureHeader header) {
    byte[] capture() {
      return out.toByteArray();
    }

    List<CaptureEvent> events() throws IOException {
      return Captures.read(capture()).events();
    }
  }

  private static Merged merge(MergeOptions options, byte[]... captures) throws IOException {
    List<CaptureReader> readers = new ArrayList<>();
    for (int i = 0; i < captures.length; i++) {
      readers.add(
          CaptureReader.open(
              new InMemoryChannel(captures[i]), "in" + i + ".tape", ReaderOptions.defaults()));
    }
    CaptureMerger merger = new CaptureMerger(readers, options);
    CaptureHeader header = merger.header(NEW_ID, "tapedeck-test 2");
    InMemoryChannel out = new InMemoryChannel();
    WriterOptions writing = CaptureMerger.writerOptions(header, WriterOptions.defaults());
    MergeStats stats;
    try (CaptureWriter writer = CaptureWriter.create(out, "out.tape", header, writing)) {
      stats = merger.mergeTo(writer, (name, damage) -> {});
      writer.flush();
      RewriteStats events = stats.events();
      assertThat(writer.stats().events())
          .isEqualTo(events.eventsKept() + events.eventsReplaced() + events.statedLosses());
    }
    return new Merged(out, stats, header);
  }

  private static CaptureHeader header(int number, long hostId) {
    return TestObjects.header().toBuilder()
        .fileId(Bytes.latin1(String.format("file %011d", number)))
        .hostId(hostId)
        .hostName("host-" + hostId)
        .attribute("number", Integer.toString(number))
        .build();
  }

  /** Writes blocks of so many events, each with the watermark that holds, or with none. */
  private static byte[] capture(
      CaptureHeader header, List<? extends CaptureEvent> events, int blockEvents, boolean promises)
      throws IOException {
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(channel, "in.tape", header, WriterOptions.defaults())) {
      for (int from = 0; from < events.size(); from += blockEvents) {
        int to = Math.min(events.size(), from + blockEvents);
        for (CaptureEvent event : events.subList(from, to)) {
          writer.write(event);
        }
        if (promises) {
          writer.watermark(
              events.subList(to, events.size()).stream()
                  .mapToLong(event -> event.stamp().exitNanos())
                  .min()
                  .orElse(events.get(to - 1).stamp().exitNanos()));
        }
        writer.flush();
      }
    }
    return channel.toByteArray();
  }

  private static StreamEvent.Data data(long hostId, long exitNanos, long socket, long number) {
    Bytes payload = Bytes.latin1("event " + number);
    return new StreamEvent.Data(
        new EventStamp(
            new ProcessKey(hostId, 7, 1), 7, 0, exitNanos, new EventOrigin(0, 0, number)),
        new StreamId(new ConnectionId(hostId, socket, 1), Direction.EGRESS),
        number,
        payload.length(),
        payload.length(),
        payload,
        new CallRef(CallKind.WRITE, number, 0, 1, 1));
  }

  private static ClockEvent clock(long hostId, long exitNanos, long realNanos) {
    EventStamp stamp =
        new EventStamp(
            new ProcessKey(hostId, 0, 0), 0, 0, exitNanos, EventOrigin.userSpace(exitNanos));
    return new ClockEvent(stamp, exitNanos, realNanos);
  }

  /** Events whose order strays a little from that of their times, as a recorder's does. */
  private static List<CaptureEvent> straying(SplittableRandom random, int count) {
    List<CaptureEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(
          data(TestObjects.HOST_ID, 1_000_000 + 100L * i + random.nextInt(2_000), i % 50, i));
    }
    return events;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void mergeTo_eventsDealtOut_comeBackInOrder(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<CaptureEvent> events = straying(random, 4_000);
    // A stream is recorded by one recorder; its events are its own.
    int recorders = random.nextInt(2, 6);
    List<List<CaptureEvent>> dealt = new ArrayList<>();
    for (int i = 0; i < recorders; i++) {
      dealt.add(new ArrayList<>());
    }
    for (CaptureEvent event : events) {
      ConnectionId owner = (ConnectionId) ((StreamEvent.Data) event).stream().owner();
      dealt.get((int) owner.socket() % recorders).add(event);
    }
    byte[][] captures = new byte[recorders][];
    for (int i = 0; i < recorders; i++) {
      captures[i] =
          capture(header(i, TestObjects.HOST_ID), dealt.get(i), random.nextInt(20, 300), true);
    }

    List<CaptureEvent> merged = merge(MergeOptions.defaults(), captures).events();

    assertThat(merged).as("seed " + seed).containsExactlyInAnyOrderElementsOf(events);
    assertThat(byStream(merged)).isEqualTo(byStream(events));
    // By time, but that an event waits for those before it in its stream.
    Map<StreamId, Long> latest = new HashMap<>();
    assertThat(
            merged.stream()
                .map(
                    event ->
                        latest.merge(
                            ((StreamEvent) event).stream(), event.stamp().exitNanos(), Math::max)))
        .isSorted();
  }

  private static Map<StreamId, List<CaptureEvent>> byStream(List<CaptureEvent> events) {
    Map<StreamId, List<CaptureEvent>> streams = new HashMap<>();
    for (CaptureEvent event : events) {
      streams
          .computeIfAbsent(((StreamEvent) event).stream(), unused -> new ArrayList<>())
          .add(event);
    }
    return streams;
  }

  @Test
  void mergeTo_distinctStreams_sortedByTime() throws IOException {
    List<CaptureEvent> events = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 2_000; i++) {
      events.add(data(TestObjects.HOST_ID, 1_000 + 10L * i + random.nextInt(500), i, i));
    }
    byte[] one = capture(header(1, TestObjects.HOST_ID), events.subList(0, 1_200), 50, true);
    byte[] two = capture(header(2, TestObjects.HOST_ID), events.subList(1_200, 2_000), 70, true);
    List<CaptureEvent> merged = merge(MergeOptions.defaults(), two, one).events();
    assertThat(merged)
        .isSortedAccordingTo(Comparator.comparingLong(event -> event.stamp().exitNanos()))
        .containsExactlyInAnyOrderElementsOf(events);
  }

  @Test
  void mergeTo_severalHosts_orderedByRealTimeAndNamed() throws IOException {
    List<CaptureEvent> here = new ArrayList<>();
    List<CaptureEvent> there = new ArrayList<>();
    here.add(clock(TestObjects.HOST_ID, 1_000, 5_000_000));
    there.add(clock(OTHER_HOST, 900_000_000, 5_000_050));
    for (int i = 0; i < 300; i++) {
      here.add(data(TestObjects.HOST_ID, 1_100 + 100L * i, i, i));
      there.add(data(OTHER_HOST, 900_000_100 + 100L * i, i, i));
    }
    Merged merged =
        merge(
            MergeOptions.defaults(),
            capture(header(1, TestObjects.HOST_ID), here, 40, true),
            capture(header(2, OTHER_HOST), there, 30, true));
    List<CaptureEvent> alternating = new ArrayList<>();
    for (int i = 0; i <= 300; i++) {
      alternating.add(here.get(i));
      alternating.add(there.get(i));
    }
    assertThat(merged.events()).isEqualTo(alternating);
    assertThat(merged.header().hosts())
        .extracting(CaptureHost::hostName)
        .containsExactly("host-" + TestObjects.HOST_ID, "host-99");
    assertThat(merged.header().hostName()).isEmpty();
    assertThat(merged.header().attributes())
        .containsEntry("sources", "tls,sockets")
        .containsEntry("number", "1 | 2");
    assertThat(merged.header().derivation().origins()).hasSize(2);
    assertThat(Captures.blocks(merged.capture())).hasSizeLessThan(5);
    assertThat(merged.stats().withoutClock()).isEmpty();
  }

  @Test
  void mergeTo_watermarks_keepTheirPromise() throws IOException {
    SplittableRandom random = new SplittableRandom(9);
    List<CaptureEvent> events = straying(random, 3_000);
    List<CaptureEvent> one = events.stream().filter(event -> socket(event) % 2 == 0).toList();
    List<CaptureEvent> two = events.stream().filter(event -> socket(event) % 2 == 1).toList();
    byte[] merged =
        remerged(
            capture(header(1, TestObjects.HOST_ID), one, 30, true),
            capture(header(2, TestObjects.HOST_ID), two, 40, true));
    List<Captures.Placed> blocks = Captures.blocks(merged);
    assertThat(blocks).hasSizeGreaterThan(5);
    long promised = 0;
    for (Captures.Placed block : blocks) {
      assertThat(block.header().firstNanos()).isGreaterThanOrEqualTo(promised);
      promised = block.header().watermarkNanos();
    }
    assertThat(promised).isPositive();
  }

  private static long socket(CaptureEvent event) {
    return ((ConnectionId) ((StreamEvent) event).stream().owner()).socket();
  }

  private static byte[] remerged(byte[]... captures) throws IOException {
    List<CaptureReader> readers = new ArrayList<>();
    for (byte[] capture : captures) {
      readers.add(CaptureReader.open(new InMemoryChannel(capture), "in", ReaderOptions.defaults()));
    }
    InMemoryChannel out = new InMemoryChannel();
    WriterOptions options = WriterOptions.newBuilder().blockBytes(8 << 10).build();
    CaptureMerger merger = new CaptureMerger(readers, MergeOptions.defaults());
    try (CaptureWriter writer =
        CaptureWriter.create(out, "out", merger.header(NEW_ID, "test"), options)) {
      merger.mergeTo(writer, (name, damage) -> {});
    }
    return out.toByteArray();
  }

  @Test
  void mergeTo_noWatermarks_keepsBlockOrderAndSaysSo() throws IOException {
    List<CaptureEvent> events = straying(new SplittableRandom(2), 1_000);
    byte[] silent = capture(header(1, TestObjects.HOST_ID), events.subList(0, 500), 20, false);
    byte[] other = capture(header(2, TestObjects.HOST_ID), events.subList(500, 1_000), 20, true);
    Merged merged = merge(MergeOptions.defaults(), silent, other);
    assertThat(merged.events()).containsExactlyInAnyOrderElementsOf(events);
    assertThat(merged.stats().withoutWatermark()).containsExactly("in0.tape");
    assertThat(merged.stats().maxHeldEvents()).isLessThan(100);
  }

  @Test
  void mergeTo_manyLargeCaptures_holdsAFewBlocks() throws IOException {
    byte[][] captures = new byte[8][];
    for (int i = 0; i < captures.length; i++) {
      List<CaptureEvent> events = new ArrayList<>();
      for (int j = 0; j < 10_000; j++) {
        events.add(data(TestObjects.HOST_ID, 1_000L * j + i, 100L * i + j % 9, j));
      }
      captures[i] = capture(header(i, TestObjects.HOST_ID), events, 100, true);
    }
    MergeStats stats = merge(MergeOptions.defaults(), captures).stats();
    assertThat(stats.events().eventsKept()).isEqualTo(80_000);
    assertThat(stats.maxHeldEvents()).isLessThanOrEqualTo(8 * 2 * 100);
  }

  @Test
  void mergeTo_filesOneAfterAnother_holdsOneBlock() throws IOException {
    byte[][] captures = new byte[20][];
    for (int i = 0; i < captures.length; i++) {
      List<CaptureEvent> events = new ArrayList<>();
      for (int j = 0; j < 300; j++) {
        events.add(data(TestObjects.HOST_ID, 1_000_000L * i + j, j % 9, j));
      }
      captures[i] = capture(header(i, TestObjects.HOST_ID), events, 100, true);
    }
    assertThat(merge(MergeOptions.defaults(), captures).stats().maxHeldEvents())
        .isLessThanOrEqualTo(200);
  }

  @Test
  void mergeTo_watermarkFarBehind_goesOnAtTheLimit() throws IOException {
    List<CaptureEvent> events = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      events.add(data(TestObjects.HOST_ID, 1_000L * i, i % 9, i));
    }
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(
            channel,
            "in",
            header(1, TestObjects.HOST_ID),
            WriterOptions.newBuilder().blockBytes(64 << 10).build())) {
      writer.watermark(1);
      for (CaptureEvent event : events) {
        writer.write(event);
      }
    }
    byte[] late =
        capture(
            header(2, TestObjects.HOST_ID), List.of(data(TestObjects.HOST_ID, 5, 77, 1)), 1, true);
    Merged merged = merge(new MergeOptions(1 << 20), channel.toByteArray(), late);
    assertThat(merged.stats().earlyEvents()).isPositive();
    assertThat(merged.stats().maxHeldEvents()).isLessThan(20_000);
    assertThat(merged.events()).hasSize(20_001);
  }

  @Test
  void mergeTo_damagedInput_statesTheLossThere() throws IOException {
    List<CaptureEvent> events = straying(new SplittableRandom(8), 300);
    byte[] damaged = capture(header(1, TestObjects.HOST_ID), events, 100, true);
    damaged[Captures.blocks(damaged).get(1).offset() + 170] ^= 1;
    byte[] other =
        capture(
            header(2, TestObjects.HOST_ID),
            List.of(data(TestObjects.HOST_ID, 5_000_000, 777, 1)),
            1,
            true);
    Merged merged = merge(MergeOptions.defaults(), damaged, other);
    assertThat(merged.events()).hasSize(202).filteredOn(LossEvent.class::isInstance).hasSize(1);
    assertThat(merged.stats().events().statedLosses()).isOne();
    assertThat(Captures.summary(merged.capture()).lostEvents()).isEqualTo(100);
  }

  @Test
  void mergeTo_repeatedContext_writtenOnce() throws IOException {
    CaptureEvent exec =
        new ProcessEvent.Exec(
            TestObjects.stamp(1_000, 0),
            new ProcessEvent.ProgramInfo("app", "/app", 1, "", List.of()),
            true);
    byte[] one =
        capture(
            header(1, TestObjects.HOST_ID),
            List.of(exec, data(TestObjects.HOST_ID, 2_000, 1, 1)),
            9,
            true);
    byte[] two =
        capture(
            header(2, TestObjects.HOST_ID),
            List.of(exec, data(TestObjects.HOST_ID, 3_000, 1, 2)),
            9,
            true);
    Merged merged = merge(MergeOptions.defaults(), one, two);
    assertThat(merged.events()).hasSize(3).startsWith(exec);
    assertThat(merged.stats().events().eventsLeftOut()).isOne();
  }

  @Test
  void mergeTo_sameBytesTwice_refused() throws IOException {
    CaptureEvent data = data(TestObjects.HOST_ID, 2_000, 1, 1);
    byte[] one = capture(header(1, TestObjects.HOST_ID), List.of(data), 9, true);
    byte[] two = capture(header(2, TestObjects.HOST_ID), List.of(data), 9, true);
    assertThatThrownBy(() -> merge(MergeOptions.defaults(), one, two))
        .isInstanceOf(OverlapException.class)
        .hasMessage("in0.tape and in1.tape: hold the same bytes of a stream");
  }

  @Test
  void header_overlappingInputs_refused() throws IOException {
    CaptureHeader origin = header(1, TestObjects.HOST_ID);
    byte[] whole = empty(origin);
    byte[] left = empty(copy(2, origin, 0, 7));
    byte[] right = empty(copy(3, origin, 7, 9));
    byte[] middle = empty(copy(4, origin, 5, 8));
    assertThatThrownBy(() -> merge(MergeOptions.defaults(), whole, whole))
        .isInstanceOf(OverlapException.class)
        .hasMessageContaining("are the same capture");
    assertThatThrownBy(() -> merge(MergeOptions.defaults(), left, whole))
        .isInstanceOf(OverlapException.class)
        .hasMessageContaining("one was made from the other");
    assertThatThrownBy(() -> merge(MergeOptions.defaults(), left, right, middle))
        .isInstanceOf(OverlapException.class)
        .hasMessage("in0.tape and in2.tape: are copies that hold the same blocks, 5 to 6");
    assertThat(merge(MergeOptions.defaults(), left, right).events()).isEmpty();
  }

  private static CaptureHeader copy(int number, CaptureHeader origin, long first, long end) {
    return header(number, TestObjects.HOST_ID).toBuilder()
        .derivation(
            new Derivation(
                "split", "test", List.of(new Derivation.Origin(origin.fileId(), first, end))))
        .build();
  }

  private static byte[] empty(CaptureHeader header) throws IOException {
    return capture(header, List.of(), 1, true);
  }

  @Test
  void mergeTo_clockSteppedBack_keepsTheOrderOfAHost() throws IOException {
    List<CaptureEvent> events = new ArrayList<>();
    events.add(clock(TestObjects.HOST_ID, 1_000, 9_000_000));
    for (int i = 1; i < 40; i++) {
      events.add(data(TestObjects.HOST_ID, 1_000 + 100L * i, i, i));
    }
    events.add(20, clock(TestObjects.HOST_ID, 2_950, 1_000_000));
    byte[] one = capture(header(1, TestObjects.HOST_ID), events.subList(0, 20), 5, true);
    byte[] two = capture(header(2, TestObjects.HOST_ID), events.subList(20, 41), 5, true);
    List<CaptureEvent> merged = merge(MergeOptions.defaults(), two, one).events();
    assertThat(merged)
        .hasSize(41)
        .isSortedAccordingTo(Comparator.comparingLong(event -> event.stamp().exitNanos()));
  }
}
