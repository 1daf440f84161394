// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a shard is to work on, one piece after the other.
 *
 * <p><b>Threads:</b> pieces come from any thread; whichever takes them has the shard for itself.
 */
final class ShardQueue {
  private final Crew crew;
  private final Shard shard;
  private final int number;

  /** Guarded by this. */
  private final Deque<Piece> pieces = new ArrayDeque<>();

  /** Whether somebody works on the pieces, or will. Guarded by this. */
  private boolean scheduled;

  ShardQueue(Crew crew, Shard shard, int number) {
    this.crew = crew;
    this.shard = shard;
    this.number = number;
  }

  /** Returns the shard, which belongs to whoever works on the queue. */
  Shard shard() {
    return shard;
  }

  /** Adds the next piece. */
  synchronized void add(Piece piece) {
    pieces.add(piece);
    goOn();
  }

  /** Works on, if there is anything: the piece that was next may begin now. */
  synchronized void goOn() {
    if (!scheduled && !pieces.isEmpty()) {
      scheduled = true;
      crew.own(number, this::work);
    }
  }

  /** Does a piece. The next one is another task: what others of this section wait for is nearer. */
  private void work() {
    Piece piece = next();
    if (piece != null) {
      piece.work(shard, number);
      done();
    }
  }

  private synchronized @Nullable Piece next() {
    Piece piece = pieces.peek();
    scheduled = piece != null && piece.mayBegin();
    return scheduled ? pieces.remove() : null;
  }

  private synchronized void done() {
    scheduled = false;
    goOn();
  }
}
