// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.AppendChannel;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.FrameWriter;
import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of a capture and appends them, each whole or not at all.
 *
 * <p><b>Lifecycle:</b> {@link #appendFileHeader}, blocks and checkpoints, {@link #appendEnd},
 * {@link #close}. <b>Threads:</b> confined to one thread. <b>Ownership:</b> closes the channel.
 */
final class RecordAppender implements AutoCloseable {
  private final AppendChannel channel;
  private final EffortChoice efforts;
  private final RepetitionChoice repetition = new RepetitionChoice();
  private final FileId fileId;
  private final FileHeader fileHeader;
  private final FrameWriter frames;
  private final IndexBuilder index;
  private final FileTotals totals = new FileTotals();
  private final PlaneBuffer raw;
  private final PlaneBuffer record;
  private final @Nullable BlockSealing sealing;
  private int previousLength;

  RecordAppender(AppendChannel channel, CaptureHeader header, WriterOptions options) {
    this.channel = channel;
    this.efforts = new EffortChoice(options);
    this.fileId = HeaderCodec.fileIdOf(header);
    this.sealing = BlockSealing.of(options, header);
    FileHeader facts = HeaderCodec.toProto(header);
    this.fileHeader = sealing == null ? facts : sealing.seal(facts);
    this.index = new IndexBuilder(fileHeader);
    this.frames = new FrameWriter();
    this.raw = new PlaneBuffer(options.blockBytes() + options.blockBytes() / 4);
    this.record = new PlaneBuffer(options.blockBytes());
  }

  /** Returns the bytes of all whole records. */
  long length() {
    return channel.length();
  }

  /** Returns the sums over the blocks that were appended. */
  FileTotals totals() {
    return totals;
  }

  /** Returns how many blocks were appended since the last checkpoint. */
  int indexRows() {
    return index.rows();
  }

  /** Returns what chooses how hard blocks are compressed. */
  EffortChoice efforts() {
    return efforts;
  }

  void appendFileHeader() throws IOException {
    appendBody(RecordType.FILE_HEADER, fileHeader.toByteArray(), 0);
    if (sealing != null) {
      // The keys stand twice from the first moment on: without them nothing can be read.
      appendCheckpoint(0);
    }
  }

  /**
   * Appends the events of a block.
   *
   * @throws IOException when the block cannot be written whole, or would leave too little space
   */
  void appendBlock(BlockEncoder block, long watermarkNanos, FreeSpaceFloor floor)
      throws IOException {
    Effort effort = efforts.next(block.roughBytes());
    beginRecord();
    raw.clear();
    block.writeMetadataTo(raw);
    PlaneInfo metadata = addPlane(effort, sealing == null ? record : sealing.metadata());
    raw.clear();
    block.writePayloadTo(raw);
    PlaneInfo payload =
        raw.length() == 0
            ? PlaneInfo.EMPTY
            : addPlane(effort, sealing == null ? record : sealing.payload());
    RecordHeader header =
        RecordHeader.newBuilder(fileId, RecordType.BLOCK)
            .place(channel.length(), previousLength)
            .before(totals.blocks(), totals.events(), totals.dataBytes())
            .planes(RecordHeader.CODEC_ZSTD, metadata, payload)
            .content(block.eventCount(), block.dataBytes())
            .times(block.firstNanos(), block.lastNanos(), watermarkNanos)
            .lost(block.lostEvents(), block.lostBytes())
            .build();
    if (sealing != null) {
      header = sealing.sealPlanes(header, record);
    }
    floor.require(record.length(), channel.length());
    appendRecord(header, RecordType.BLOCK);
    totals.add(header);
    index.add(header);
    efforts.written(
        effort,
        metadata.rawBytes() + payload.rawBytes(),
        metadata.storedBytes() + payload.storedBytes());
  }

  /** Compresses the raw plane to the end of the target. */
  private PlaneInfo addPlane(Effort effort, PlaneBuffer target) {
    int from = target.length();
    int stored =
        effort == Effort.NONE
            ? FrameWriter.store(raw.array(), raw.length(), target)
            : compress(efforts.level(effort), target);
    return new PlaneInfo(stored, raw.length(), RecordHeader.crc32c(target.array(), from, stored));
  }

  private int compress(int level, PlaneBuffer target) {
    int rawBytes = raw.length();
    boolean lookFarBack = repetition.next(rawBytes);
    int stored = frames.compress(level, lookFarBack, raw.array(), rawBytes, target);
    repetition.written(rawBytes, stored);
    return stored;
  }

  void appendCheckpoint(long watermarkNanos) throws IOException {
    long offset = channel.length();
    appendBody(RecordType.CHECKPOINT, index.body(), watermarkNanos);
    index.checkpointWritten(offset);
  }

  /** Appends footer and trailer and makes the file durable. */
  void appendEnd(long watermarkNanos) throws IOException {
    RecordHeader end = totalsHeader(RecordType.FOOTER, PlaneInfo.EMPTY, watermarkNanos);
    byte[] seal = sealing == null ? new byte[0] : sealing.seal(end);
    appendBody(RecordType.FOOTER, index.footerBody(seal), watermarkNanos);
    appendBody(RecordType.TRAILER, new byte[0], watermarkNanos);
    channel.force();
  }

  /** Appends a record other than a block. */
  private void appendBody(int type, byte[] body, long watermarkNanos) throws IOException {
    PlaneInfo plane =
        body.length == 0
            ? PlaneInfo.EMPTY
            : new PlaneInfo(body.length, body.length, RecordHeader.crc32c(body, 0, body.length));
    beginRecord();
    record.bytes(body, 0, body.length);
    appendRecord(totalsHeader(type, plane, watermarkNanos), type);
  }

  private RecordHeader totalsHeader(int type, PlaneInfo plane, long watermarkNanos) {
    boolean marked = sealing != null && type == RecordType.FILE_HEADER;
    return RecordHeader.newBuilder(fileId, type)
        .place(channel.length(), previousLength)
        .before(totals.blocks(), totals.events(), totals.dataBytes())
        .flags(0, marked ? RecordHeader.FLAG_ENCRYPTED : 0)
        .planes(RecordHeader.CODEC_PLAIN, plane, PlaneInfo.EMPTY)
        .times(totals.firstNanos(), totals.lastNanos(), watermarkNanos)
        .lost(totals.lostEvents(), totals.lostBytes())
        .build();
  }

  private void beginRecord() {
    record.clear();
    record.reserve(RecordLayout.HEADER_BYTES);
    record.advance(RecordLayout.HEADER_BYTES);
  }

  private void appendRecord(RecordHeader header, int type) throws IOException {
    header.writeTo(record.array());
    channel.append(record.array(), record.length(), RecordType.nameOf(type));
    previousLength = record.length();
  }

  /** Makes what was appended durable; may be called from any thread. */
  void sync() throws IOException {
    channel.sync();
  }

  /** Frees native memory and closes the channel. */
  @Override
  public void close() throws IOException {
    frames.close();
    channel.close();
  }
}
