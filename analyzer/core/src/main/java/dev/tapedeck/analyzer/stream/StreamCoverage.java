// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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

  /** Null for as long as nothing had to wait, as in nearly all streams. */
  private @Nullable TreeMap<Long, Long> pending;

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
      TreeMap<Long, Long> waiting = pending;
      if (waiting == null) {
        waiting = new TreeMap<>();
        pending = waiting;
      }
      addPending(waiting, position, end);
      while (pendingBytes > maxReorderBytes) {
        declareGap(waiting.firstKey());
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

  private void addPending(NavigableMap<Long, Long> waiting, long position, long end) {
    long from = position;
    long to = end;
    Map.Entry<Long, Long> touching = waiting.floorEntry(to);
    while (touching != null && touching.getValue() >= from) {
      from = Math.min(from, touching.getKey());
      to = Math.max(to, touching.getValue());
      waiting.remove(touching.getKey());
      pendingBytes -= touching.getValue() - touching.getKey();
      touching = waiting.floorEntry(to);
    }
    waiting.put(from, to);
    pendingBytes += to - from;
  }

  private void absorb() {
    TreeMap<Long, Long> waiting = pending;
    if (waiting == null) {
      return;
    }
    Map.Entry<Long, Long> first = waiting.firstEntry();
    while (first != null && first.getKey() <= next) {
      waiting.pollFirstEntry();
      pendingBytes -= first.getValue() - first.getKey();
      next = Math.max(next, first.getValue());
      first = waiting.firstEntry();
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
    TreeMap<Long, Long> waiting = pending;
    while (waiting != null && !waiting.isEmpty()) {
      declareGap(waiting.firstKey());
    }
    if (endPosition > next) {
      declareGap(endPosition);
    }
    pending = null;
    return used == 0 ? NONE : Arrays.copyOf(gaps, used);
  }
}
