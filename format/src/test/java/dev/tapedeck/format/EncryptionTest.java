// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is encrypted is read by those for whom it was, as far as that goes, and by nobody else. */
class EncryptionTest {
  private static final WriterOptions OPTIONS =
      WriterOptions.newBuilder()
          .blockBytes(16 << 10)
          .checkpointBytes(40 << 10)
          .encryption(TestKeys.encryption())
          .build();
  private static final List<CaptureEvent> EVENTS = new EventGenerator(5).events(1_500);

  private final byte[] capture = Captures.writeAll(OPTIONS, EVENTS);

  @ParameterizedTest
  @EnumSource(Codec.class)
  void read_withTheKey_givesWhatWasWritten(Codec codec) throws IOException {
    byte[] encrypted = Captures.writeAll(OPTIONS.toBuilder().codec(codec).build(), EVENTS);

    try (CaptureReader reader = open(encrypted, TestKeys.alice())) {
      Captures.Reading reading = Captures.read(reader, Projection.ALL);
      assertThat(reading.events()).isEqualTo(EVENTS);
      assertThat(reading.damages()).isEmpty();
      assertThat(reader.access()).isEqualTo(CaptureAccess.ALL);
      assertThat(reader.header()).isEqualTo(TestObjects.header());
      assertThat(Captures.read(reader, Projection.METADATA).events())
          .isEqualTo(Captures.withoutPayload(EVENTS));
    }
  }

  @Test
  void read_inParallelAndInParts_givesTheSame() throws IOException {
    try (CaptureReader reader = open(capture, TestKeys.alice())) {
      Captures.Reading parallel = new Captures.Reading(new ArrayList<>(), new ArrayList<>());
      reader.readParallel(Projection.ALL, 3, parallel.visitor());
      assertThat(parallel.events()).isEqualTo(EVENTS);
      assertThat(parallel.damages()).isEmpty();

      Captures.Reading parts = new Captures.Reading(new ArrayList<>(), new ArrayList<>());
      long middle = capture.length / 2;
      reader.read(Projection.ALL, new ByteRange(0, middle), parts.visitor());
      reader.read(Projection.ALL, new ByteRange(middle, capture.length), parts.visitor());
      assertThat(parts.events()).isEqualTo(EVENTS);
      assertThat(parts.damages()).isEmpty();

      Captures.Reading times = new Captures.Reading(new ArrayList<>(), new ArrayList<>());
      reader.read(Projection.ALL, new TimeRange(0, 5_000_000), times.visitor());
      assertThat(times.events())
          .isEqualTo(
              EVENTS.stream().filter(event -> event.stamp().exitNanos() < 5_000_000).toList())
          .isNotEmpty();
      assertThat(times.damages()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Projection.class)
  void read_withTheMetadataKey_givesAllButPayload(Projection projection) throws IOException {
    try (CaptureReader reader = open(capture, TestKeys.bob())) {
      Captures.Reading reading = Captures.read(reader, projection);
      assertThat(reading.events()).isEqualTo(Captures.withoutPayload(EVENTS));
      assertThat(reading.damages()).isEmpty();
      assertThat(reader.access()).isEqualTo(CaptureAccess.METADATA);
      assertThat(reader.header()).isEqualTo(TestObjects.header());
    }
  }

  @Test
  void read_withoutKey_isRefusedButCounts() throws IOException {
    CaptureSummary plain = Captures.summary(Captures.writeAll(OPTIONS_PLAIN, EVENTS));
    try (CaptureReader reader = open(capture, Identities.none())) {
      assertThat(reader.access()).isEqualTo(CaptureAccess.HEADERS);
      assertThat(reader.summary().events()).isEqualTo(1_500);
      assertThat(reader.summary().payloadBytes()).isEqualTo(plain.payloadBytes());
      assertThat(reader.summary().lostEvents()).isEqualTo(plain.lostEvents());
      assertThat(reader.summary().firstNanos()).isEqualTo(plain.firstNanos());
      assertThat(reader.summary().complete()).isTrue();
      assertThat(reader.header())
          .isEqualTo(CaptureHeader.newBuilder().fileId(TestObjects.FILE_ID).build());
      assertThatThrownBy(() -> Captures.read(reader, Projection.METADATA))
          .isInstanceOf(CaptureFormatException.Encrypted.class)
          .hasMessage("test.tape: is encrypted; name the file with your key: --identity FILE");
    }
  }

  private static final WriterOptions OPTIONS_PLAIN = OPTIONS.toBuilder().encryption(null).build();

  @Test
  void read_withAnotherKey_saysSo() throws IOException {
    try (CaptureReader reader = open(capture, TestKeys.eve())) {
      assertThat(reader.access()).isEqualTo(CaptureAccess.HEADERS);
      assertThat(reader.summary().events()).isEqualTo(1_500);
      assertThatThrownBy(() -> Captures.read(reader, Projection.ALL))
          .isInstanceOf(CaptureFormatException.Encrypted.class)
          .hasMessage(
              "test.tape: is encrypted, and not for a key in key.txt; name another: --identity FILE");
    }
  }

  @Test
  void encryption_ofAFile_saysForHowManyOfWhichKind() throws IOException {
    Encryption encryption =
        Encryption.to(
            List.of(TestKeys.ALICE, TestKeys.ALICE), List.of(TestKeys.BOB, TestKeys.ALICE));
    byte[] encrypted =
        Captures.writeAll(OPTIONS.toBuilder().encryption(encryption).build(), EVENTS);
    try (CaptureReader reader = open(encrypted, Identities.none())) {
      assertThat(reader.encryption())
          .isEqualTo(
              new EncryptionInfo(
                  TestObjects.FILE_ID,
                  new java.util.TreeMap<>(Map.of("X25519", 1)),
                  new java.util.TreeMap<>(Map.of("X25519", 1))));
    }
    try (CaptureReader reader = open(Captures.writeAll(OPTIONS_PLAIN, EVENTS), TestKeys.alice())) {
      assertThat(reader.encryption()).isNull();
      assertThat(reader.access()).isEqualTo(CaptureAccess.ALL);
      assertThat(Captures.read(reader, Projection.ALL).events()).isEqualTo(EVENTS);
    }
  }

  @Test
  void read_oneOfSeveralRecipients_opens() throws IOException {
    Encryption both = Encryption.to(List.of(TestKeys.ALICE, TestKeys.BOB), List.of());
    byte[] encrypted = Captures.writeAll(OPTIONS.toBuilder().encryption(both).build(), EVENTS);
    for (Identities identities : List.of(TestKeys.alice(), TestKeys.bob())) {
      try (CaptureReader reader = open(encrypted, identities)) {
        assertThat(Captures.read(reader, Projection.ALL).events()).isEqualTo(EVENTS);
      }
    }
  }

  @Test
  void read_severalIdentities_takesTheOneThatFits() throws IOException {
    String keys = TestKeys.EVE_SECRET + "\n# next\n" + TestKeys.ALICE_SECRET;
    try (CaptureReader reader = open(capture, Identities.parse(keys, "keys"))) {
      assertThat(reader.access()).isEqualTo(CaptureAccess.ALL);
    }
  }

  @Test
  void write_sameKeysAndRandom_makesTheSameBytes() {
    FileKeys keys = TestKeys.encryption().newKeys();
    byte[] first = Captures.writeAll(reproducible(keys), EVENTS);
    byte[] second = Captures.writeAll(reproducible(keys), EVENTS);
    assertThat(first).isEqualTo(second).isNotEqualTo(capture);
  }

  private static WriterOptions reproducible(FileKeys keys) {
    Encryption encryption = TestKeys.encryption().withKeys(keys).withRandom(TestKeys.seeded(7));
    return OPTIONS.toBuilder().encryption(encryption).build();
  }

  @Test
  void write_twoFiles_haveKeysAndSaltsOfTheirOwn() {
    byte[] other = Captures.writeAll(OPTIONS, EVENTS);
    Captures.Placed block = Captures.blocks(capture).get(0);
    Captures.Placed otherBlock = Captures.blocks(other).get(0);
    byte[] planes = java.util.Arrays.copyOfRange(capture, block.offset() + 160, block.end());
    byte[] otherPlanes =
        java.util.Arrays.copyOfRange(other, otherBlock.offset() + 160, otherBlock.end());
    assertThat(planes).hasSameSizeAs(otherPlanes);
    int equal = 0;
    for (int i = 0; i < planes.length; i++) {
      equal += planes[i] == otherPlanes[i] ? 1 : 0;
    }
    // One byte in 256 is the same by chance, and the prefixes of two frames.
    assertThat(equal).isLessThan(planes.length / 64 + 40);
  }

  @Test
  void write_encrypted_marksFileAndBlocksAndRepeatsTheKeys() {
    List<Captures.Placed> records = Captures.records(capture);
    assertThat(records.get(0).header().incompatibleFlags()).isEqualTo(RecordHeader.FLAG_ENCRYPTED);
    assertThat(records.get(1).header().type()).isEqualTo(RecordType.CHECKPOINT);
    assertThat(records)
        .allSatisfy(
            record ->
                assertThat(record.header().cipher())
                    .isEqualTo(record.isBlock() ? RecordHeader.CIPHER_AES_GCM : 0));
  }

  /** What stands in the folder is what a kill would leave there at that moment. */
  @ParameterizedTest
  @EnumSource(Codec.class)
  void write_encrypted_leavesNoCanaryInTheFolder(Codec codec, @TempDir Path folder)
      throws IOException {
    CaptureHeader header =
        TestObjects.header().toBuilder()
            .hostName("canary-host")
            .attribute("filter", "canary-filter")
            .build();
    WriterOptions options = OPTIONS.toBuilder().codec(codec).checkpointBytes(1).build();
    try (CaptureWriter writer =
            CaptureWriter.create(folder.resolve("whole.tape"), header, options);
        CaptureWriter killed =
            CaptureWriter.create(folder.resolve("killed.tape"), header, options)) {
      requireNoCanary(folder);
      for (int i = 0; i < 20; i++) {
        for (CaptureEvent event : canaries(i)) {
          writer.write(event);
          killed.write(event);
        }
        writer.flush();
        killed.flush();
        requireNoCanary(folder);
      }
      killed.abandon();
    }
    requireNoCanary(folder);
    assertThat(folder.resolve("whole.tape")).exists();
    assertThat(folder.resolve("killed.tape.partial")).exists();
    try (CaptureReader reader =
        CaptureReader.open(
            folder.resolve("killed.tape.partial"),
            ReaderOptions.defaults().withIdentities(TestKeys.alice()))) {
      assertThat(Captures.read(reader, Projection.ALL).events().toString()).contains("canary");
      assertThat(reader.header()).isEqualTo(header);
    }
  }

  private static List<CaptureEvent> canaries(int number) {
    return List.of(
        new ProcessEvent.Exec(
            TestObjects.stamp(2 * number + 1, number),
            new ProcessEvent.ProgramInfo(
                "canary-comm", "/canary/exe", 1, "/canary/cgroup", List.of("canary-argument")),
            false),
        TestObjects.data(
            2 * number + 2,
            number,
            100L * number,
            Bytes.latin1("GET /canary HTTP/1.1\r\ncanary: canary\r\n\r\n")));
  }

  private static void requireNoCanary(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("canary");
        assertThat(file.getFileName().toString()).doesNotContain("canary");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "age1",
        "alice",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA",
        // A character changed, so that the checksum differs.
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
      })
  void to_noRecipient_isRefusedByName(String text) {
    assertThatThrownBy(() -> Encryption.to(List.of(TestKeys.ALICE, text), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("recipient " + text + " is no age X25519 public key (age1...)");
    assertThatThrownBy(() -> Encryption.to(List.of(TestKeys.ALICE), List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("recipient " + text);
  }

  @Test
  void to_secretKey_isRefusedWithoutBeingShown() {
    assertThatThrownBy(() -> Encryption.to(List.of(TestKeys.ALICE_SECRET), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a secret key was given as recipient")
        .hasMessageNotContaining(TestKeys.ALICE_SECRET.substring(17));
  }

  @Test
  void to_nobody_isRefused() {
    assertThatThrownBy(() -> Encryption.to(List.of(), List.of(TestKeys.BOB)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toString_ofWhatHoldsKeys_showsNone() {
    assertThat(TestKeys.encryption()).hasToString("Encryption[recipients=1, metadataRecipients=1]");
    assertThat(TestKeys.encryption().newKeys()).hasToString("FileKeys[secret]");
    assertThat(TestKeys.alice()).hasToString("Identities[keys=1]");
  }

  private static CaptureReader open(byte[] capture, Identities identities) throws IOException {
    return CaptureReader.open(
        new InMemoryChannel(capture),
        "test.tape",
        ReaderOptions.defaults().withIdentities(identities));
  }
}
