// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.proto.Checkpoint;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

/** Encrypted captures: for whom they are, and what somebody without a key may do to them. */
final class EncryptedCaptures {
  /** An age file to Alice and Bob; it holds the numbers from 1 to 32. */
  private static final String METADATA_KEY_FILE =
      "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBlam1Wd2FRYTlOUE9xM2VRbXlMSWFSOU5q"
          + "bnBCY3Y2RnFjWmFyT1NwR2pnClo0bDF2Q0d3bWUveE9JYzlYRDcyWWswdk5sRkc5S1FidXZscThq"
          + "cVFIazgKLT4gWDI1NTE5IFJKeVg3a05xVGg3VVJKTWhPaXlORHVWNWNFaXVhdG1JUXI4bW5JbkZ5"
          + "RlEKdlliZXgveWtlWWIrOUpQNUdnVXc4RjFvU3BiTFhXSDJaZDh1ZDhjR3RaQQotLS0gUEEzSGcy"
          + "VVREcEw2OFpLSkFKMGV6U0JXU25HK2JZejFsa285VmtWZ2c0WQqIULvNr/Og0peAjQwaAjXwMVGW"
          + "GM4kNbpLEgaErAjJJjxZhRAcuHSltJf3uoJkrbnYnSYJXFlmQZwPOG/iuIbZ";

  /** An age file to Alice; it holds the numbers from 101 to 132. */
  private static final String PAYLOAD_KEY_FILE =
      "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBrRHJsWWlmQlhsTDU2VVRnSUVFMDB4MmlO"
          + "SUpmSnFuRHRlT2dIMWIwY3pJCmhsVWtmcktGaVh3dDZuYkRQamF4WFZML1FtUXhTdmhhbE51Nys0"
          + "ZWV3M0kKLS0tIFE4WEdVOWFMRDRscmRJM3ovWTdEVVRmWkIreURaTDdJYWlzNnlRRGUrbWsKfN2G"
          + "W+EnwnNPWGMRQvTY3tsHOaJQKznAJ+01Z7eQTZUxk7Qq6xC9dqLgwgMdrk4QRCLaqOi1wtC9PGn+"
          + "vZF2UQ==";

  /** The same to Alice and Bob. */
  private static final String PAYLOAD_KEY_FILE_OF_BOTH =
      "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBOM0dXUnY2R3RKdTdrYitrVFdwZi9YbkpG"
          + "RHJZWWx2VlJRT3NzQVVieUZnCkdrbHdtbFdwWWhweXh0a3BaakVmMk9GUUVvOHlWckNSSXZFZ2VQ"
          + "eXQwOVUKLT4gWDI1NTE5IEZRWXlyQTNTSUw3ZnlEMXhFV0h0alczNE5kdlh0eVgxRW1YYUF5RWZO"
          + "RUUKd1RlRkk5WmhUM3NBVU0rcC9Tb2x5OUUreER4ZFE4NFEveTB4SS9qUXkwQQotLS0gNmdyTGUw"
          + "dlJGWUJRYzY1WkZlWC9OVHVRZ1pFU1plM2F0a2FteWkraXIyWQpP4FmRQcBT73mZV1aHW7MqavMT"
          + "liOGc2Jp3a0iGY6uPy2h2R8T+xKNEzSRt6c5VU73qzuDDRkj7M0aLyQIujD+";

  /** The same to Bob alone. */
  private static final String PAYLOAD_KEY_FILE_OF_BOB =
      "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBuaUNucDRWRlBsZEQ5NUlmMlRyL2Y2Uzli"
          + "d2tJUEtVNG0rRUt3VXdXYWxnCjIwSC9RMUZKWEZtSXJFMEtiY05FQnRNS2dQV244R1JySFZYZEho"
          + "NzdHSUEKLS0tIHBxLzZQUktoUjFZSExVdnA3bkNRRjFyVVlpeHdFL1pFYlN0MW5acTNOVmcK3tLW"
          + "LvpFyYTzXgn7mvYni3IOKSvgf9xRGKY0VoHWOZinQvG18shne7JQxjsCQ/MXRWea2MSWBHufzl2r"
          + "M1IcjQ==";

  private static final byte[] TALK = write(PAYLOAD_KEY_FILE, 1, ValidCaptures.talk());
  private static final List<Captures.Placed> RECORDS = Captures.records(TALK);
  private static final List<Captures.Placed> BLOCKS = Captures.blocks(TALK);
  private static final Captures.Placed FOOTER = RECORDS.get(RECORDS.size() - 2);

  private EncryptedCaptures() {}

  /** Takes the cases of one family, and whose key they are read with. */
  interface Sink {
    void add(String name, String purpose, byte[] capture, String secretKey);
  }

  private static byte[] write(String payloadKeyFile, long seed, List<List<CaptureEvent>> blocks) {
    FileKeys keys =
        new FileKeys(numbers(1), numbers(101), decode(METADATA_KEY_FILE), decode(payloadKeyFile));
    Encryption encryption = TestKeys.encryption().withKeys(keys).withRandom(TestKeys.seeded(seed));
    return Captures.write(WriterOptions.newBuilder().encryption(encryption).build(), blocks);
  }

  private static byte[] numbers(int first) {
    byte[] key = new byte[FileKeys.KEY_BYTES];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (first + i);
    }
    return key;
  }

  private static byte[] decode(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  static void valid(Sink sink) {
    sink.add("encrypted", "Encrypted to Alice, read by her.", TALK, TestKeys.ALICE_SECRET);
    sink.add(
        "encrypted-metadata-only",
        "The same file read by Bob, whose key opens metadata alone: events without payload.",
        TALK,
        TestKeys.BOB_SECRET);
    byte[] both = write(PAYLOAD_KEY_FILE_OF_BOTH, 2, CorpusEvents.talk(2, 100, true));
    sink.add(
        "encrypted-to-several",
        "Encrypted to Alice and Bob, read by Bob.",
        both,
        TestKeys.BOB_SECRET);
    List<List<CaptureEvent>> noise =
        List.of(
            List.of(CorpusEvents.data(0, TestObjects.REQUESTS, 0, CorpusEvents.noise(1, 70_000))));
    sink.add(
        "encrypted-segments",
        "A payload plane of two segments.",
        write(PAYLOAD_KEY_FILE, 3, noise),
        TestKeys.ALICE_SECRET);
    sink.add(
        "encrypted-unfinished",
        "Ends after a whole block: nothing is tampered with.",
        Arrays.copyOf(TALK, BLOCKS.get(2).end()),
        TestKeys.ALICE_SECRET);
    sink.add(
        "encrypted-copy",
        "A part of an encrypted file, cut out without a key.",
        split(TALK),
        TestKeys.ALICE_SECRET);
  }

  private static byte[] split(byte[] capture) {
    try {
      SplitRule rule = new SplitRule(SplitRule.Unit.BLOCKS, 2);
      return Copies.copy(capture, "talk.tape", rule).files().get(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void faults(Sink sink) {
    String alice = TestKeys.ALICE_SECRET;
    sink.add(
        "refused-no-key", "Encrypted, and read without a key: only headers can be read.", TALK, "");
    sink.add(
        "refused-other-key",
        "Encrypted, and read with a key to which it is not: only headers can be read.",
        TALK,
        TestKeys.EVE_SECRET);
    sink.add(
        "encrypted-bit-in-metadata-plane",
        "One bit flipped in an encrypted metadata plane: damage, for the checksum shows it.",
        DamagedCaptures.flip(TALK, BLOCKS.get(2).offset() + RecordLayout.HEADER_BYTES + 40),
        alice);
    sink.add(
        "encrypted-bit-in-payload-plane",
        "One bit flipped in an encrypted payload plane: damage, for the checksum shows it.",
        DamagedCaptures.flip(TALK, BLOCKS.get(2).end() - 3),
        alice);
    sink.add(
        "encrypted-file-header-zeroed",
        "The file header is zeroed: keys and facts come from a checkpoint.",
        zeroed(TALK, RECORDS.get(0)),
        alice);
    blocks(sink, alice);
    ends(sink, alice);
  }

  private static void blocks(Sink sink, String alice) {
    Captures.Placed third = BLOCKS.get(2);
    sink.add(
        "tampered-metadata-plane",
        "One byte of an encrypted metadata plane changed, and its checksum made to fit.",
        withBlock(third, header -> header, bytes -> bytes[RecordLayout.HEADER_BYTES + 40] ^= 1),
        alice);
    sink.add(
        "tampered-payload-plane",
        "One byte of an encrypted payload plane changed, and its checksum made to fit.",
        withBlock(third, header -> header, bytes -> bytes[bytes.length - 3] ^= 1),
        alice);
    sink.add(
        "tampered-time",
        "Another time in a block's header.",
        withBlock(third, header -> header.times(1, 2, 3), bytes -> {}),
        alice);
    sink.add(
        "tampered-flag",
        "A block says that its payload was lost, in a file that is no copy.",
        withBlock(third, header -> header.flags(RecordHeader.PAYLOAD_LOST, 0), bytes -> {}),
        alice);
    sink.add(
        "tampered-cipher",
        "A block says that it is not encrypted.",
        withBlock(third, header -> header.cipher(0), bytes -> {}),
        alice);
    byte[] other = write(PAYLOAD_KEY_FILE, 4, CorpusEvents.talk(6, 300, true));
    Captures.Placed same = Captures.blocks(other).get(2);
    byte[] spliced = TALK.clone();
    int payloadBytes = third.header().payload().storedBytes();
    if (same.header().payload().storedBytes() != payloadBytes) {
      throw new IllegalStateException("the two planes have different lengths");
    }
    System.arraycopy(
        other, same.end() - payloadBytes, spliced, third.end() - payloadBytes, payloadBytes);
    sink.add(
        "tampered-payload-of-earlier-attempt",
        "A payload plane beside which another metadata plane was written, with the same key.",
        withChecksums(spliced, third),
        alice);
    byte[] before = Arrays.copyOf(TALK, third.offset());
    Captures.Placed fourth = BLOCKS.get(3);
    byte[] moved = Arrays.copyOfRange(TALK, fourth.offset(), fourth.end());
    fourth.header().toBuilder()
        .place(third.offset(), BLOCKS.get(1).end() - BLOCKS.get(1).offset())
        .build()
        .writeTo(moved);
    sink.add(
        "tampered-block-dropped",
        "A block was dropped, and the next one's header made to stand in its place.",
        Captures.concat(before, moved),
        alice);
  }

  private static void ends(Sink sink, String alice) {
    sink.add(
        "tampered-no-seal",
        "A footer without a seal: somebody ended the file for its writer.",
        withFooter(footer -> footer.clearSeal()),
        alice);
    Captures.Placed trailer = RECORDS.get(RECORDS.size() - 1);
    byte[] ended = Arrays.copyOfRange(TALK, trailer.offset(), trailer.end());
    trailer.header().toBuilder().place(FOOTER.offset(), 0).build().writeTo(ended);
    sink.add(
        "tampered-no-footer",
        "A trailer that no footer stands before.",
        Captures.concat(Arrays.copyOf(TALK, FOOTER.offset()), ended),
        alice);
    FileHeader.Builder header = fileHeader();
    header
        .getEncryptionBuilder()
        .setPayloadKey(ByteString.copyFrom(decode(PAYLOAD_KEY_FILE_OF_BOB)));
    sink.add(
        "tampered-key",
        "Another payload key in the file header: a checkpoint has the true one.",
        withFileHeader(header, RecordHeader.FLAG_ENCRYPTED),
        alice);
    sink.add(
        "tampered-file-flag",
        "The file header lacks its flag: a checkpoint tells.",
        withFileHeader(fileHeader(), 0),
        alice);
  }

  private static byte[] zeroed(byte[] capture, Captures.Placed record) {
    byte[] zeroed = capture.clone();
    Arrays.fill(zeroed, record.offset(), record.end(), (byte) 0);
    return zeroed;
  }

  /** Changes the bytes of a record, header included. */
  private interface Change {
    void apply(byte[] record);
  }

  private static byte[] withBlock(
      Captures.Placed block, UnaryOperator<RecordHeader.Builder> header, Change change) {
    byte[] bytes = Arrays.copyOfRange(TALK, block.offset(), block.end());
    header.apply(block.header().toBuilder()).build().writeTo(bytes);
    change.apply(bytes);
    byte[] changed = TALK.clone();
    System.arraycopy(bytes, 0, changed, block.offset(), bytes.length);
    RecordHeader parsed = RecordHeader.parse(changed, block.offset());
    return parsed == null
        ? changed
        : withChecksums(changed, new Captures.Placed(block.offset(), parsed));
  }

  /** Makes the checksums of a block's planes and header hold. */
  private static byte[] withChecksums(byte[] capture, Captures.Placed block) {
    RecordHeader header = block.header();
    int metadataAt = block.offset() + RecordLayout.HEADER_BYTES;
    int payloadAt = metadataAt + header.metadata().storedBytes();
    byte[] bytes = Arrays.copyOfRange(capture, block.offset(), block.end());
    header.toBuilder()
        .planes(
            header.codec(),
            checked(header.metadata(), capture, metadataAt),
            checked(header.payload(), capture, payloadAt))
        .build()
        .writeTo(bytes);
    byte[] changed = capture.clone();
    System.arraycopy(bytes, 0, changed, block.offset(), bytes.length);
    return changed;
  }

  private static PlaneInfo checked(PlaneInfo plane, byte[] capture, int at) {
    int stored = plane.storedBytes();
    return new PlaneInfo(stored, plane.rawBytes(), RecordHeader.crc32c(capture, at, stored));
  }

  private static byte[] withFooter(UnaryOperator<Checkpoint.Builder> change) {
    try {
      byte[] body =
          Arrays.copyOfRange(TALK, FOOTER.offset() + RecordLayout.HEADER_BYTES, FOOTER.end());
      byte[] changed = change.apply(Checkpoint.parseFrom(body).toBuilder()).build().toByteArray();
      byte[] footer = record(FOOTER, 0, changed, 0);
      Captures.Placed trailer = RECORDS.get(RECORDS.size() - 1);
      byte[] end = record(trailer, FOOTER.offset() + footer.length, new byte[0], footer.length);
      return Captures.concat(Arrays.copyOf(TALK, FOOTER.offset()), footer, end);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a footer that was written cannot be parsed", e);
    }
  }

  /** Returns a record with another body, in its old place when {@code offset} is 0. */
  private static byte[] record(
      Captures.Placed placed, int offset, byte[] body, int previousLength) {
    RecordHeader.Builder header =
        placed.header().toBuilder()
            .planes(
                RecordHeader.CODEC_PLAIN,
                body.length == 0
                    ? PlaneInfo.EMPTY
                    : new PlaneInfo(
                        body.length, body.length, RecordHeader.crc32c(body, 0, body.length)),
                PlaneInfo.EMPTY);
    if (offset > 0) {
      header.place(offset, previousLength);
    }
    byte[] bytes = new byte[RecordLayout.HEADER_BYTES];
    header.build().writeTo(bytes);
    return Captures.concat(bytes, body);
  }

  private static FileHeader.Builder fileHeader() {
    try {
      Captures.Placed first = RECORDS.get(0);
      byte[] body = Arrays.copyOfRange(TALK, RecordLayout.HEADER_BYTES, first.end());
      return FileHeader.parseFrom(body).toBuilder();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a file header that was written cannot be parsed", e);
    }
  }

  /** Returns the capture with a file header of the same length. */
  private static byte[] withFileHeader(FileHeader.Builder header, int incompatibleFlags) {
    byte[] body = header.build().toByteArray();
    Captures.Placed first = RECORDS.get(0);
    if (RecordLayout.HEADER_BYTES + body.length != first.end()) {
      throw new IllegalStateException("the file header has another length: " + body.length);
    }
    byte[] record = record(first, 0, body, 0);
    first.header().toBuilder()
        .flags(0, incompatibleFlags)
        .planes(
            RecordHeader.CODEC_PLAIN,
            new PlaneInfo(body.length, body.length, RecordHeader.crc32c(body, 0, body.length)),
            PlaneInfo.EMPTY)
        .build()
        .writeTo(record);
    return Captures.concat(record, Arrays.copyOfRange(TALK, first.end(), TALK.length));
  }
}
