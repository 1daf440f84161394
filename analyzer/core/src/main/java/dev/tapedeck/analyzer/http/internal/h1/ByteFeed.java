// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.format.Bytes;

/**
 * Hands the bytes of a stream to a parser step by step, those first that it has put back.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the array of the run is its owner's: read
 * only.
 */
abstract class ByteFeed {
  private static final Bytes NOTHING = Bytes.empty();
  private static final byte[] NO_ARRAY = new byte[0];

  /** The run that is read, its array, and the index of its first byte there. */
  Bytes source = NOTHING;

  byte[] array = NO_ARRAY;
  int base;

  /** When the bytes of the run began to move, and when they had moved. */
  long startNanos;

  long endNanos;

  /** Whether reading stops before the next byte. */
  boolean paused;

  /** Position after the last byte that was taken, or is known to be missing. */
  long reached;

  final Unread unread = new Unread();
  private long position;

  /**
   * Reads some bytes of the run.
   *
   * @param at index of the first one
   * @param end index after the last one that is there
   * @return index after the last one that was taken
   */
  abstract int step(int at, int end);

  /**
   * Takes bytes in.
   *
   * @param run the bytes; the parser keeps views of it
   * @param runPosition of its first byte in the stream
   * @param runStartNanos when they began to move
   * @param runEndNanos when they had moved
   * @return how many bytes were taken: fewer than given when the sink was not ready for the message
   *     that begins there
   */
  public final int feed(Bytes run, long runPosition, long runStartNanos, long runEndNanos) {
    startNanos = runStartNanos;
    endNanos = runEndNanos;
    if (!resume()) {
      return 0;
    }
    int taken = read(run, runPosition);
    reached = runPosition + taken;
    return taken;
  }

  /** Returns whether bytes that were taken wait for the sink to be ready. */
  public final boolean isWaiting() {
    return !unread.isEmpty();
  }

  /** Goes on with the bytes that wait; returns whether none do any more. */
  public final boolean resume() {
    paused = false;
    readUnread();
    return unread.isEmpty();
  }

  /** Returns the position of the first byte that waits. */
  public final long waitingPosition() {
    return unread.position();
  }

  /** Hands out the bytes that wait, which are of the protocol that was switched to. */
  public final Bytes takeWaiting() {
    return unread.take();
  }

  private int read(Bytes run, long runPosition) {
    source = run;
    array = run.sharedArray();
    base = run.sharedOffset();
    position = runPosition;
    paused = false;
    int at = base;
    int end = base + run.length();
    while (at < end && !paused) {
      at = step(at, end);
      readUnread();
    }
    int taken = at - base;
    source = NOTHING;
    return taken;
  }

  private void readUnread() {
    while (!unread.isEmpty() && !paused) {
      Bytes outerSource = source;
      long outerPosition = position;
      long runPosition = unread.position();
      Bytes run = unread.take();
      int taken = read(run, runPosition);
      if (taken < run.length()) {
        unread.putBehind(run.slice(taken, run.length()), runPosition + taken);
      }
      source = outerSource;
      array = outerSource.sharedArray();
      base = outerSource.sharedOffset();
      position = outerPosition;
    }
  }

  /** Lets go of the run that was read last. */
  final void forgetRun() {
    source = NOTHING;
    array = NO_ARRAY;
    base = 0;
  }

  /** Returns the position of a byte of the run by its index. */
  final long positionAt(int at) {
    return position + (at - base);
  }
}
