// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.format.Damage;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A part of a work that each shard does for itself, as soon as it has done the pieces before.
 *
 * <p><b>Threads:</b> each shard's part belongs to the thread that has the shard; the whole to
 * whoever finds it done.
 */
abstract class Piece {
  private final PieceWork work;
  private final Found[] found;
  private final AtomicInteger pending = new AtomicInteger();

  Piece(PieceWork work, int shards) {
    this.work = work;
    this.found = new Found[shards];
    Arrays.fill(found, Found.NOTHING);
  }

  /** Returns whether a shard has something to do; asked before any does. */
  abstract boolean concerns(int shard);

  /** Returns whether a shard that has come here may go on: what is found is the same whenever. */
  boolean mayBegin() {
    return true;
  }

  /** Does a shard's part. */
  abstract void give(Shard shard, int number);

  /** Called when all shards have done their parts, before the work is told. */
  void passed() {}

  /** Returns the damage that follows it; null for none. */
  @Nullable Damage damage() {
    return null;
  }

  /** Queues it to the shards that have something to do for it. */
  final void queue(ShardQueue[] queues) {
    boolean[] needed = new boolean[queues.length];
    int count = 0;
    for (int i = 0; i < queues.length; i++) {
      needed[i] = concerns(i);
      count += needed[i] ? 1 : 0;
    }
    if (count == 0) {
      work.done();
      return;
    }
    pending.set(count);
    for (int i = 0; i < queues.length; i++) {
      if (needed[i]) {
        queues[i].add(this);
      }
    }
  }

  /** Has a shard do its part. */
  final void work(Shard shard, int number) {
    give(shard, number);
    found[number] = shard.out().take();
    if (pending.decrementAndGet() == 0) {
      passed();
      work.done();
    }
  }

  /** Returns what was found, by shard; when all of the work is done. */
  final Found[] found() {
    return found;
  }
}
