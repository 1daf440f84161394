// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.analyzer.stream.StreamAssembler;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A section, decoded, as rows of plain numbers: one thread decodes them and another parses them,
 * and what goes from one to the other should be little.
 *
 * <pre>
 *   offset and place | plane offset and length | position | length | start | exit | bucket and slot
 * </pre>
 *
 * <p>An event that is more than its numbers is kept as an object; its row has {@link #OBJECT} for
 * the length and the object's number for the plane offset.
 *
 * <p>A shard's rows stand together, in their order: another core reads them fast only one after the
 * other. It does that when the shard comes to them first, and chains those of a bucket then: what
 * follows jumps, but within what the core has by then. The next row's place stands where the bucket
 * was.
 *
 * <p><b>Lifecycle:</b> {@link #begin}, events, {@link #give} by all shards, {@link #clear}; and
 * again, as memory that was just used is the fastest. <b>Threads:</b> filled by one, then handed
 * over to others: what belongs to a shard to one at a time.
 */
final class SectionRows implements CaptureVisitor {
  private static final int NUMBERS = 7;
  private static final int PAYLOAD = 1;
  private static final int POSITION = 2;
  private static final int LENGTH = 3;
  private static final int START = 4;
  private static final int EXIT = 5;
  private static final int CHAIN = 6;
  private static final int OBJECT = -1;
  private static final int NONE = -1;
  private static final int INT_BITS = 32;

  /** Most rows, if all shards have as many, of which the memory is kept for another section. */
  private static final int MAX_KEPT_ROWS = 1 << 14;

  private final CaptureIndex index;
  private final Buckets buckets;
  private final List<DamagePlace> damages = new ArrayList<>(0);
  private final List<StreamEvent> objects = new ArrayList<>(0);
  private final List<StreamSlot> slots = new ArrayList<>();

  /** By shard: its rows, how many numbers they have, and whether they are chained. */
  private final long[][] numbers;

  private final int[] used;
  private final boolean[] chained;

  /** By bucket: the next row that was not given to the shard; the last row. */
  private final int[] next;

  private final int[] last;
  private @Nullable StreamId lastStream;
  private @Nullable StreamSlot lastSlot;
  private int events;
  private long weight;

  /**
   * A damage.
   *
   * @param place what the section's events before it weigh
   */
  record DamagePlace(Damage damage, long place) {}

  SectionRows(CaptureIndex index, Buckets buckets) {
    this.index = index;
    this.buckets = buckets;
    this.numbers = new long[buckets.shards()][0];
    this.used = new int[buckets.shards()];
    this.chained = new boolean[buckets.shards()];
    this.next = new int[buckets.count()];
    this.last = new int[buckets.count()];
  }

  /** Begins a section of about so many events. */
  void begin(long expectedEvents) {
    int rows = (int) Math.min(1 << 16, 16 + expectedEvents / numbers.length * 5 / 4);
    for (int shard = 0; shard < numbers.length; shard++) {
      if (numbers[shard].length < NUMBERS * rows) {
        numbers[shard] = new long[NUMBERS * rows];
      }
    }
  }

  /** Lets go of what was taken in. */
  void clear() {
    damages.clear();
    objects.clear();
    slots.clear();
    lastStream = null;
    lastSlot = null;
    events = 0;
    weight = 0;
    Arrays.fill(used, 0);
    Arrays.fill(chained, false);
    for (int shard = 0; shard < numbers.length; shard++) {
      if (numbers[shard].length > NUMBERS * (MAX_KEPT_ROWS / numbers.length)) {
        numbers[shard] = new long[0];
      }
    }
  }

  @Override
  public void event(CaptureEvent event) {
    if (event instanceof StreamEvent stream && !(event instanceof StreamEvent.CipherRecord)) {
      StreamSlot slot = slot(stream.stream());
      if (slot.channel() != null) {
        int at = row(slot);
        numbers[slot.shard()][at + PAYLOAD] = pair(objects.size(), OBJECT);
        objects.add(stream);
        weight += StreamAssembler.weight(stream);
      }
    }
    events++;
  }

  private StreamSlot slot(StreamId stream) {
    StreamSlot slot = lastSlot;
    if (slot == null || !stream.equals(lastStream)) {
      slot = slot(stream, null);
      lastStream = stream;
      lastSlot = slot;
    }
    return slot;
  }

  private StreamSlot slot(StreamId stream, @Nullable Bytes plane) {
    Channel channel = index.channel(stream.owner());
    int bucket = channel == null ? 0 : buckets.of(channel);
    StreamSlot slot = new StreamSlot(slots.size(), channel, stream.direction(), plane, bucket);
    slots.add(slot);
    return slot;
  }

  @Override
  public void data(DataRow data) {
    StreamSlot slot = (StreamSlot) data.attached();
    if (slot == null) {
      slot = slot(data.stream(), data.plane());
      data.attach(slot);
    }
    if (slot.channel() != null) {
      int at = row(slot);
      int captured = data.capturedLength();
      long[] rows = numbers[slot.shard()];
      rows[at + PAYLOAD] = pair(data.payloadOffset(), captured);
      rows[at + POSITION] = data.position();
      rows[at + LENGTH] = data.originalLength();
      rows[at + START] = data.startNanos();
      rows[at + EXIT] = data.exitNanos();
      weight += StreamAssembler.weight(captured);
    }
    events++;
  }

  /** Adds a row; returns where its numbers stand among the shard's. */
  private int row(StreamSlot slot) {
    int shard = slot.shard();
    int at = used[shard];
    long[] rows = numbers[shard];
    if (at == rows.length) {
      rows = Arrays.copyOf(rows, Math.max(16 * NUMBERS, 2 * at));
      numbers[shard] = rows;
    }
    rows[at] = pair(events, (int) weight);
    rows[at + CHAIN] = pair(slot.bucket(), slot.number());
    used[shard] = at + NUMBERS;
    return at;
  }

  private static long pair(int high, int low) {
    return (long) high << INT_BITS | (low & 0xFFFF_FFFFL);
  }

  @Override
  public void damage(Damage damage) {
    damages.add(new DamagePlace(damage, weight));
  }

  /** Returns whether a shard has rows. */
  boolean concerns(int shard) {
    return used[shard] > 0;
  }

  /**
   * Gives a shard its next rows.
   *
   * @param number the shard's
   * @param ordinal the number of the event before the section's first
   * @param place of the section's first event
   * @param endPlace they lie before this place of the capture
   */
  void give(Shard shard, int number, long ordinal, long place, long endPlace) {
    long[] rows = numbers[number];
    int first = number * Buckets.OF_A_SHARD;
    if (!chained[number]) {
      chained[number] = true;
      Arrays.fill(next, first, first + Buckets.OF_A_SHARD, NONE);
      chain(rows, used[number]);
    }
    long end = endPlace - place;
    for (int bucket = first; bucket < first + Buckets.OF_A_SHARD; bucket++) {
      int at = next[bucket];
      while (at != NONE && (int) rows[at] < end) {
        give(shard, rows, at, ordinal, place);
        at = (int) (rows[at + CHAIN] >>> INT_BITS);
      }
      next[bucket] = at;
    }
  }

  private void chain(long[] rows, int count) {
    for (int at = 0; at < count; at += NUMBERS) {
      long chain = rows[at + CHAIN];
      int bucket = (int) (chain >>> INT_BITS);
      rows[at + CHAIN] = pair(NONE, (int) chain);
      if (next[bucket] == NONE) {
        next[bucket] = at;
      } else {
        int before = last[bucket] + CHAIN;
        rows[before] = pair(at, (int) rows[before]);
      }
      last[bucket] = at;
    }
  }

  private void give(Shard shard, long[] rows, int at, long ordinal, long place) {
    StreamSlot slot = slots.get((int) rows[at + CHAIN]);
    Channel channel = slot.channel();
    if (channel == null) {
      return;
    }
    long ownOrdinal = ordinal + 1 + (rows[at] >>> INT_BITS);
    long ownPlace = place + (int) rows[at];
    int from = (int) (rows[at + PAYLOAD] >>> INT_BITS);
    int captured = (int) rows[at + PAYLOAD];
    if (captured == OBJECT) {
      shard.add(channel, objects.get(from), ownOrdinal, ownPlace);
      return;
    }
    Bytes plane = slot.plane();
    shard.add(
        channel,
        slot.direction(),
        rows[at + POSITION],
        rows[at + LENGTH],
        captured,
        plane == null ? null : plane.slice(from, from + captured),
        rows[at + START],
        rows[at + EXIT],
        ownOrdinal,
        ownPlace);
  }

  /** Returns the damages, in order. */
  List<DamagePlace> damages() {
    return damages;
  }

  /** Returns how many events there were. */
  int events() {
    return events;
  }

  /** Returns what those of them weigh that go to a shard. */
  long weight() {
    return weight;
  }
}
