// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.ColumnCursor;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.TableReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The events of one block, in order: the inverse of {@link BlockEncoder}.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BlockDecoder {
  private final BlockContent content;
  private final StreamsContent streams;
  private final EventDecoder kinds;
  private final TableReader events;

  /** The columns of the event table, at hand because each event takes from all of them. */
  private final ColumnCursor kindColumn;

  private final ColumnCursor threadColumn;
  private final ColumnCursor exitColumn;
  private final ColumnCursor durationColumn;
  private final ColumnCursor originColumn;
  private final ColumnCursor sequenceColumn;

  /** Of the event that was decoded last; all its values when that was a data event. */
  private final DataRow row;

  private int delivered;

  /**
   * Reads a block's tables.
   *
   * @param metadata the metadata plane
   * @param payload the payload plane, empty when the block has none; null when it was not read
   * @param eventCount what the block's header says
   */
  BlockDecoder(byte[] metadata, byte @Nullable [] payload, int eventCount)
      throws MalformedPlaneException {
    try {
      content = new BlockContent(metadata, eventCount);
      streams = new StreamsContent(content, payload);
    } catch (IllegalArgumentException e) {
      throw new MalformedPlaneException("a table holds a value out of range", e);
    }
    kinds = new EventDecoder(content, streams);
    row = new DataRow(content, streams);
    events = content.table(BlockEncoder.EVENTS_FIELD, BlockEncoder.EVENTS_LAST);
    if (events.rows() != eventCount) {
      throw new MalformedPlaneException("the event table's rows differ from the header's count");
    }
    kindColumn = events.column(2);
    threadColumn = events.column(3);
    exitColumn = events.column(4);
    durationColumn = events.column(5);
    originColumn = events.column(6);
    sequenceColumn = events.column(7);
  }

  /** Returns how many events {@link #next} has decoded. */
  int delivered() {
    return delivered;
  }

  /**
   * Gives the next event to the visitor; returns false after the last one, when everything was
   * consistent.
   */
  boolean next(CaptureVisitor visitor) throws IOException, MalformedPlaneException {
    if (delivered == events.rows()) {
      events.requireAtEnd();
      kinds.requireAtEnd();
      streams.requireAtEnd();
      return false;
    }
    int kind = kindColumn.index(Integer.MAX_VALUE);
    row.thread = threadColumn.index(content.threadCount());
    row.exitNanos += exitColumn.signed();
    long duration = durationColumn.unsigned();
    row.enterNanos = duration == 0 ? 0 : row.exitNanos - unzigzag(duration - 1);
    row.origin = originColumn.index(content.originCount());
    row.sequence = content.nextSequence(row.origin, sequenceColumn.signed());
    if (kind == EventKinds.DATA) {
      kinds.fill(row);
      delivered++;
      visitor.data(row);
    } else {
      CaptureEvent event = other(kind);
      delivered++;
      visitor.event(event);
    }
    return true;
  }

  private CaptureEvent other(int kind) throws MalformedPlaneException {
    try {
      EventStamp stamp =
          new EventStamp(
              row.process(),
              content.threadTid(row.thread),
              row.enterNanos,
              row.exitNanos,
              content.origin(row.origin, row.sequence));
      return kinds.next(kind, stamp);
    } catch (IllegalArgumentException e) {
      throw new MalformedPlaneException("an event holds a value out of range", e);
    }
  }

  private static long unzigzag(long value) {
    return value >>> 1 ^ -(value & 1);
  }
}
