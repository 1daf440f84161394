// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.analyzer.stream.StreamAssembler;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A section, decoded and dealt out to shards.
 *
 * <p><b>Threads:</b> filled by one, then handed over.
 */
final class SectionRows implements CaptureVisitor {
  private final CaptureIndex index;
  private final @Nullable ShardRows[] rows;
  private final int expectedRows;
  private final List<DamagePlace> damages = new ArrayList<>(0);
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

  /**
   * Begins with nothing.
   *
   * @param expectedEvents about how many will come
   */
  SectionRows(CaptureIndex index, int shards, long expectedEvents) {
    this.index = index;
    this.rows = new ShardRows[shards];
    this.expectedRows = (int) Math.min(1 << 16, 16 + expectedEvents / shards * 5 / 4);
  }

  @Override
  public void event(CaptureEvent event) {
    if (event instanceof StreamEvent stream && !(event instanceof StreamEvent.CipherRecord)) {
      StreamSlot slot = slot(stream.stream());
      if (slot.channel() != null) {
        rows(slot).add(slot, stream, events, (int) weight);
        weight += StreamAssembler.weight(stream);
      }
    }
    events++;
  }

  private StreamSlot slot(StreamId stream) {
    StreamSlot slot = lastSlot;
    if (slot == null || !stream.equals(lastStream)) {
      slot = StreamSlot.of(stream, index, rows.length);
      lastStream = stream;
      lastSlot = slot;
    }
    return slot;
  }

  @Override
  public void data(DataRow row) {
    StreamSlot slot = (StreamSlot) row.attached();
    if (slot == null) {
      slot = StreamSlot.of(row.stream(), index, rows.length);
      row.attach(slot);
    }
    Channel channel = slot.channel();
    if (channel != null) {
      rows(slot).add(slot, row, events, (int) weight);
      weight += StreamAssembler.weight(row.capturedLength());
    }
    events++;
  }

  private ShardRows rows(StreamSlot slot) {
    ShardRows known = rows[slot.shard()];
    if (known == null) {
      known = new ShardRows(expectedRows);
      rows[slot.shard()] = known;
    }
    return known;
  }

  @Override
  public void damage(Damage damage) {
    damages.add(new DamagePlace(damage, weight));
  }

  /** Returns what belongs to a shard; null for nothing. */
  @Nullable ShardRows rows(int shard) {
    return rows[shard];
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
