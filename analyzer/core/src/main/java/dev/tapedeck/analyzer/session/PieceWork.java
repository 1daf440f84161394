// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work of which pieces go to the shards.
 *
 * <p><b>Threads:</b> pieces are added under the reading's lock.
 */
abstract class PieceWork implements Work {
  private final ShardedReading reading;
  private final List<Piece> pieces = new ArrayList<>(2);

  /** Pieces that are not done, and 1 until all are added. */
  private final AtomicInteger unfinished = new AtomicInteger(1);

  PieceWork(ShardedReading reading) {
    this.reading = reading;
  }

  ShardedReading reading() {
    return reading;
  }

  /** Adds the next piece and queues it. */
  void add(Piece piece, ShardQueue[] queues) {
    pieces.add(piece);
    unfinished.incrementAndGet();
    piece.queue(queues);
  }

  /** Takes that a piece is done, or that all are added. */
  void done() {
    if (unfinished.decrementAndGet() == 0) {
      reading.crew().changed();
    }
  }

  @Override
  public boolean isDone() {
    return unfinished.get() == 0;
  }

  @Override
  public void handOut() throws IOException {
    reading.handOut(pieces);
  }
}
