// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.github.luben.zstd.Zstd;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.Block;
import dev.tapedeck.format.internal.proto.Capture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.UnaryOperator;

/**
 * Captures as no writer of this version makes them, with checksums that hold: from a later version,
 * or from somebody who means harm. Each is one block between file header and end.
 */
final class ForgedCapture {
  private static final FileId FILE_ID = HeaderCodec.fileIdOf(TestObjects.header());

  private ForgedCapture() {}

  /** Returns the parsed metadata plane of a capture's only block. */
  static Block blockOf(byte[] capture) throws Exception {
    Captures.Placed block = Captures.blocks(capture).get(0);
    int from = block.offset() + RecordLayout.HEADER_BYTES;
    byte[] stored =
        java.util.Arrays.copyOfRange(capture, from, from + block.header().metadata().storedBytes());
    byte[] raw = Zstd.decompress(stored, block.header().metadata().rawBytes());
    return Capture.parseFrom(raw).getBlock(0);
  }

  /** Returns a capture with this metadata plane and no payload. */
  static byte[] withMetadata(byte[] plane, int eventCount) {
    byte[] stored = Zstd.compress(plane);
    PlaneInfo metadata =
        new PlaneInfo(stored.length, plane.length, RecordHeader.crc32c(stored, 0, stored.length));
    return withBlock(
        header ->
            header
                .planes(RecordHeader.CODEC_ZSTD, metadata, PlaneInfo.EMPTY)
                .content(eventCount, 0),
        stored);
  }

  static byte[] withBlock(Block block, int eventCount) {
    return withMetadata(planeOf(block), eventCount);
  }

  /** Returns the metadata plane of a block. */
  static byte[] planeOf(Block block) {
    return Capture.newBuilder().addBlock(block).build().toByteArray();
  }

  /** Returns a capture with one block whose header the caller fills. */
  static byte[] withBlock(UnaryOperator<RecordHeader.Builder> fill, byte[] planes) {
    byte[] fileHeader = fileHeader();
    RecordHeader.Builder header =
        RecordHeader.newBuilder(FILE_ID, RecordType.BLOCK)
            .place(fileHeader.length, fileHeader.length);
    return Captures.concat(fileHeader, bytesOf(fill.apply(header).build()), planes);
  }

  /** Returns a capture of a file header and one record, which has a body. */
  static byte[] withRecord(int type, byte[] body) {
    byte[] fileHeader = fileHeader();
    PlaneInfo plane =
        new PlaneInfo(body.length, body.length, RecordHeader.crc32c(body, 0, body.length));
    RecordHeader header =
        RecordHeader.newBuilder(FILE_ID, type)
            .place(fileHeader.length, fileHeader.length)
            .planes(RecordHeader.CODEC_PLAIN, plane, PlaneInfo.EMPTY)
            .build();
    return Captures.concat(fileHeader, bytesOf(header), body);
  }

  private static byte[] fileHeader() {
    byte[] capture = Captures.write(WriterOptions.defaults(), java.util.List.of());
    return java.util.Arrays.copyOf(capture, Captures.records(capture).get(0).end());
  }

  private static byte[] bytesOf(RecordHeader header) {
    byte[] bytes = new byte[RecordLayout.HEADER_BYTES];
    header.writeTo(bytes);
    return bytes;
  }

  /** Changes a byte of the record header at {@code offset} and makes its checksum hold again. */
  static byte[] changeHeader(byte[] capture, int offset, int at, int value) {
    byte[] changed = capture.clone();
    changed[offset + at] = (byte) value;
    int crcAt = RecordLayout.HEADER_BYTES - Integer.BYTES;
    ByteBuffer.wrap(changed)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(offset + crcAt, RecordHeader.crc32c(changed, offset, crcAt));
    return changed;
  }
}
