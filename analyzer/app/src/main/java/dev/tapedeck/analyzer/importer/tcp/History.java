// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * The latest bytes of all streams, so that a retransmission can be compared with what it repeats.
 *
 * <p><b>Limits:</b> {@value #MAX_BYTES} bytes of all streams together. <b>Threads:</b> confined to
 * one. <b>Ownership:</b> keeps the arrays of packets alive.
 */
final class History {
  static final int MAX_BYTES = 16 << 20;

  /** What a run costs beside its bytes, about. */
  private static final int RUN_OVERHEAD_BYTES = 128;

  private final ArrayDeque<OfStream> order = new ArrayDeque<>();
  private long bytes;

  /** A run of captured bytes at its place. */
  record Run(long position, Bytes bytes) {
    long end() {
      return position + bytes.length();
    }
  }

  /** The latest runs of one stream, oldest first. */
  final class OfStream {
    private final ArrayDeque<Run> runs = new ArrayDeque<>(4);

    void add(long position, Bytes run) {
      runs.addLast(new Run(position, run));
      order.addLast(this);
      bytes += run.sharedArray().length + RUN_OVERHEAD_BYTES;
      while (bytes > MAX_BYTES) {
        order.removeFirst().forgetOldest();
      }
    }

    private void forgetOldest() {
      bytes -= runs.removeFirst().bytes().sharedArray().length + RUN_OVERHEAD_BYTES;
    }

    /**
     * Hands out the parts of a repeated run whose bytes differ from those that are remembered; each
     * lies in one run of before.
     */
    void differences(long position, Bytes repeated, ConflictSink sink) throws IOException {
      long end = position + repeated.length();
      for (Run before : runs) {
        long from = Math.max(position, before.position());
        long to = Math.min(end, before.end());
        if (from < to) {
          Bytes now = repeated.slice((int) (from - position), (int) (to - position));
          Bytes then =
              before
                  .bytes()
                  .slice((int) (from - before.position()), (int) (to - before.position()));
          if (!now.equals(then)) {
            sink.conflict(from, now);
          }
        }
      }
    }
  }

  /** Takes bytes that came again with another value. */
  interface ConflictSink {
    void conflict(long position, Bytes bytes) throws IOException;
  }

  OfStream newStream() {
    return new OfStream();
  }
}
