// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.proto.Block;
import dev.tapedeck.format.internal.proto.BlockIndex;
import dev.tapedeck.format.internal.proto.Capture;
import dev.tapedeck.format.internal.proto.Checkpoint;
import dev.tapedeck.format.internal.proto.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Captures whose checksums hold and whose numbers lie: somebody means harm. */
final class LyingCaptures {
  private static final int COMPATIBLE_FLAGS_AT = 52;
  private static final int PREVIOUS_LENGTH_AT = 60;
  private static final int METADATA_STORED_AT = 64;
  private static final int METADATA_RAW_AT = 68;
  private static final int PAYLOAD_STORED_AT = 76;
  private static final int PAYLOAD_RAW_AT = 80;
  private static final int EVENT_COUNT_AT = 88;
  private static final int PADDING_FIELD = 15;

  private static final byte[] TALK = ValidCaptures.TALK;

  /** Where the block that lies begins: the second. */
  private static final int LIAR = Captures.blocks(TALK).get(1).offset();

  private LyingCaptures() {}

  static void forEach(FormatCorpus.Sink sink) {
    lengths(sink);
    frames(sink);
    tables(sink);
    index(sink);
  }

  private static void lengths(FormatCorpus.Sink sink) {
    sink.add(
        "length-past-end",
        "A block's header says that its metadata plane is longer than the file.",
        CaptureForge.changeInt(TALK, LIAR, METADATA_STORED_AT, 1 << 20));
    sink.add(
        "length-largest",
        "A block's header says the largest length that there is.",
        CaptureForge.changeInt(TALK, LIAR, METADATA_STORED_AT, Integer.MAX_VALUE));
    sink.add(
        "length-negative",
        "A block's header says a length of 2^31 and more.",
        CaptureForge.changeInt(TALK, LIAR, PAYLOAD_STORED_AT, -1));
    sink.add(
        "length-other",
        "A block's header says 1 byte less than the payload plane has.",
        CaptureForge.changeInt(
            TALK, LIAR, PAYLOAD_STORED_AT, payload(Captures.blocks(TALK).get(1)) - 1));
    sink.add(
        "previous-length-wrong",
        "A block's header says another length of the record before: nobody needs it here.",
        CaptureForge.changeInt(TALK, LIAR, PREVIOUS_LENGTH_AT, 7));
    sink.add(
        "flag-payload-lost-wrong",
        "A block's header says that its payload was lost, and it is there: the flag hides nothing.",
        ForgedCapture.changeHeader(TALK, LIAR, COMPATIBLE_FLAGS_AT, RecordHeader.PAYLOAD_LOST));
    sink.add(
        "event-count-wrong",
        "A block's header counts one event more than the block has.",
        CaptureForge.changeInt(TALK, LIAR, EVENT_COUNT_AT, 4));
  }

  private static int payload(Captures.Placed block) {
    return block.header().payload().storedBytes();
  }

  private static void frames(FormatCorpus.Sink sink) {
    sink.add(
        "raw-size-wrong",
        "A block's header says another length of the decompressed metadata than the frame.",
        CaptureForge.changeInt(TALK, LIAR, METADATA_RAW_AT, 100));
    sink.add(
        "raw-size-over-limit",
        "A block's header says that its payload is 1 GiB, decompressed.",
        CaptureForge.changeInt(TALK, LIAR, PAYLOAD_RAW_AT, 1 << 30));
    sink.add(
        "plane-over-limit",
        "A payload plane of 16 MiB and 1 byte, decompressed: one too many.",
        withPayloadPlane(ReaderOptions.MAX_BLOCK_BYTES + 1));
    byte[] bomb = Zstd.compress(new byte[64 << 20]);
    sink.add(
        "bomb",
        "A metadata plane of 6 KB that grows to 64 MiB, and says so.",
        ForgedCapture.withBlock(planes(bomb, 64 << 20), bomb));
    sink.add(
        "bomb-lying",
        "A metadata plane of 6 KB that grows to 64 MiB; the header says 1000 bytes.",
        ForgedCapture.withBlock(planes(bomb, 1_000), bomb));
    byte[] noFrame = CorpusEvents.ramp(100).toArray();
    sink.add(
        "frame-missing",
        "A metadata plane that is no zstd frame.",
        ForgedCapture.withBlock(planes(noFrame, 100), noFrame));
  }

  private static UnaryOperator<RecordHeader.Builder> planes(byte[] stored, int rawBytes) {
    PlaneInfo plane =
        new PlaneInfo(stored.length, rawBytes, RecordHeader.crc32c(stored, 0, stored.length));
    return header -> header.planes(RecordHeader.CODEC_ZSTD, plane, PlaneInfo.EMPTY).content(1, 0);
  }

  /** Returns a capture with one event, whose payload plane has this length, decompressed. */
  static byte[] withPayloadPlane(int planeBytes) {
    Bytes bytes = CorpusEvents.ramp(1_000);
    byte[] capture =
        Captures.writeAll(
            WriterOptions.defaults(),
            List.of(CorpusEvents.data(0, TestObjects.REQUESTS, 0, bytes)));
    // A field of a later version fills the plane up. The others take a tag and a length each.
    int paddingBytes = planeBytes - (1 + 4) - (1 + 2 + bytes.length()) - (1 + 4);
    UnknownFieldSet padding =
        UnknownFieldSet.newBuilder()
            .mergeLengthDelimitedField(PADDING_FIELD, ByteString.copyFrom(new byte[paddingBytes]))
            .build();
    Payload payload =
        Payload.newBuilder()
            .addRun(ByteString.copyFrom(bytes.toArray()))
            .setUnknownFields(padding)
            .build();
    byte[] plane = Capture.newBuilder().addPayload(payload).build().toByteArray();
    if (plane.length != planeBytes) {
      throw new IllegalStateException("planeBytes=" + plane.length);
    }
    List<CaptureForge.Part> parts = new ArrayList<>(CaptureForge.parts(capture));
    parts.set(1, parts.get(1).withPayload(plane));
    return CaptureForge.assemble(TestObjects.header(), parts);
  }

  private static void tables(FormatCorpus.Sink sink) {
    Block block =
        CaptureForge.parts(
                Captures.writeAll(
                    WriterOptions.defaults(),
                    List.of(
                        new UnknownEvent(CorpusEvents.stamp(0), 127),
                        new UnknownEvent(CorpusEvents.stamp(1), 127))))
            .get(1)
            .block();
    Block.Builder outside = block.toBuilder();
    outside.getEventsBuilder().clearThread().addThread(1).addThread(1);
    sink.add(
        "index-outside-table",
        "Events of a thread that the block does not have.",
        ForgedCapture.withBlock(outside.build(), 2));
    Block.Builder rows = block.toBuilder();
    rows.getProcessesBuilder().setRows(Integer.MAX_VALUE);
    sink.add(
        "rows-over-limit",
        "A table that says it has 2^31 - 1 rows.",
        ForgedCapture.withBlock(rows.build(), 2));
    Block.Builder shorter = block.toBuilder();
    shorter.getOriginsBuilder().setRows(3).clearRing().addRing(1).addRing(2);
    sink.add(
        "column-too-short",
        "A column of two values in a table of three rows.",
        ForgedCapture.withBlock(shorter.build(), 2));
    Block.Builder longer = block.toBuilder();
    longer.getOriginsBuilder().clearRing().addRing(1).addRing(2);
    sink.add(
        "column-too-long",
        "A column of two values in a table of one row.",
        ForgedCapture.withBlock(longer.build(), 2));
    byte[] plane = Capture.newBuilder().addBlock(block).addBlock(block).build().toByteArray();
    sink.add(
        "plane-of-two-messages",
        "A metadata plane that holds two blocks.",
        ForgedCapture.withMetadata(plane, 2));
  }

  private static void index(FormatCorpus.Sink sink) {
    List<Captures.Placed> records = Captures.records(TALK);
    Captures.Placed footer = records.get(records.size() - 2);
    Checkpoint.Builder lying =
        Checkpoint.newBuilder().setHeader(HeaderCodec.toProto(TestObjects.header()));
    BlockIndex.Builder index = lying.getBlocksBuilder().setRows(6);
    for (Captures.Placed block : Captures.blocks(TALK)) {
      RecordHeader header = block.header();
      index
          .addOffset(block.offset() + 3L)
          .addMetadataStored(header.metadata().storedBytes() + 1)
          .addPayloadStored(header.payload().storedBytes())
          .addEventCount(1_000_000)
          .addDataBytes(header.dataBytes())
          .addFirstNanos(header.firstNanos())
          .addLastNanos(header.lastNanos())
          .addLostEvents(0)
          .addLostBytes(0);
    }
    byte[] body = lying.build().toByteArray();
    PlaneInfo plane =
        new PlaneInfo(body.length, body.length, RecordHeader.crc32c(body, 0, body.length));
    RecordHeader header =
        footer.header().toBuilder()
            .planes(RecordHeader.CODEC_PLAIN, plane, PlaneInfo.EMPTY)
            .build();
    byte[] headerBytes = new byte[RecordLayout.HEADER_BYTES];
    header.writeTo(headerBytes);
    RecordHeader trailer =
        records.get(records.size() - 1).header().toBuilder()
            .place(footer.offset() + header.lengthBytes(), (int) header.lengthBytes())
            .build();
    byte[] trailerBytes = new byte[RecordLayout.HEADER_BYTES];
    trailer.writeTo(trailerBytes);
    sink.add(
        "footer-contradicts",
        "A footer whose index says other offsets, lengths and counts than the blocks: it is only a"
            + " copy.",
        Captures.concat(Arrays.copyOf(TALK, footer.offset()), headerBytes, body, trailerBytes));
  }
}
