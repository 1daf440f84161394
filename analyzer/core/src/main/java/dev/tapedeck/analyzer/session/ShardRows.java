// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.StreamEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The events of a section that belong to one shard, as rows of plain numbers: one thread decodes
 * them and another parses them, and what goes from one to the other should be little.
 *
 * <pre>
 *   numbers  offset and place | plane offset and length | position | length | start | exit
 *   things   slot | payload plane, or the event as an object, which then has all numbers but the first
 * </pre>
 *
 * <p><b>Threads:</b> filled by one, then handed over to others, one at a time.
 */
final class ShardRows {
  private static final int NUMBERS = 6;
  private static final int THINGS = 2;
  private static final int INT_BITS = 32;

  private long[] numbers;
  private @Nullable Object[] things;
  private int size;
  private int next;

  ShardRows(int expected) {
    numbers = new long[NUMBERS * expected];
    things = new Object[THINGS * expected];
  }

  /**
   * Adds a data event.
   *
   * @param offset how many events of the section came before
   * @param place what those of them weigh that go to any shard
   */
  void add(StreamSlot slot, DataRow row, int offset, int place) {
    add(slot, row.plane(), offset, place);
    int at = NUMBERS * (size - 1);
    numbers[at + 1] = pair(row.payloadOffset(), row.capturedLength());
    numbers[at + 2] = row.position();
    numbers[at + 3] = row.originalLength();
    numbers[at + 4] = row.startNanos();
    numbers[at + 5] = row.exitNanos();
  }

  /** Adds an event. */
  void add(StreamSlot slot, StreamEvent event, int offset, int place) {
    add(slot, (Object) event, offset, place);
  }

  private void add(StreamSlot slot, @Nullable Object thing, int offset, int place) {
    if (NUMBERS * size == numbers.length) {
      int rows = Math.max(16, 2 * size);
      numbers = Arrays.copyOf(numbers, NUMBERS * rows);
      things = Arrays.copyOf(things, THINGS * rows);
    }
    numbers[NUMBERS * size] = pair(offset, place);
    things[THINGS * size] = slot;
    things[THINGS * size + 1] = thing;
    size++;
  }

  private static long pair(int high, int low) {
    return (long) high << INT_BITS | low;
  }

  /** Returns whether a row is left that lies before a place of the section. */
  boolean hasNextBefore(long place) {
    return next < size && (int) numbers[NUMBERS * next] < place;
  }

  /**
   * Gives the next row to its shard.
   *
   * @param ordinal the number of the event before the section's first
   * @param place of the section's first event
   */
  void give(Shard shard, long ordinal, long place) {
    int at = NUMBERS * next;
    StreamSlot slot = (StreamSlot) things[THINGS * next];
    Object thing = things[THINGS * next + 1];
    next++;
    Channel channel = slot == null ? null : slot.channel();
    if (slot == null || channel == null) {
      return;
    }
    long ownOrdinal = ordinal + 1 + (numbers[at] >>> INT_BITS);
    long ownPlace = place + (int) numbers[at];
    if (thing instanceof StreamEvent event) {
      shard.add(channel, event, ownOrdinal, ownPlace);
      return;
    }
    int from = (int) (numbers[at + 1] >>> INT_BITS);
    int captured = (int) numbers[at + 1];
    shard.add(
        channel,
        slot.direction(),
        numbers[at + 2],
        numbers[at + 3],
        captured,
        thing instanceof Bytes plane ? plane.slice(from, from + captured) : null,
        numbers[at + 4],
        numbers[at + 5],
        ownOrdinal,
        ownPlace);
  }
}
