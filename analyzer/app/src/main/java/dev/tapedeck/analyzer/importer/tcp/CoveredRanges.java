// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of a stream were captured: all below a position, and ranges above it.
 *
 * <p><b>Limits:</b> {@value #MAX_RANGES} ranges; beyond, the lowest hole is given up, and what
 * comes for it is refused as if it had come before. <b>Threads:</b> confined to one.
 */
final class CoveredRanges {
  static final int MAX_RANGES = 1 << 10;

  private final TreeMap<Long, Long> above = new TreeMap<>();
  private long next;
  private long givenUpBytes;

  /** Takes what is new of a range and what was there before. */
  interface Sink {
    /** Takes a part that was not covered. */
    void fresh(long from, long to) throws IOException;

    /** Takes a part that was covered before. */
    void repeated(long from, long to) throws IOException;
  }

  /** Covers {@code [from, to)} and tells which parts of it are new. */
  void add(long from, long to, Sink sink) throws IOException {
    long at = from;
    if (at < next) {
      long end = Math.min(to, next);
      sink.repeated(at, end);
      at = end;
    }
    Map.Entry<Long, Long> before = above.floorEntry(at);
    if (before != null && before.getValue() > at && at < to) {
      long end = Math.min(to, before.getValue());
      sink.repeated(at, end);
      at = end;
    }
    while (at < to) {
      Map.Entry<Long, Long> following = above.ceilingEntry(at);
      long hole = following == null ? to : Math.min(to, following.getKey());
      if (hole > at) {
        sink.fresh(at, hole);
        at = hole;
      } else if (following != null) {
        long end = Math.min(to, following.getValue());
        sink.repeated(at, end);
        at = end;
      }
    }
    cover(from, to);
  }

  private void cover(long from, long to) {
    if (to <= next) {
      return;
    }
    if (from <= next) {
      next = to;
    } else {
      insert(from, to);
    }
    absorb();
    if (above.size() > MAX_RANGES) {
      givenUpBytes += above.firstKey() - next;
      next = above.firstKey();
      absorb();
    }
  }

  private void insert(long from, long to) {
    long start = from;
    long end = to;
    Map.Entry<Long, Long> touching = above.floorEntry(end);
    while (touching != null && touching.getValue() >= start) {
      start = Math.min(start, touching.getKey());
      end = Math.max(end, touching.getValue());
      above.remove(touching.getKey());
      touching = above.floorEntry(end);
    }
    above.put(start, end);
  }

  private void absorb() {
    Map.Entry<Long, Long> first = above.firstEntry();
    while (first != null && first.getKey() <= next) {
      above.pollFirstEntry();
      next = Math.max(next, first.getValue());
      first = above.firstEntry();
    }
  }

  /** Returns the first position from {@code from} on that is covered; {@code to} when none is. */
  long firstCovered(long from, long to) {
    if (from < next) {
      return from;
    }
    Map.Entry<Long, Long> before = above.floorEntry(from);
    if (before != null && before.getValue() > from) {
      return from;
    }
    Long following = above.ceilingKey(from);
    return following == null ? to : Math.min(to, following);
  }

  /** Returns the position after the last covered byte. */
  long end() {
    return above.isEmpty() ? next : above.lastEntry().getValue();
  }

  /** Returns how many bytes are covered. */
  long bytes() {
    long covered = next - givenUpBytes;
    for (Map.Entry<Long, Long> range : above.entrySet()) {
      covered += range.getValue() - range.getKey();
    }
    return covered;
  }
}
