// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A place at which each shard lets go of blocks and says how much it keeps, and frees what the
 * checkpoint before found to be too much.
 *
 * <p>A shard may come here while others have not passed the checkpoint before; then it waits, and
 * its thread does something else.
 */
final class Checkpoint extends Piece {
  private final ShardedReading reading;
  private final int number;
  private final long place;
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicInteger openChannels = new AtomicInteger();

  /** What the checkpoints up to one led to. */
  record Passed(int count, long keepBytes) {}

  /**
   * Makes a checkpoint.
   *
   * @param number how many checkpoints come before
   * @param place in the capture
   */
  Checkpoint(ShardedReading reading, PieceWork work, int shards, int number, long place) {
    super(work, shards);
    this.reading = reading;
    this.number = number;
    this.place = place;
  }

  @Override
  boolean concerns(int shard) {
    return true;
  }

  @Override
  boolean mayBegin() {
    return reading.passed().count() == number;
  }

  @Override
  void give(Shard shard, int unused) {
    shard.detach(place);
    long keepBytes = reading.passed().keepBytes();
    if (keepBytes != Relief.NONE) {
      shard.relieve(keepBytes);
    }
    heldBytes.addAndGet(shard.heldBytes());
    openChannels.addAndGet(shard.openChannels());
  }

  @Override
  void passed() {
    reading.passed(heldBytes.get(), openChannels.get());
  }
}
