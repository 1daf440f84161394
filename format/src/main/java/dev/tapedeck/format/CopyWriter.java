// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.AppendChannel;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.io.IOException;

/**
 * Writes a capture of blocks that come from another as they are.
 *
 * <p><b>Lifecycle:</b> {@link #begin}, blocks and losses, {@link #finish}. <b>Threads:</b> confined
 * to one thread. <b>Ownership:</b> the caller closes the channel.
 */
final class CopyWriter {
  private final AppendChannel channel;
  private final FileId fileId;
  private final FileHeader header;
  private final CheckpointSchedule checkpoints;
  private final IndexBuilder index;
  private final FileTotals totals = new FileTotals();

  /** Number of the next block in the file from which the blocks come. */
  private long sequence;

  private int previousLength;

  /**
   * Begins a file.
   *
   * @param channel empty
   * @param firstSequence number of the first block that may come
   */
  CopyWriter(
      AppendChannel channel,
      FileId fileId,
      FileHeader header,
      CheckpointSchedule checkpoints,
      long firstSequence) {
    this.channel = channel;
    this.fileId = fileId;
    this.header = header;
    this.checkpoints = checkpoints;
    this.index = new IndexBuilder(header);
    this.sequence = firstSequence;
  }

  /** Returns the sums over what was written. */
  FileTotals totals() {
    return totals;
  }

  /** Writes the file header. */
  void begin() throws IOException {
    appendBody(RecordType.FILE_HEADER, header.toByteArray());
    if (header.hasEncryption()) {
      // The keys stand there twice: FORMAT.md, section 13.
      appendCheckpoint();
    }
  }

  /**
   * Writes a block.
   *
   * @param source its header in the file from which it comes
   * @param record room for a header, then the planes as stored; the header is overwritten
   * @param withPayload false to leave the payload plane out because it is damaged
   */
  void block(RecordHeader source, byte[] record, boolean withPayload) throws IOException {
    sequence = source.sequence();
    RecordHeader.Builder copy = source.toBuilder();
    if (!withPayload) {
      copy.planes(
              source.codec(), source.metadata(), new PlaneInfo(0, source.payload().rawBytes(), 0))
          .flags(source.compatibleFlags() | RecordHeader.PAYLOAD_LOST, source.incompatibleFlags());
    }
    RecordHeader block = placed(copy);
    append(block, record);
    totals.add(block);
    index.add(block);
    sequence++;
    if (checkpoints.isDue(channel.length(), totals.lastNanos(), index.rows())) {
      appendCheckpoint();
    }
  }

  /** Writes what was lost here. */
  void loss(CopyLoss loss, byte[] body) throws IOException {
    appendBody(RecordType.LOSS, body);
    totals.add(loss);
  }

  /**
   * Writes footer and trailer and makes the file durable.
   *
   * @param endSequence number of the first block that this file is not to hold
   */
  void finish(long endSequence) throws IOException {
    sequence = Math.max(sequence, endSequence);
    appendBody(RecordType.FOOTER, index.body());
    appendBody(RecordType.TRAILER, new byte[0]);
    channel.force();
  }

  private void appendCheckpoint() throws IOException {
    long offset = channel.length();
    appendBody(RecordType.CHECKPOINT, index.body());
    index.checkpointWritten(offset);
    checkpoints.written(offset, totals.lastNanos());
  }

  private void appendBody(int type, byte[] body) throws IOException {
    PlaneInfo plane =
        body.length == 0
            ? PlaneInfo.EMPTY
            : new PlaneInfo(body.length, body.length, RecordHeader.crc32c(body, 0, body.length));
    boolean encrypted = type == RecordType.FILE_HEADER && header.hasEncryption();
    byte[] record = new byte[RecordLayout.HEADER_BYTES + body.length];
    System.arraycopy(body, 0, record, RecordLayout.HEADER_BYTES, body.length);
    append(
        placed(
            RecordHeader.newBuilder(fileId, type)
                .planes(RecordHeader.CODEC_PLAIN, plane, PlaneInfo.EMPTY)
                .flags(0, encrypted ? RecordHeader.FLAG_ENCRYPTED : 0)
                .times(totals.firstNanos(), totals.lastNanos(), totals.watermarkNanos())
                .lost(totals.lostEvents(), totals.lostBytes())),
        record);
  }

  /** Returns the header with what says where it stands in this file. */
  private RecordHeader placed(RecordHeader.Builder record) {
    return record
        .fileId(fileId)
        .place(channel.length(), previousLength)
        .before(sequence, totals.events(), totals.dataBytes())
        // The plan has no higher sequence.
        .absent(Math.toIntExact(sequence - totals.blocks()))
        .build();
  }

  private void append(RecordHeader header, byte[] record) throws IOException {
    int length = (int) header.lengthBytes();
    header.writeTo(record);
    channel.append(record, length, RecordType.nameOf(header.type()));
    previousLength = length;
  }
}
