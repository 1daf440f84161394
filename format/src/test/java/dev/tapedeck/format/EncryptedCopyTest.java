// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies of encrypted captures are made without a key and open with it. */
class EncryptedCopyTest {
  private static final WriterOptions OPTIONS =
      WriterOptions.newBuilder()
          .blockBytes(16 << 10)
          .checkpointBytes(40 << 10)
          .encryption(TestKeys.encryption())
          .build();
  private static final List<CaptureEvent> EVENTS = new EventGenerator(5).events(1_500);

  private final byte[] capture = Captures.writeAll(OPTIONS, EVENTS);

  private static CaptureReader open(byte[] file, Identities identities) throws IOException {
    return CaptureReader.open(
        new InMemoryChannel(file),
        "copy.tape",
        ReaderOptions.defaults().withIdentities(identities));
  }

  @Test
  void copies_ofCopies_openWithTheKeyAndAreTheWhole() throws IOException {
    List<CaptureEvent> all = new ArrayList<>();
    byte[] again = Copies.recover(capture).file();
    List<byte[]> parts =
        Copies.copy(again, "x.tape", new SplitRule(SplitRule.Unit.PARTS, 3)).files();
    assertThat(parts).hasSize(3);
    for (byte[] part : parts) {
      try (CaptureReader reader = open(part, TestKeys.alice())) {
        Captures.Reading reading = Captures.read(reader, Projection.ALL);
        assertThat(reading.damages()).isEmpty();
        all.addAll(reading.events());
        assertThat(reader.access()).isEqualTo(CaptureAccess.ALL);
        CaptureHeader header = reader.header();
        assertThat(header.hostName()).isEqualTo(TestObjects.header().hostName());
        assertThat(header.derivation()).isNotNull();
      }
      try (CaptureReader reader = open(part, TestKeys.bob())) {
        assertThat(Captures.read(reader, Projection.ALL).damages()).isEmpty();
      }
    }
    assertThat(all).isEqualTo(EVENTS);
  }

  @Test
  void copy_withoutKey_holdsItsKeysTwiceAndNothingInTheClear() throws IOException {
    byte[] copy = Copies.recover(capture).file();
    List<Captures.Placed> records = Captures.records(copy);
    assertThat(records.get(1).header().type()).isEqualTo(RecordType.CHECKPOINT);
    assertThat(records.get(0).header().incompatibleFlags()).isEqualTo(RecordHeader.FLAG_ENCRYPTED);
    assertThat(Bytes.copyOf(copy).toLatin1()).doesNotContain(TestObjects.header().hostName());
    Arrays.fill(copy, 0, records.get(0).end(), (byte) 0);
    try (CaptureReader reader = open(copy, TestKeys.alice())) {
      assertThat(Captures.read(reader, Projection.ALL).events()).isEqualTo(EVENTS);
    }
  }

  @Test
  void copy_ofDamagedCapture_keepsWhatIsSound() throws IOException {
    List<Captures.Placed> blocks = Captures.blocks(capture);
    byte[] damaged = capture.clone();
    damaged[blocks.get(1).offset() + RecordLayout.HEADER_BYTES] ^= 1;
    damaged[blocks.get(2).end() - 1] ^= 1;
    List<CaptureEvent> expected;
    try (CaptureReader reader = open(damaged, TestKeys.alice())) {
      expected = Captures.read(reader, Projection.ALL).events();
    }

    Copies.Copied copy = Copies.recover(damaged);

    assertThat(copy.report().lostBlocks()).isEqualTo(1);
    assertThat(copy.report().lostEvents() + copy.report().events()).isEqualTo(EVENTS.size());
    try (CaptureReader reader = open(copy.file(), TestKeys.alice())) {
      Captures.Reading reading = Captures.read(reader, Projection.ALL);
      assertThat(reading.damages()).isEmpty();
      assertThat(reading.events()).isEqualTo(expected);
    }
  }

  @Test
  void check_encrypted_looksAsFarAsTheKeysGo() throws IOException {
    byte[] damaged = capture.clone();
    damaged[Captures.blocks(capture).get(1).offset() + RecordLayout.HEADER_BYTES] ^= 1;
    for (byte[] file : List.of(capture, Copies.recover(capture).file())) {
      CheckReport closed = check(file, Identities.none());
      assertThat(closed.depth()).isEqualTo(CheckReport.Depth.CHECKSUMS);
      assertThat(closed.isHealthy()).as(closed.findings().toString()).isTrue();
      CheckReport opened = check(file, TestKeys.alice());
      assertThat(opened.depth()).isEqualTo(CheckReport.Depth.EVENTS);
      assertThat(opened.isHealthy()).as(opened.findings().toString()).isTrue();
    }
    for (Identities identities : List.of(Identities.none(), TestKeys.bob(), TestKeys.alice())) {
      CheckReport report = check(damaged, identities);
      assertThat(report.isHealthy()).isFalse();
      assertThat(report.findings())
          .filteredOn(finding -> finding.severity() == Finding.Severity.ERROR)
          .extracting(Finding::kind)
          .containsExactly("block");
    }
  }

  private static CheckReport check(byte[] file, Identities identities) throws IOException {
    return CaptureCheck.check(
        new InMemoryChannel(file), "test.tape", CheckReport.Depth.EVENTS, identities);
  }
}
