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
 * The stream table of a block, and its payload plane: the bytes of data events, kept in the order
 * in which they came, and grouped by stream when the block is closed.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BlockStreams {
  /** Field of {@code Capture} that a payload plane is. */
  static final int PAYLOAD_FIELD = 2;

  /** Field of {@code Payload} that each run is. */
  static final int RUN_FIELD = 1;

  private static final int RECENT = 1024;

  private static final int FIRST_PIECES = 1024;

  /** One stream of one block. */
  static final class Entry {
    private final BlockStreams streams;
    private final long block;
    private final int number;
    private final int owner;
    private final Direction direction;
    private boolean placed;
    private long firstPosition;
    private long expectedPosition;
    private int payloadBytes;
    private int nextPlace;

    private Entry(BlockStreams streams, int number, int owner, Direction direction) {
      this.streams = streams;
      this.block = streams.block;
      this.number = number;
      this.owner = owner;
      this.direction = direction;
    }

    /** Returns the stream's number in the block. */
    int number() {
      return number;
    }

    /**
     * Returns the position less the one at which the stream's event before ended, and notes where
     * this one ends.
     */
    long positionDelta(long position, long lengthBytes) {
      if (!placed) {
        placed = true;
        firstPosition = position;
        expectedPosition = position;
      }
      long delta = position - expectedPosition;
      expectedPosition = position + lengthBytes;
      return delta;
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
  private final PlaneBuffer arrived = new PlaneBuffer(0);
  private int[] pieceStreams = new int[FIRST_PIECES];
  private int[] pieceBytes = new int[FIRST_PIECES];
  private int pieces;
  private long block;

  BlockStreams(BlockTables tables) {
    this.tables = tables;
  }

  int number(StreamId stream) {
    return entry(stream).number;
  }

  /** Adds the bytes of an event. */
  void addPayload(Entry entry, DataRecord data) {
    int bytes = data.capturedLength();
    if (bytes == 0) {
      return;
    }
    arrived.reserve(bytes);
    data.copyPayloadTo(arrived.array(), arrived.length());
    arrived.advance(bytes);
    entry.payloadBytes += bytes;
    int last = pieces - 1;
    if (last >= 0 && pieceStreams[last] == entry.number) {
      pieceBytes[last] += bytes;
      return;
    }
    if (pieces == pieceStreams.length) {
      pieceStreams = Arrays.copyOf(pieceStreams, 2 * pieces);
      pieceBytes = Arrays.copyOf(pieceBytes, 2 * pieces);
    }
    pieceStreams[pieces] = entry.number;
    pieceBytes[pieces] = bytes;
    pieces++;
  }

  /** Returns the entry of an event's stream. */
  Entry entry(DataRecord data) {
    StreamHandle handle = data.handle();
    if (handle == null) {
      return entry(data.stream());
    }
    Entry kept = handle.entry();
    if (kept != null && kept.streams == this && kept.block == block) {
      return kept;
    }
    Entry found = entry(handle.id());
    handle.keep(found);
    return found;
  }

  /** Returns the entry of a stream, made when the block does not have it. */
  Entry entry(StreamId stream) {
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
      entry = new Entry(this, ordered.size(), tables.owner(stream.owner()), stream.direction());
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
    return arrived.length();
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
    if (arrived.length() == 0) {
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
        entry.nextPlace = target.length();
        target.advance(entry.payloadBytes);
      }
    }
    int from = 0;
    for (int piece = 0; piece < pieces; piece++) {
      Entry entry = ordered.get(pieceStreams[piece]);
      int bytes = pieceBytes[piece];
      System.arraycopy(arrived.array(), from, target.array(), entry.nextPlace, bytes);
      entry.nextPlace += bytes;
      from += bytes;
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
    arrived.clear();
    pieces = 0;
    block++;
  }
}
