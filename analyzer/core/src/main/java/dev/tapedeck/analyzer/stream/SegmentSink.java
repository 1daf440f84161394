// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Bytes;

/** Takes one stream's bytes in their order, with gaps between them. */
public interface SegmentSink {
  /**
   * Takes bytes.
   *
   * @param position of the first byte
   * @param startNanos when they began to move, monotonic
   * @param endNanos when they had moved
   */
  void data(Bytes run, long position, long startNanos, long endNanos);

  /** Takes a gap. */
  void gap(long lengthBytes, MissingCause cause);
}
