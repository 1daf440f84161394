// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.ByteString;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.proto.BlockIndex;
import dev.tapedeck.format.internal.proto.Checkpoint;
import dev.tapedeck.format.internal.proto.FileHeader;

/**
 * Collects the index of the blocks since the last checkpoint.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class IndexBuilder {
  private final FileHeader header;
  private BlockIndex.Builder blocks = BlockIndex.newBuilder();
  private long previousCheckpoint;

  IndexBuilder(FileHeader header) {
    this.header = header;
  }

  /** Adds a block that was written. */
  void add(RecordHeader block) {
    blocks
        .setRows(blocks.getRows() + 1)
        .addOffset(block.ownOffset())
        .addMetadataStored(block.metadata().storedBytes())
        .addPayloadStored(block.payload().storedBytes())
        .addEventCount(block.eventCount())
        .addDataBytes(block.dataBytes())
        .addFirstNanos(block.firstNanos())
        .addLastNanos(block.lastNanos())
        .addLostEvents(block.lostEvents())
        .addLostBytes(block.lostBytes());
  }

  /** Returns how many blocks were added since the last checkpoint. */
  int rows() {
    return blocks.getRows();
  }

  /** Returns the body of the next checkpoint. */
  byte[] body() {
    return footerBody(new byte[0]);
  }

  /** Returns the body of the footer, with the seal of an encrypted file; else that is empty. */
  byte[] footerBody(byte[] seal) {
    return Checkpoint.newBuilder()
        .setHeader(header)
        .setPreviousCheckpoint(previousCheckpoint)
        .setBlocks(blocks)
        .setSeal(ByteString.copyFrom(seal))
        .build()
        .toByteArray();
  }

  /** Begins anew after a checkpoint was written at {@code offset}. */
  void checkpointWritten(long offset) {
    previousCheckpoint = offset;
    blocks = BlockIndex.newBuilder();
  }
}
