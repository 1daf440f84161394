// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.ColumnCursor;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.TableReader;
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
  private int delivered;
  private long exitNanos;

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

  /** Returns how many events {@link #next} has given. */
  int delivered() {
    return delivered;
  }

  /** Returns the next event; null after the last one, when everything was consistent. */
  @Nullable CaptureEvent next() throws MalformedPlaneException {
    if (delivered == events.rows()) {
      events.requireAtEnd();
      kinds.requireAtEnd();
      streams.requireAtEnd();
      return null;
    }
    int kind = kindColumn.index(Integer.MAX_VALUE);
    int thread = threadColumn.index(content.threadCount());
    exitNanos += exitColumn.signed();
    long duration = durationColumn.unsigned();
    long enterNanos = duration == 0 ? 0 : exitNanos - unzigzag(duration - 1);
    int origin = originColumn.index(content.originCount());
    EventStamp stamp =
        new EventStamp(
            content.threadProcess(thread),
            content.threadTid(thread),
            enterNanos,
            exitNanos,
            content.nextOrigin(origin, sequenceColumn.signed()));
    try {
      CaptureEvent event = kinds.next(kind, stamp);
      delivered++;
      return event;
    } catch (IllegalArgumentException e) {
      throw new MalformedPlaneException("an event holds a value out of range", e);
    }
  }

  private static long unzigzag(long value) {
    return value >>> 1 ^ -(value & 1);
  }
}
