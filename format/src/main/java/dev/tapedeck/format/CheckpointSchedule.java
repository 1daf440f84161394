// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Says when the next checkpoint is due: after so many bytes, so much time of the events, or so many
 * blocks.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class CheckpointSchedule {
  /** Keeps the body of a checkpoint far below the size that readers take. */
  private static final int MAX_INDEX_ROWS = 1 << 16;

  private final long everyBytes;
  private final long everyNanos;
  private long lastOffset;
  private long lastNanos = -1;

  CheckpointSchedule(WriterOptions options) {
    this.everyBytes = options.checkpointBytes();
    this.everyNanos = options.checkpointAge().toNanos();
  }

  boolean isDue(long fileBytes, long nowNanos, int indexRows) {
    if (lastNanos < 0) {
      lastNanos = nowNanos;
    }
    return indexRows >= MAX_INDEX_ROWS
        || fileBytes - lastOffset >= everyBytes
        || nowNanos - lastNanos >= everyNanos;
  }

  void written(long offset, long nowNanos) {
    lastOffset = offset;
    lastNanos = nowNanos;
  }
}
