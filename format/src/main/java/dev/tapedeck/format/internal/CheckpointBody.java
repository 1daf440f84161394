// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * The body of a checkpoint or footer as far as it is an index: message {@code Checkpoint} without
 * the copy of the file header.
 *
 * <p><b>Limits:</b> {@value #MAX_ROWS} blocks, checked before memory is taken; writers stop at a
 * quarter of that.
 *
 * @param previousCheckpoint offset of the checkpoint before; 0 when there is none
 * @param offsets of the blocks since then
 * @param lengths of their records
 * @param eventCounts of the blocks
 * @param dataBytes of the blocks
 * @param firstNanos of the blocks
 * @param lastNanos of the blocks
 */
@SuppressWarnings("ArrayRecordComponent") // Columns of up to 262 144 rows, handed over once.
public record CheckpointBody(
    long previousCheckpoint,
    long[] offsets,
    long[] lengths,
    int[] eventCounts,
    int[] dataBytes,
    long[] firstNanos,
    long[] lastNanos) {
  /** Blocks that the index of one checkpoint may have. */
  public static final int MAX_ROWS = 1 << 18;

  private static final int HEADER_FIELD = 1;
  private static final int SEAL_FIELD = 4;
  private static final int PREVIOUS_FIELD = 2;
  private static final int BLOCKS_FIELD = 3;
  private static final int BLOCKS_LAST = 10;

  /** Reads a body. */
  public static CheckpointBody parse(byte[] body) throws MalformedPlaneException {
    long previous = 0;
    TableReader blocks = TableReader.empty(BLOCKS_LAST);
    // A wrapped ByteString is the one source for which protobuf neither copies nor re-buffers.
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(body).newCodedInput();
    try {
      for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        int wireType = WireFormat.getTagWireType(tag);
        if (field == PREVIOUS_FIELD && wireType == WireFormat.WIRETYPE_VARINT) {
          previous = input.readUInt64();
        } else if (field == BLOCKS_FIELD && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          int length = input.readRawVarint32();
          int from = input.getTotalBytesRead();
          input.skipRawBytes(length);
          blocks = TableReader.parse(body, from, from + length, BLOCKS_LAST, MAX_ROWS);
        } else {
          input.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw new MalformedPlaneException("a checkpoint is no protobuf message", e);
    }
    return of(previous, blocks);
  }

  /**
   * Returns the serialised copy of the file header in a body, without looking at the index, whose
   * columns would take many times the memory.
   */
  public static ByteString header(byte[] body) throws MalformedPlaneException {
    return field(body, HEADER_FIELD);
  }

  /** Returns the seal in the body of a footer, empty when there is none, likewise. */
  public static ByteString seal(byte[] body) throws MalformedPlaneException {
    return field(body, SEAL_FIELD);
  }

  private static ByteString field(byte[] body, int wanted) throws MalformedPlaneException {
    ByteString found = ByteString.EMPTY;
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(body).newCodedInput();
    int wantedTag = wanted << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    try {
      for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
        if (tag == wantedTag) {
          found = input.readBytes();
        } else {
          input.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw new MalformedPlaneException("a checkpoint is no protobuf message", e);
    }
    return found;
  }

  private static CheckpointBody of(long previous, TableReader blocks)
      throws MalformedPlaneException {
    int rows = blocks.rows();
    CheckpointBody body =
        new CheckpointBody(
            previous,
            new long[rows],
            new long[rows],
            new int[rows],
            new int[rows],
            new long[rows],
            new long[rows]);
    for (int i = 0; i < rows; i++) {
      body.offsets[i] = blocks.column(2).unsigned();
      body.lengths[i] =
          (long) RecordLayout.HEADER_BYTES
              + blocks.column(3).index(Integer.MAX_VALUE)
              + blocks.column(4).index(Integer.MAX_VALUE);
      body.eventCounts[i] = blocks.column(5).index(Integer.MAX_VALUE);
      body.dataBytes[i] = blocks.column(6).index(Integer.MAX_VALUE);
      body.firstNanos[i] = blocks.column(7).unsigned();
      body.lastNanos[i] = blocks.column(8).unsigned();
    }
    return body;
  }

  /** Returns how many blocks there are since the checkpoint before. */
  public int rows() {
    return offsets.length;
  }
}
