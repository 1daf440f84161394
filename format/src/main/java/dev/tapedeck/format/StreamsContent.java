// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import dev.tapedeck.format.internal.ColumnCursor;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.TableReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The stream table of a block and its payload plane, read: what {@link BlockStreams} wrote.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class StreamsContent {
  private final StreamId[] ids;
  private final long[] expectedPositions;
  private final int[] runOffsets;
  private final int[] runEnds;
  private final @Nullable Bytes plane;

  /**
   * Reads the table.
   *
   * @param payload the payload plane, empty when the block has none; null when it was not read
   */
  StreamsContent(BlockContent content, byte @Nullable [] payload) throws MalformedPlaneException {
    this.plane = payload == null ? null : Bytes.wrap(payload, 0, payload.length);
    TableReader table = content.table(BlockTables.STREAMS_FIELD, BlockTables.STREAMS_LAST);
    ids = new StreamId[table.rows()];
    expectedPositions = new long[ids.length];
    runOffsets = new int[ids.length];
    runEnds = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      StreamOwner owner = content.owner(table.column(2));
      Direction direction = table.column(3).index(2) == 0 ? Direction.EGRESS : Direction.INGRESS;
      ids[i] = new StreamId(owner, direction);
      expectedPositions[i] = table.column(4).unsigned();
      runEnds[i] = table.column(5).index(Integer.MAX_VALUE);
    }
    table.requireAtEnd();
    if (payload != null && payload.length > 0) {
      locateRuns(payload);
    } else if (payload != null) {
      for (int end : runEnds) {
        if (end > 0) {
          throw new MalformedPlaneException("a stream has bytes and the block no payload plane");
        }
      }
    }
  }

  private void locateRuns(byte[] plane) throws MalformedPlaneException {
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(plane).newCodedInput();
    try {
      int tag = input.readTag();
      int length = input.readRawVarint32();
      if (tag != tag(BlockStreams.PAYLOAD_FIELD)
          || length != plane.length - input.getTotalBytesRead()) {
        throw new MalformedPlaneException("the payload plane is no payload message");
      }
      int stream = nextRun(-1);
      for (tag = input.readTag(); tag != 0; tag = input.readTag()) {
        if (tag != tag(BlockStreams.RUN_FIELD)) {
          input.skipField(tag);
          continue;
        }
        int size = input.readRawVarint32();
        if (stream == ids.length || size != runEnds[stream]) {
          throw new MalformedPlaneException("the payload plane's runs differ from the streams'");
        }
        runOffsets[stream] = input.getTotalBytesRead();
        input.skipRawBytes(size);
        runEnds[stream] = runOffsets[stream] + size;
        stream = nextRun(stream);
      }
      if (stream != ids.length) {
        throw new MalformedPlaneException("the payload plane lacks a stream's run");
      }
    } catch (IOException e) {
      throw new MalformedPlaneException("the payload plane is no protobuf message", e);
    }
  }

  private static int tag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private int nextRun(int stream) {
    int next = stream + 1;
    while (next < ids.length && runEnds[next] == 0) {
      next++;
    }
    return next;
  }

  int next(ColumnCursor column) throws MalformedPlaneException {
    return column.index(ids.length);
  }

  /** Returns the stream of a column that has 0 for none. */
  @Nullable StreamId orNull(ColumnCursor column) throws MalformedPlaneException {
    int number = column.index(ids.length + 1);
    return number == 0 ? null : ids[number - 1];
  }

  StreamId id(int stream) {
    return ids[stream];
  }

  long nextPosition(int stream, long delta, long lengthBytes) {
    long position = expectedPositions[stream] + delta;
    expectedPositions[stream] = position + lengthBytes;
    return position;
  }

  /** Returns where in the plane the stream's next bytes begin, and goes past them. */
  int nextPayload(int stream, int count) throws MalformedPlaneException {
    int from = runOffsets[stream];
    if (count > runEnds[stream] - from) {
      throw new MalformedPlaneException("a stream's run is shorter than its events say");
    }
    runOffsets[stream] = from + count;
    return from;
  }

  /** Returns the payload plane; null when it was not read. */
  @Nullable Bytes plane() {
    return plane;
  }

  /** Returns how many streams the block has. */
  int count() {
    return ids.length;
  }

  void requireAtEnd() throws MalformedPlaneException {
    for (int i = 0; i < ids.length; i++) {
      if (runOffsets[i] != runEnds[i]) {
        throw new MalformedPlaneException("a stream's run is longer than its events say");
      }
    }
  }
}
