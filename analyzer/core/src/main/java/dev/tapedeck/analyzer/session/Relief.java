// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

/**
 * Decides when open messages keep too much memory, from what they keep at checkpoints: after each
 * {@value #STRETCH} of weight of the capture's events.
 *
 * <p>What was found at a checkpoint is acted on at the next one. So shards need not wait for each
 * other at a checkpoint, and what is found depends on the events alone.
 *
 * <p><b>Threads:</b> one at a time.
 */
final class Relief {
  /** Weight of the events between two checkpoints. */
  static final long STRETCH = 4L << 20;

  /** Nothing is to be freed. */
  static final long NONE = -1;

  private final long maxOpenBytes;
  private long relieveAbove;

  Relief(long maxOpenBytes) {
    this.maxOpenBytes = maxOpenBytes;
    this.relieveAbove = maxOpenBytes;
  }

  /**
   * Returns how many bytes a channel may keep at the next checkpoint, or {@link #NONE}.
   *
   * @param heldBytes what is kept at this checkpoint, when it has freed what it was to free
   * @param openChannels how many keep it
   * @param relieved whether this checkpoint was to free something
   */
  long after(long heldBytes, long openChannels, boolean relieved) {
    if (relieved) {
      // As much as it takes to go on for a while.
      relieveAbove = Math.max(maxOpenBytes, 2 * heldBytes);
      return NONE;
    }
    if (heldBytes <= relieveAbove) {
      relieveAbove = Math.max(maxOpenBytes, Math.min(relieveAbove, 2 * heldBytes));
      return NONE;
    }
    return maxOpenBytes / 2 / Math.max(1, openChannels);
  }
}
