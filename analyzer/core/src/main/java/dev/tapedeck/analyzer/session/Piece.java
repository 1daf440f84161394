// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.format.Damage;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A part of a section on which all shards work without waiting for each other.
 *
 * <p><b>Threads:</b> each shard's part belongs to the thread that has the shard; the whole to
 * whoever finds it done.
 */
final class Piece {
  private final PieceWork work;
  private final Found[] found;
  private final long endPlace;
  private final long keepBytes;
  private final boolean checkpoint;
  private final @Nullable Damage damage;
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicInteger openChannels = new AtomicInteger();

  /**
   * Makes a piece.
   *
   * @param endPlace the place up to which it goes
   * @param keepBytes how many bytes a channel may keep at its end, or {@link Relief#NONE}
   * @param checkpoint whether it ends at one
   * @param damage that follows it; null for none
   */
  Piece(
      PieceWork work,
      int shards,
      long endPlace,
      long keepBytes,
      boolean checkpoint,
      @Nullable Damage damage) {
    this.work = work;
    this.found = new Found[shards];
    Arrays.fill(found, Found.NOTHING);
    this.endPlace = endPlace;
    this.keepBytes = keepBytes;
    this.checkpoint = checkpoint;
    this.damage = damage;
  }

  /** Queues it to the shards that have something to do for it. */
  void queue(ShardQueue[] queues) {
    boolean[] needed = new boolean[queues.length];
    int count = 0;
    for (int i = 0; i < queues.length; i++) {
      needed[i] = checkpoint || work.concerns(i);
      count += needed[i] ? 1 : 0;
    }
    if (count == 0) {
      work.done(this);
      return;
    }
    pending.set(count);
    for (int i = 0; i < queues.length; i++) {
      if (needed[i]) {
        queues[i].add(this);
      }
    }
  }

  /** Does a shard's part. */
  void work(Shard shard, int number) {
    work.give(shard, number, endPlace);
    shard.detach(endPlace);
    if (keepBytes != Relief.NONE) {
      shard.relieve(keepBytes);
    }
    if (checkpoint) {
      heldBytes.addAndGet(shard.heldBytes());
      openChannels.addAndGet(shard.openChannels());
    }
    found[number] = shard.out().take();
    if (pending.decrementAndGet() == 0) {
      work.done(this);
    }
  }

  /** Returns whether all shards have done their parts, when it was queued. */
  boolean isDone() {
    return pending.get() == 0;
  }

  boolean isCheckpoint() {
    return checkpoint;
  }

  /** Returns whether it was to free memory. */
  boolean relieves() {
    return keepBytes != Relief.NONE;
  }

  /** Returns how many bytes all shards keep at its end, a checkpoint. */
  long heldBytes() {
    return heldBytes.get();
  }

  /** Returns how many channels keep them. */
  int openChannels() {
    return openChannels.get();
  }

  /** Returns what was found, by shard. */
  Found[] found() {
    return found;
  }

  @Nullable Damage damage() {
    return damage;
  }
}
