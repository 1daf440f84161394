// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings what shards found into the order of the capture.
 *
 * <p>Each event's items come from one shard, and the events of a piece are numbered without many
 * holes. So each is put at its event's number, which takes no comparison; only where numbers are
 * far apart they are sorted.
 *
 * <p><b>Threads:</b> confined to one. <b>Lifecycle:</b> {@link #begin}, {@link #next} until null;
 * and again.
 */
final class FoundMerge {
  private static final int SHARD_SHIFT = 32;

  /** Numbers may be so many times more than items, and this many more, before they are sorted. */
  private static final int MAX_HOLES = 64;

  private static final int FEW_NUMBERS = 1 << 12;

  private static final Found[] NOTHING = {};

  private Found[] found = NOTHING;

  /**
   * By event, from the first one that has items: the shard and number of its first item, and 1; 0
   * where there is none. All zeros between two merges.
   */
  private long[] starts = new long[FEW_NUMBERS];

  private int count;
  private int next;

  /** What the shard found that the last item came from, and which item comes next there. */
  private Found current = Found.NOTHING;

  private int currentNext;
  private long currentOrdinal;

  /** Begins with what shards found. */
  void begin(Found[] all) {
    found = all;
    next = 0;
    long items = 0;
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (Found one : all) {
      items += one.size();
      for (int i = 0; i < one.size(); i++) {
        least = Math.min(least, one.ordinal(i));
        most = Math.max(most, one.ordinal(i));
      }
    }
    if (items == 0) {
      count = 0;
    } else if (most - least < FEW_NUMBERS + MAX_HOLES * items) {
      place(least, (int) (most - least) + 1);
    } else {
      sort();
    }
  }

  private void place(long least, int numbers) {
    ensure(numbers);
    for (int shard = 0; shard < found.length; shard++) {
      Found one = found[shard];
      for (int i = one.size() - 1; i >= 0; i--) { // So that an event's first item is put last.
        starts[(int) (one.ordinal(i) - least)] = start(shard, i);
      }
    }
  }

  private void sort() {
    long[] sorted =
        IntStream.range(0, found.length)
            .boxed()
            .flatMap(shard -> starts(shard).boxed())
            .sorted(Comparator.comparingLong(this::ordinal))
            .mapToLong(Long::longValue)
            .toArray();
    ensure(sorted.length);
    System.arraycopy(sorted, 0, starts, 0, count);
  }

  private LongStream starts(int shard) {
    Found one = found[shard];
    return IntStream.range(0, one.size())
        .filter(i -> i == 0 || one.ordinal(i) != one.ordinal(i - 1))
        .mapToLong(i -> start(shard, i));
  }

  private void ensure(int numbers) {
    count = numbers;
    if (starts.length < numbers) {
      starts = new long[numbers];
    }
  }

  private static long start(int shard, int item) {
    return (long) shard << SHARD_SHIFT | (item + 1L);
  }

  private Found found(long start) {
    return found[(int) (start >>> SHARD_SHIFT)];
  }

  private static int item(long start) {
    return (int) start - 1;
  }

  private long ordinal(long start) {
    return found(start).ordinal(item(start));
  }

  /** Returns the next item; null after the last one. */
  @Nullable Object next() {
    if (currentNext < current.size() && current.ordinal(currentNext) == currentOrdinal) {
      return current.item(currentNext++);
    }
    while (next < count) {
      long start = starts[next];
      starts[next++] = 0;
      if (start != 0) {
        current = found(start);
        currentOrdinal = ordinal(start);
        currentNext = item(start) + 1;
        return current.item(currentNext - 1);
      }
    }
    current = Found.NOTHING;
    found = NOTHING;
    return null;
  }
}
