// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds, from positions and lengths alone, which bytes of a stream never come.
 *
 * <p>Events may come in any order; a missing range counts as lost when nothing later in the capture
 * fills it, or when more than a bounded number of bytes would have to wait for it.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class StreamCoverage {
  private static final long[] NONE = new long[0];

  private final long maxReorderBytes;
  private TreeMap<Long, Long> pending = new TreeMap<>();
  private long pendingBytes;
  private long next;
  private long[] gaps = NONE;
  private int used;

  StreamCoverage(long maxReorderBytes) {
    this.maxReorderBytes = maxReorderBytes;
  }

  void add(long position, long lengthBytes) {
    long end = position + lengthBytes;
    if (position > next) {
      addPending(position, end);
      while (pendingBytes > maxReorderBytes) {
        declareGap(pending.firstKey());
      }
    } else if (end > next) {
      next = end;
      absorb();
    }
  }

  /** Returns the position after the last byte that is known of; asked when nothing more comes. */
  long length() {
    return next;
  }

  private void addPending(long position, long end) {
    long from = position;
    long to = end;
    Map.Entry<Long, Long> touching = pending.floorEntry(to);
    while (touching != null && touching.getValue() >= from) {
      from = Math.min(from, touching.getKey());
      to = Math.max(to, touching.getValue());
      pending.remove(touching.getKey());
      pendingBytes -= touching.getValue() - touching.getKey();
      touching = pending.floorEntry(to);
    }
    pending.put(from, to);
    pendingBytes += to - from;
  }

  private void absorb() {
    Map.Entry<Long, Long> first = pending.firstEntry();
    while (first != null && first.getKey() <= next) {
      pending.pollFirstEntry();
      pendingBytes -= first.getValue() - first.getKey();
      next = Math.max(next, first.getValue());
      first = pending.firstEntry();
    }
  }

  private void declareGap(long to) {
    if (used == gaps.length) {
      gaps = Arrays.copyOf(gaps, Math.max(4, used * 2));
    }
    gaps[used++] = next;
    gaps[used++] = to;
    next = to;
    absorb();
  }

  /**
   * Says that nothing more comes.
   *
   * @param endPosition position after the stream's last byte; −1 when not known
   * @return the ranges that never came, ascending: each one's first position and the one after its
   *     last
   */
  long[] finish(long endPosition) {
    while (!pending.isEmpty()) {
      declareGap(pending.firstKey());
    }
    if (endPosition > next) {
      declareGap(endPosition);
    }
    pending = new TreeMap<>();
    return Arrays.copyOf(gaps, used);
  }
}
