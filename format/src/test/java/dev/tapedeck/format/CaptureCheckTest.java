// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A check finds what reading finds, and what reading does not look for. */
class CaptureCheckTest {
  private static final WriterOptions CHECKPOINTS =
      WriterOptions.newBuilder().checkpointBytes(1).build();

  private static final int LOST_EVENTS_AT = 120;
  private static final int DATA_BYTES_AT = 92;
  private static final int PREVIOUS_LENGTH_AT = 60;
  private static final int FIRST_NANOS_AT = 96;

  private final List<CaptureEvent> events = steady(40);
  private final byte[] capture = Captures.write(CHECKPOINTS, inBlocks(events));

  /** Events as a recorder gives them that loses nothing. */
  private static List<CaptureEvent> steady(int count) {
    List<CaptureEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(TestObjects.data(1_000L * (i + 1), i, 10L * i, Bytes.latin1("0123456789")));
    }
    return events;
  }

  private static List<List<CaptureEvent>> inBlocks(List<CaptureEvent> events) {
    List<List<CaptureEvent>> blocks = new ArrayList<>();
    for (int i = 0; i < events.size(); i += 10) {
      blocks.add(events.subList(i, Math.min(events.size(), i + 10)));
    }
    return blocks;
  }

  private static CheckReport check(byte[] capture, CheckReport.Depth depth) throws IOException {
    return CaptureCheck.check(new InMemoryChannel(capture), "test.tape", depth, Identities.none());
  }

  private static CheckReport check(byte[] capture) throws IOException {
    return check(capture, CheckReport.Depth.EVENTS);
  }

  @Test
  void check_soundCaptures_findNothing() throws IOException {
    List<byte[]> sound = new ArrayList<>(List.of(capture, Captures.write(CHECKPOINTS, List.of())));
    sound.addAll(Copies.copy(capture, "x.tape", new SplitRule(SplitRule.Unit.BLOCKS, 3)).files());
    for (byte[] file : sound) {
      for (CheckReport.Depth depth : CheckReport.Depth.values()) {
        CheckReport report = check(file, depth);
        assertThat(report.findings()).isEmpty();
        assertThat(report.isHealthy()).isTrue();
        assertThat(report.complete()).isTrue();
        assertThat(report.events()).isEqualTo(Captures.summary(file).events());
      }
    }
  }

  @Test
  void check_eventsOfAllKinds_isHealthy() throws IOException {
    CheckReport report = check(Captures.writeAll(CHECKPOINTS, new EventGenerator(3).events(3_000)));
    assertThat(report.isHealthy()).as(report.findings().toString()).isTrue();
  }

  @Test
  void check_byteDamagedAnywhere_agreesWithReading() throws IOException {
    for (int at = 0; at < capture.length; at += 3) {
      byte[] damaged = capture.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      requireAgreement(damaged, "byte " + at);
    }
  }

  @Test
  void check_otherDamage_agreesWithReading() throws IOException {
    int headerEnd = Captures.records(capture).get(0).end();
    for (int cut = headerEnd; cut < capture.length; cut += 31) {
      requireAgreement(Arrays.copyOf(capture, cut), "cut at " + cut);
      requireAgreement(
          Captures.concat(
              Arrays.copyOf(capture, cut),
              new byte[] {1},
              Arrays.copyOfRange(capture, cut, capture.length)),
          "inserted at " + cut);
    }
    byte[] large = Captures.write(CHECKPOINTS, Captures.smallBlocks(40));
    for (int seed = 1; seed <= 300; seed++) {
      requireAgreement(RandomDamage.apply(large, seed), "seed " + seed);
    }
  }

  private static void requireAgreement(byte[] damaged, String what) throws IOException {
    Captures.Reading reading = Captures.read(damaged);
    CheckReport report = check(damaged);
    boolean cut = reading.damages().isEmpty() && !report.complete();
    assertThat(report.isHealthy()).as(what).isEqualTo(reading.damages().isEmpty() && !cut);
    List<String> found = errors(report);
    List<String> read = reading.damages().stream().map(CaptureCheckTest::key).toList();
    assertThat(found.subList(0, Math.min(found.size(), read.size()))).as(what).isEqualTo(read);
    // What reading does not call damage is that a trailer is missing.
    assertThat(found.size() - read.size()).as(what).isBetween(0, report.complete() ? 0 : 1);
    // Damage does not make contradictions of sound parts.
    assertThat(report.findings())
        .as(what)
        .extracting(Finding::kind)
        .doesNotContain("chain", "totals", "content", "order");
  }

  private static List<String> errors(CheckReport report) {
    return report.findings().stream()
        .filter(finding -> finding.severity() == Finding.Severity.ERROR)
        .map(f -> f.kind() + " " + f.offset() + " " + f.lengthBytes() + " " + f.lostEvents())
        .toList();
  }

  private static String key(Damage damage) {
    return damage.kind().name().toLowerCase(Locale.ROOT)
        + " "
        + damage.offset()
        + " "
        + damage.lengthBytes()
        + " "
        + damage.lostEvents();
  }

  @ParameterizedTest
  @CsvSource({
    PREVIOUS_LENGTH_AT + ", chain",
    DATA_BYTES_AT + ", content",
    DATA_BYTES_AT + ", index",
    LOST_EVENTS_AT + ", content",
    FIRST_NANOS_AT + ", index"
  })
  void check_headerThatContradicts_isAnError(int at, String kind) throws IOException {
    Captures.Placed block = Captures.blocks(capture).get(1);
    byte[] forged = ForgedCapture.changeHeader(capture, block.offset(), at, 99);
    CheckReport report = check(forged);
    assertThat(report.findings()).extracting(Finding::kind).contains(kind);
    assertThat(report.isHealthy()).isFalse();
    assertThat(Captures.read(forged).damages()).isEmpty();
  }

  @Test
  void check_trailerWithOtherTotals_isAnErrorOfHeadersAlone() throws IOException {
    Captures.Placed trailer = Captures.records(capture).get(Captures.records(capture).size() - 1);
    byte[] forged = ForgedCapture.changeHeader(capture, trailer.offset(), LOST_EVENTS_AT, 3);
    CheckReport report = check(forged, CheckReport.Depth.HEADERS);
    assertThat(report.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo("totals");
              assertThat(finding.offset()).isEqualTo(trailer.offset());
              assertThat(finding.text()).isEqualTo("lost_events is 3, the records before give 0");
            });
  }

  @Test
  void check_depths_findWhatTheyLookAt() throws IOException {
    byte[] damaged = capture.clone();
    damaged[Captures.blocks(capture).get(1).offset() + 165] ^= 1;
    assertThat(check(damaged, CheckReport.Depth.HEADERS).isHealthy()).isTrue();
    assertThat(check(damaged, CheckReport.Depth.CHECKSUMS).findings())
        .isEqualTo(check(damaged, CheckReport.Depth.EVENTS).findings())
        .hasSize(1);
  }

  @Test
  void check_unfinishedFile_isAWarning() throws IOException {
    byte[] cut = Arrays.copyOf(capture, Captures.blocks(capture).get(2).end() - 1);
    CheckReport report =
        CaptureCheck.check(
            new InMemoryChannel(cut),
            "a.tape.partial",
            CheckReport.Depth.EVENTS,
            Identities.none());
    assertThat(report.isHealthy()).isTrue();
    assertThat(report.findings())
        .extracting(Finding::kind)
        .containsExactly("truncated", "unfinished");
    assertThat(check(cut).isHealthy()).isFalse();
  }

  @Test
  void check_brokenPromises_areWarnings() throws IOException {
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(channel, "test.tape", TestObjects.header(), CHECKPOINTS)) {
      writer.write(events.get(5));
      writer.watermark(50_000);
      writer.flush();
      writer.write(events.get(4));
      writer.write(events.get(5));
      writer.write(events.get(9));
    }
    CheckReport report = check(channel.toByteArray());
    assertThat(report.isHealthy()).isTrue();
    assertThat(report.findings().stream().map(f -> f.kind() + ": " + f.text()))
        .containsExactly(
            "watermark: 3 events are earlier than the watermark of a block before promises",
            "overlap: 2 events hold bytes of a stream that another holds too, from here on",
            "sequence: 2 events are missing in the sequences of their sources,"
                + " and 0 are stated as lost");
  }

  @Test
  void check_holesThatAreStated_areNoWarning() throws IOException {
    List<CaptureEvent> some = new ArrayList<>(events.subList(0, 5));
    some.addAll(events.subList(8, 12));
    some.add(
        new LossEvent(
            new EventStamp(TestObjects.NO_PROCESS, 0, 0, 90_000, EventOrigin.userSpace(0)),
            LossEvent.Cause.RING_FULL,
            3,
            30,
            null));
    assertThat(check(Captures.writeAll(CHECKPOINTS, some)).findings()).isEmpty();
  }

  @Test
  void check_copyOfDamagedCapture_warnsOfWhatItLacks() throws IOException {
    byte[] damaged = capture.clone();
    damaged[Captures.blocks(capture).get(1).offset() + 165] ^= 1;
    CheckReport report = check(Copies.recover(damaged).file());
    assertThat(report.isHealthy()).isTrue();
    assertThat(report.findings())
        .singleElement()
        .extracting(Finding::kind, Finding::lostEvents)
        .containsExactly("loss", 10L);
  }

  @Test
  void check_laterRecordType_isAWarning() throws IOException {
    byte[] later = ForgedCapture.withRecord(99, new byte[] {1});
    assertThat(check(later).findings())
        .extracting(Finding::kind)
        .containsExactly("unknown_record", "truncated");
  }
}
