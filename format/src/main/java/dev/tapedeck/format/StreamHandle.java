// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import org.jspecify.annotations.Nullable;

/**
 * Names one stream again and again to a {@link CaptureWriter}, which keeps here what its open block
 * calls it, so that no event needs a look-up.
 *
 * <p><b>Threads:</b> confined to the thread that writes. One handle may serve several writers, one
 * after the other.
 */
public final class StreamHandle {
  private final StreamId id;
  private BlockStreams.@Nullable Entry entry;

  /** Makes a handle for a stream. */
  public StreamHandle(StreamId id) {
    this.id = id;
  }

  /** Returns the stream. */
  public StreamId id() {
    return id;
  }

  /** Returns the entry of some block that was kept last; null when none was. */
  BlockStreams.@Nullable Entry entry() {
    return entry;
  }

  void keep(BlockStreams.Entry found) {
    entry = found;
  }
}
