// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.FrameWriter;
import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.Block;
import dev.tapedeck.format.internal.proto.Capture;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes captures apart and puts parts together, also such as no writer of this version makes.
 * Lengths, places, sums, checksums and indexes are made to fit.
 */
final class CaptureForge {
  private static final int ZSTD_LEVEL = 1;

  private CaptureForge() {}

  /**
   * A record, its planes decompressed.
   *
   * @param header what is to stay of the header: type, codec, flags, counts, times, losses
   * @param metadata the metadata plane or body
   * @param payload the payload plane; empty when there is none
   */
  record Part(RecordHeader header, Bytes metadata, Bytes payload) {
    Part withMetadata(byte[] plane) {
      return new Part(header, Bytes.wrap(plane, 0, plane.length), payload);
    }

    Part withPayload(byte[] plane) {
      return new Part(header, metadata, Bytes.wrap(plane, 0, plane.length));
    }

    Part withHeader(RecordHeader changed) {
      return new Part(changed, metadata, payload);
    }

    boolean isBlock() {
      return header.type() == RecordType.BLOCK;
    }

    /** Returns the message that the metadata plane is. */
    Block block() {
      try {
        return Capture.parseFrom(metadata.toArray()).getBlock(0);
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("a block that was written cannot be parsed", e);
      }
    }
  }

  /** Returns a record that is no block. */
  static Part body(int type, byte[] body) {
    FileId anyId = new FileId(0, 0);
    return new Part(
        RecordHeader.newBuilder(anyId, type).build(),
        Bytes.wrap(body, 0, body.length),
        Bytes.empty());
  }

  /** Returns the parts of an undamaged capture. */
  static List<Part> parts(byte[] capture) {
    List<Part> parts = new ArrayList<>();
    for (Captures.Placed placed : Captures.records(capture)) {
      RecordHeader header = placed.header();
      int metadataAt = placed.offset() + RecordLayout.HEADER_BYTES;
      int payloadAt = metadataAt + header.metadata().storedBytes();
      parts.add(
          new Part(
              header,
              raw(header.codec(), header.metadata(), capture, metadataAt),
              raw(header.codec(), header.payload(), capture, payloadAt)));
    }
    return parts;
  }

  private static Bytes raw(int codec, PlaneInfo plane, byte[] capture, int from) {
    byte[] stored = Arrays.copyOfRange(capture, from, from + plane.storedBytes());
    byte[] raw =
        codec == RecordHeader.CODEC_ZSTD && stored.length > 0
            ? Zstd.decompress(stored, plane.rawBytes())
            : stored;
    return Bytes.wrap(raw, 0, raw.length);
  }

  /** Returns a capture of these parts. Checkpoints and footers get an index that fits. */
  static byte[] assemble(CaptureHeader fileHeader, List<Part> parts) {
    FileHeader proto = HeaderCodec.toProto(fileHeader);
    IndexBuilder index = new IndexBuilder(proto);
    FileTotals totals = new FileTotals();
    ByteArrayOutputStream capture = new ByteArrayOutputStream();
    int previousLength = 0;
    for (Part part : parts) {
      boolean isIndex =
          part.header().type() == RecordType.CHECKPOINT
              || part.header().type() == RecordType.FOOTER;
      byte[] metadata = isIndex ? index.body() : part.metadata().toArray();
      byte[] storedMetadata = stored(part.header().codec(), metadata);
      byte[] storedPayload = stored(part.header().codec(), part.payload().toArray());
      RecordHeader.Builder builder =
          part.header().toBuilder()
              .fileId(HeaderCodec.fileIdOf(fileHeader))
              .place(capture.size(), previousLength)
              .before(totals.blocks(), totals.events(), totals.dataBytes())
              .planes(
                  part.header().codec(),
                  plane(storedMetadata, metadata.length),
                  plane(storedPayload, part.payload().length()));
      if (!part.isBlock()) {
        builder
            .times(totals.firstNanos(), totals.lastNanos(), part.header().watermarkNanos())
            .lost(totals.lostEvents(), totals.lostBytes());
      }
      RecordHeader header = builder.build();
      if (part.isBlock()) {
        totals.add(header);
        index.add(header);
      } else if (isIndex) {
        index.checkpointWritten(capture.size());
      }
      byte[] headerBytes = new byte[RecordLayout.HEADER_BYTES];
      header.writeTo(headerBytes);
      previousLength = (int) header.lengthBytes();
      capture.writeBytes(Captures.concat(headerBytes, storedMetadata, storedPayload));
    }
    return capture.toByteArray();
  }

  private static byte[] stored(int codec, byte[] raw) {
    if (codec != RecordHeader.CODEC_ZSTD || raw.length == 0) {
      return raw;
    }
    FrameWriter frames = new FrameWriter();
    try {
      PlaneBuffer target = new PlaneBuffer(raw.length);
      frames.compress(ZSTD_LEVEL, false, raw, raw.length, target);
      return Arrays.copyOf(target.array(), target.length());
    } finally {
      frames.close();
    }
  }

  private static PlaneInfo plane(byte[] stored, int rawBytes) {
    return stored.length == 0
        ? PlaneInfo.EMPTY
        : new PlaneInfo(stored.length, rawBytes, RecordHeader.crc32c(stored, 0, stored.length));
  }

  /** Changes a number of the record header at {@code offset}, and makes its checksum hold. */
  static byte[] changeInt(byte[] capture, int offset, int at, int value) {
    byte[] changed = capture.clone();
    ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(offset + at, value);
    return ForgedCapture.changeHeader(changed, offset, at, changed[offset + at]);
  }
}
