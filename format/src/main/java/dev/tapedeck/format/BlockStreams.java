// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.TableWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stream table of a block, and its payload plane: the bytes of data events, kept by reference
 * until the block is closed, grouped by stream.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BlockStreams {
  /** Field of {@code Capture} that a payload plane is. */
  static final int PAYLOAD_FIELD = 2;

  /** Field of {@code Payload} that each run is. */
  static final int RUN_FIELD = 1;

  private static final int RECENT = 1024;

  /** One stream of the block. */
  private static final class Entry {
    private final int number;
    private final int owner;
    private final Direction direction;
    private final List<Bytes> parts = new ArrayList<>();
    private boolean placed;
    private long firstPosition;
    private long expectedPosition;
    private int payloadBytes;

    private Entry(int number, int owner, Direction direction) {
      this.number = number;
      this.owner = owner;
      this.direction = direction;
    }
  }

  private final BlockTables tables;
  private final Map<StreamId, Entry> entries = new HashMap<>();
  private final List<Entry> ordered = new ArrayList<>();
  private final TableWriter table = new TableWriter(BlockTables.STREAMS_LAST);
  private final @Nullable StreamId[] recentIds = new StreamId[RECENT];
  private final @Nullable Entry[] recentEntries = new Entry[RECENT];
  private @Nullable StreamId lastId;
  private @Nullable Entry lastEntry;
  private int dataBytes;

  BlockStreams(BlockTables tables) {
    this.tables = tables;
  }

  int number(StreamId stream) {
    return entry(stream).number;
  }

  /**
   * Returns the position less the one at which the stream's event before ended, and notes where
   * this one ends.
   */
  long positionDelta(StreamId stream, long position, long lengthBytes) {
    Entry entry = entry(stream);
    if (!entry.placed) {
      entry.placed = true;
      entry.firstPosition = position;
      entry.expectedPosition = position;
    }
    long delta = position - entry.expectedPosition;
    entry.expectedPosition = position + lengthBytes;
    return delta;
  }

  void addPayload(StreamId stream, Bytes payload) {
    if (!payload.isEmpty()) {
      Entry entry = entry(stream);
      entry.parts.add(payload);
      entry.payloadBytes += payload.length();
      dataBytes += payload.length();
    }
  }

  private Entry entry(StreamId stream) {
    Entry last = lastEntry;
    if (last != null && stream.equals(lastId)) {
      return last;
    }
    // Recorders give the same object for the same stream: most lookups need no hash of its parts.
    int slot = System.identityHashCode(stream) & (RECENT - 1);
    Entry recent = recentEntries[slot];
    if (recent != null && stream.equals(recentIds[slot])) {
      lastId = stream;
      lastEntry = recent;
      return recent;
    }
    Entry entry = entries.get(stream);
    if (entry == null) {
      entry = new Entry(ordered.size(), tables.owner(stream.owner()), stream.direction());
      entries.put(stream, entry);
      ordered.add(entry);
    }
    recentIds[slot] = stream;
    recentEntries[slot] = entry;
    lastId = stream;
    lastEntry = entry;
    return entry;
  }

  /** Returns the bytes of the block's data events. */
  int dataBytes() {
    return dataBytes;
  }

  int count() {
    return ordered.size();
  }

  /** Fills the table; after this, only what writes may be called, and {@link #clear}. */
  void finish() {
    for (Entry entry : ordered) {
      table.addRow();
      table.column(2).unsigned(entry.owner);
      table.column(3).unsigned(entry.direction == Direction.EGRESS ? 0 : 1);
      table.column(4).unsigned(entry.firstPosition);
      table.column(5).unsigned(entry.payloadBytes);
    }
  }

  int sizeBytes() {
    return table.sizeAsField(BlockTables.STREAMS_FIELD);
  }

  void writeTo(PlaneBuffer target) {
    table.writeTo(target, BlockTables.STREAMS_FIELD);
  }

  /** Writes the payload plane; nothing when no event has bytes. */
  void writePayloadTo(PlaneBuffer target) {
    if (dataBytes == 0) {
      return;
    }
    int size = 0;
    for (Entry entry : ordered) {
      if (entry.payloadBytes > 0) {
        size += PlaneBuffer.sizeOfField(RUN_FIELD, entry.payloadBytes);
      }
    }
    target.reserve(PlaneBuffer.sizeOfField(PAYLOAD_FIELD, size));
    target.lengthField(PAYLOAD_FIELD, size);
    for (Entry entry : ordered) {
      if (entry.payloadBytes > 0) {
        target.lengthField(RUN_FIELD, entry.payloadBytes);
        target.reserve(entry.payloadBytes);
        for (Bytes part : entry.parts) {
          part.copyTo(0, target.array(), target.length(), part.length());
          target.advance(part.length());
        }
      }
    }
  }

  void clear() {
    entries.clear();
    ordered.clear();
    table.clear();
    Arrays.fill(recentIds, null);
    Arrays.fill(recentEntries, null);
    lastId = null;
    lastEntry = null;
    dataBytes = 0;
  }
}
