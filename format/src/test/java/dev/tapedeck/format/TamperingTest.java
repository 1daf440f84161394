// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.Checkpoint;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Somebody without a key changes an encrypted capture and makes every checksum, offset and total
 * fit again. Readers with a key notice, and give no event that was touched.
 */
class TamperingTest {
  private static final List<List<CaptureEvent>> BLOCKS = Captures.smallBlocks(4);
  private static final WriterOptions OPTIONS =
      WriterOptions.newBuilder().encryption(TestKeys.encryption()).build();

  private final byte[] capture = Captures.write(OPTIONS, BLOCKS);

  /** One record that was taken out of its file. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the bytes are taken apart.
  private record Part(RecordHeader header, byte[] metadata, byte[] payload) {
    Part with(UnaryOperator<RecordHeader.Builder> change) {
      return new Part(change.apply(header.toBuilder()).build(), metadata, payload);
    }

    Part withMetadata(byte[] changed) {
      return new Part(header, changed, payload);
    }

    Part withPayload(byte[] changed) {
      return new Part(header, metadata, changed);
    }

    boolean isBlock() {
      return header.type() == RecordType.BLOCK;
    }
  }

  @Test
  void read_untouchedParts_givesEverything() throws IOException {
    Captures.Reading reading = read(join(parts(capture)));
    assertThat(reading.damages()).isEmpty();
    assertThat(reading.events()).isEqualTo(Captures.flat(BLOCKS));
  }

  @Test
  void read_blocksSwapped_givesNeither() throws IOException {
    List<Part> parts = parts(capture);
    int first = blockAt(parts, 1);
    int second = blockAt(parts, 2);
    Part moved = parts.get(first);
    parts.set(first, renumbered(parts.get(second), 1));
    parts.set(second, renumbered(moved, 2));
    requireTampered(join(parts), List.of(0, 3), 2);
  }

  @Test
  void read_planesSwappedBetweenBlocks_givesNeither() throws IOException {
    List<Part> parts = parts(capture);
    int first = blockAt(parts, 1);
    int second = blockAt(parts, 2);
    byte[] payload = parts.get(first).payload();
    parts.set(first, parts.get(first).withPayload(parts.get(second).payload()));
    parts.set(second, parts.get(second).withPayload(payload));
    requireTampered(join(parts), List.of(0, 3), 2);
  }

  @Test
  void read_blockOfAnotherFile_isNotGiven() throws IOException {
    List<Part> parts = parts(capture);
    List<Part> others = parts(Captures.write(OPTIONS, BLOCKS));
    int place = blockAt(parts, 2);
    parts.set(place, others.get(blockAt(others, 2)));
    requireTampered(join(parts), List.of(0, 1, 3), 1);
  }

  @Test
  void read_payloadOfAnEarlierAttemptAtTheBlock_isNotGiven() throws IOException {
    FileKeys keys = TestKeys.encryption().newKeys();
    WriterOptions sameKeys =
        OPTIONS.toBuilder().encryption(TestKeys.encryption().withKeys(keys)).build();
    List<Part> parts = parts(Captures.write(sameKeys, BLOCKS));
    List<Part> attempts = parts(Captures.write(sameKeys, BLOCKS));
    int place = blockAt(parts, 1);
    // Same keys, file, place and header: only what binds the planes together differs.
    parts.set(place, parts.get(place).withPayload(attempts.get(place).payload()));
    requireTampered(join(parts), List.of(0, 2, 3), 1);
  }

  @Test
  void read_blockDropped_isReported() throws IOException {
    List<Part> parts = parts(capture);
    parts.remove(blockAt(parts, 1));
    requireTampered(join(parts), List.of(0, 2, 3), 1);
  }

  @Test
  void read_blockDroppedAsIfByACopy_isReported() throws IOException {
    List<Part> parts = parts(capture);
    parts.remove(blockAt(parts, 1));
    for (int i = blockAt(parts, 1); i < parts.size(); i++) {
      parts.set(i, parts.get(i).with(header -> header.absent(1)));
    }
    Captures.Reading reading = read(join(parts));
    assertThat(reading.damages()).extracting(Damage::kind).contains(DamageKind.TAMPERED);
    assertThat(Captures.flat(BLOCKS)).containsAll(reading.events());
  }

  @Test
  void read_lastBlocksDropped_theSealTells() throws IOException {
    List<Part> parts = parts(capture);
    parts.remove(blockAt(parts, 3));
    for (int i = 0; i < parts.size(); i++) {
      int type = parts.get(i).header().type();
      if (type == RecordType.FOOTER || type == RecordType.TRAILER) {
        parts.set(i, renumbered(parts.get(i), 3));
      }
    }
    requireTampered(join(parts), List.of(0, 1, 2), 1);
  }

  @Test
  void read_footerDropped_theTrailerTells() throws IOException {
    List<Part> parts = parts(capture);
    parts.removeIf(part -> part.header().type() == RecordType.FOOTER);
    requireTampered(join(parts), List.of(0, 1, 2, 3), 1);
  }

  @Test
  void read_sealRemovedOrOfAnotherFile_isReported() throws IOException {
    Checkpoint other = footer(parts(Captures.write(OPTIONS, BLOCKS)));
    for (ByteString seal :
        List.of(ByteString.EMPTY, other.getSeal(), ByteString.copyFromUtf8("x"))) {
      List<Part> parts = parts(capture);
      Checkpoint changed = footer(parts).toBuilder().setSeal(seal).build();
      for (int i = 0; i < parts.size(); i++) {
        if (parts.get(i).header().type() == RecordType.FOOTER) {
          parts.set(i, parts.get(i).withMetadata(changed.toByteArray()));
        }
      }
      requireTampered(join(parts), List.of(0, 1, 2, 3), 1);
    }
  }

  @Test
  void read_planeCut_givesNoEventOfTheBlock() throws IOException {
    int length = parts(capture).get(blockAt(parts(capture), 1)).payload().length;
    for (int keep = 0; keep < length; keep++) {
      List<Part> parts = parts(capture);
      int place = blockAt(parts, 1);
      Part part = parts.get(place);
      byte[] cut = Arrays.copyOf(part.payload(), keep);
      if (keep >= 8) {
        cut[4] = (byte) (keep - 8);
        cut[5] = (byte) ((keep - 8) >> 8);
      }
      parts.set(place, part.withPayload(cut));
      requireTampered(join(parts), List.of(0, 2, 3), 1);
    }
  }

  @Test
  void read_payloadLeftOut_givesNoEventOfTheBlock() throws IOException {
    List<Part> parts = parts(capture);
    int place = blockAt(parts, 1);
    Part without = parts.get(place).withPayload(new byte[0]);
    parts.set(place, without);
    requireTampered(join(parts), List.of(0, 2, 3), 1);
    parts.set(place, without.with(header -> header.flags(RecordHeader.PAYLOAD_LOST, 0)));
    requireTampered(join(parts), List.of(0, 2, 3), 1);
    PlaneInfo metadata = without.header().metadata();
    parts.set(
        place,
        without.with(header -> header.planes(RecordHeader.CODEC_ZSTD, metadata, PlaneInfo.EMPTY)));
    requireTampered(join(parts), List.of(0, 2, 3), 1);
  }

  @Test
  void read_blockInTheClear_isNotGiven() throws IOException {
    List<Part> parts = parts(capture);
    List<Part> plain = parts(Captures.write(OPTIONS.toBuilder().encryption(null).build(), BLOCKS));
    int place = blockAt(parts, 1);
    parts.set(place, plain.get(blockAt(plain, 1)));
    requireTampered(join(parts), List.of(0, 2, 3), 1);
    parts.set(place, parts(capture).get(place).with(header -> header.cipher(0)));
    requireTampered(join(parts), List.of(0, 2, 3), 1);
  }

  @Test
  void read_headerFieldsChanged_givesNoEventOfTheBlock() throws IOException {
    List<UnaryOperator<RecordHeader.Builder>> changes =
        List.of(
            header -> header.content(BLOCKS.get(1).size() + 1, 0),
            header -> header.content(BLOCKS.get(1).size(), 1),
            header -> header.times(1, 2, 3),
            header -> header.lost(7, 7));
    for (UnaryOperator<RecordHeader.Builder> change : changes) {
      List<Part> parts = parts(capture);
      int place = blockAt(parts, 1);
      parts.set(place, parts.get(place).with(change));
      Captures.Reading reading = read(join(parts));
      assertThat(reading.events()).doesNotContainAnyElementsOf(BLOCKS.get(1));
      assertThat(reading.damages()).extracting(Damage::kind).contains(DamageKind.TAMPERED);
    }
  }

  @Test
  void open_payloadKeyReplaced_isReportedAndACopyIsUsed() throws IOException {
    List<Part> parts = parts(capture);
    FileKeys others = TestKeys.encryption().newKeys();
    parts.set(
        0,
        parts
            .get(0)
            .withMetadata(
                changedKeys(
                    FileHeader.parseFrom(parts.get(0).metadata()), others.payloadKeyFile())));
    byte[] tampered = join(parts);
    requireTampered(tampered, List.of(0, 1, 2, 3), 1);
    try (CaptureReader reader = open(tampered, TestKeys.alice(), false)) {
      assertThat(reader.header()).isEqualTo(TestObjects.header());
    }
    assertThatThrownBy(() -> open(tampered, TestKeys.alice(), true))
        .isInstanceOf(CaptureFormatException.Corrupt.class);
  }

  private static byte[] changedKeys(FileHeader header, byte[] payloadKeyFile) {
    FileHeader.Builder changed = header.toBuilder();
    changed.getEncryptionBuilder().setPayloadKey(ByteString.copyFrom(payloadKeyFile));
    return changed.build().toByteArray();
  }

  @Test
  void open_flagOrKeysLeftOut_isReported() throws IOException {
    List<Part> parts = parts(capture);
    parts.set(0, parts.get(0).with(header -> header.flags(0, 0)));
    requireTampered(join(parts), List.of(0, 1, 2, 3), 1);

    List<Part> keyless =
        parts(Captures.write(OPTIONS.toBuilder().encryption(null).build(), BLOCKS));
    keyless.set(0, keyless.get(0).with(header -> header.flags(0, RecordHeader.FLAG_ENCRYPTED)));
    assertThatThrownBy(() -> read(join(keyless)))
        .isInstanceOf(CaptureFormatException.Corrupt.class);
  }

  @Test
  void read_strict_endsAtTheFirstTampering() {
    List<Part> parts = parts(capture);
    parts.remove(blockAt(parts, 1));
    byte[] tampered = join(parts);
    assertThatThrownBy(
            () -> {
              try (CaptureReader reader = open(tampered, TestKeys.alice(), true)) {
                Captures.read(reader, Projection.ALL);
              }
            })
        .isInstanceOf(CaptureFormatException.Corrupt.class);
  }

  @Test
  void read_withoutKey_stillCountsWhatIsTampered() throws IOException {
    List<Part> parts = parts(capture);
    parts.set(blockAt(parts, 1), parts.get(blockAt(parts, 2)));
    try (CaptureReader reader = open(join(parts(capture)), Identities.none(), false)) {
      assertThat(reader.summary().events()).isEqualTo(Captures.flat(BLOCKS).size());
    }
  }

  @Test
  @Timeout(300) // Some 1 600 readings, each of which opens two age files.
  void read_bitsOfHeadersFlipped_givesNoWrongEvent() throws IOException {
    List<CaptureEvent> all = Captures.flat(BLOCKS);
    int every = Captures.blocks(capture).get(1).offset();
    for (Captures.Placed record : Captures.records(capture)) {
      for (int bit = 0;
          bit < RecordLayout.HEADER_BYTES * 8;
          bit += record.offset() == every ? 1 : 29) {
        byte[] flipped = capture.clone();
        flipped[record.offset() + bit / 8] ^= (byte) (1 << bit % 8);
        Captures.Reading reading = read(flipped);
        assertThat(reading.damages()).as("offset %d bit %d", record.offset(), bit).isNotEmpty();
        assertThat(all).as("offset %d bit %d", record.offset(), bit).containsAll(reading.events());
        assertThat(reading.events().size()).isGreaterThanOrEqualTo(all.size() - 5);
      }
    }
  }

  private static void requireTampered(byte[] tampered, List<Integer> kept, int damages)
      throws IOException {
    Captures.Reading reading = read(tampered);
    List<List<CaptureEvent>> expected = new ArrayList<>();
    kept.forEach(block -> expected.add(BLOCKS.get(block)));
    assertThat(reading.damages())
        .extracting(Damage::kind)
        .containsOnly(DamageKind.TAMPERED)
        .hasSize(damages);
    assertThat(reading.events()).isEqualTo(Captures.flat(expected));
  }

  private static Captures.Reading read(byte[] capture) throws IOException {
    try (CaptureReader reader = open(capture, TestKeys.alice(), false)) {
      return Captures.read(reader, Projection.ALL);
    }
  }

  private static CaptureReader open(byte[] capture, Identities identities, boolean strict)
      throws IOException {
    return CaptureReader.open(
        new InMemoryChannel(capture),
        "test.tape",
        ReaderOptions.defaults().withIdentities(identities).withStrict(strict));
  }

  private static int blockAt(List<Part> parts, int number) {
    int seen = 0;
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).isBlock() && seen++ == number) {
        return i;
      }
    }
    throw new IllegalArgumentException("number=" + number);
  }

  private static Part renumbered(Part part, long sequence) {
    RecordHeader header = part.header();
    return part.with(
        builder -> builder.before(sequence, header.eventsBefore(), header.dataBytesBefore()));
  }

  private static Checkpoint footer(List<Part> parts) throws InvalidProtocolBufferException {
    for (Part part : parts) {
      if (part.header().type() == RecordType.FOOTER) {
        return Checkpoint.parseFrom(part.metadata());
      }
    }
    throw new IllegalArgumentException("no footer");
  }

  private static List<Part> parts(byte[] capture) {
    List<Part> parts = new ArrayList<>();
    for (Captures.Placed record : Captures.records(capture)) {
      int metadataAt = record.offset() + RecordLayout.HEADER_BYTES;
      int payloadAt = metadataAt + record.header().metadata().storedBytes();
      parts.add(
          new Part(
              record.header(),
              Arrays.copyOfRange(capture, metadataAt, payloadAt),
              Arrays.copyOfRange(capture, payloadAt, record.end())));
    }
    return parts;
  }

  /** Puts records together so that offsets, lengths, totals before and all checksums fit. */
  private static byte[] join(List<Part> parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    FileId fileId = parts.get(0).header().fileId();
    int previousLength = 0;
    long events = 0;
    for (Part part : parts) {
      RecordHeader from = part.header();
      RecordHeader header =
          from.toBuilder()
              .fileId(fileId)
              .place(joined.size(), previousLength)
              .before(from.sequence(), events, from.dataBytesBefore())
              .planes(
                  from.codec(),
                  plane(from.metadata(), part.metadata(), part.isBlock()),
                  plane(from.payload(), part.payload(), true))
              .build();
      byte[] bytes = new byte[RecordLayout.HEADER_BYTES];
      header.writeTo(bytes);
      joined.writeBytes(bytes);
      joined.writeBytes(part.metadata());
      joined.writeBytes(part.payload());
      previousLength = (int) header.lengthBytes();
      events += header.eventCount();
    }
    return joined.toByteArray();
  }

  private static PlaneInfo plane(PlaneInfo info, byte[] stored, boolean compressed) {
    return new PlaneInfo(
        stored.length,
        compressed ? info.rawBytes() : stored.length,
        stored.length == 0 ? 0 : RecordHeader.crc32c(stored, 0, stored.length));
  }
}
