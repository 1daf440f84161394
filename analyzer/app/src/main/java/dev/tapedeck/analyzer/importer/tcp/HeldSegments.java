// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import dev.tapedeck.analyzer.importer.packet.Segment;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Segments of a connection of which it is not known yet what it carries.
 *
 * <p><b>Limits:</b> {@value #MAX_SEGMENTS} segments, {@value #MAX_BYTES} bytes; then it must be
 * decided. <b>Threads:</b> confined to one.
 */
final class HeldSegments {
  static final int MAX_SEGMENTS = 24;
  static final int MAX_BYTES = 256 << 10;

  /** Lost before the first segment at most; more is an acknowledgment of another connection. */
  private static final int MAX_LOST = 1 << 20;

  private final List<Held> held = new ArrayList<>(2);
  private int bytes;

  /** A segment and who sent it. */
  record Held(boolean fromLow, Segment segment) {}

  void add(boolean fromLow, Segment segment) {
    held.add(new Held(fromLow, segment));
    bytes += segment.payload().sharedArray().length;
  }

  boolean isFull() {
    return held.size() >= MAX_SEGMENTS || bytes >= MAX_BYTES;
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  long firstNanos() {
    return held.get(0).segment().epochNanos();
  }

  List<Held> all() {
    return held;
  }

  void clear() {
    held.clear();
    bytes = 0;
  }

  /**
   * Returns the first bytes of one end as far as they hang together.
   *
   * @param stream knows the sequence number of the first byte, if that is known
   */
  Bytes head(boolean fromLow, TcpStream stream) {
    List<Segment> ordered = new ArrayList<>(held.size());
    for (Held item : held) {
      if (item.fromLow() == fromLow && item.segment().length() > 0) {
        ordered.add(item.segment());
      }
    }
    if (ordered.isEmpty()) {
      return Bytes.empty();
    }
    int base = lowest(ordered);
    ordered.sort(Comparator.comparingInt(segment -> segment.dataSequence() - base));
    int from = stream.isFromSyn() ? (int) stream.positionOf(base) : 0;
    byte[] head = new byte[FirstBytes.ENOUGH];
    int have = 0;
    for (Segment segment : ordered) {
      int at = from + (segment.dataSequence() - base);
      int end = at + segment.payload().length();
      if (at > have) {
        break;
      }
      int to = Math.min(end, head.length);
      if (to > have) {
        segment.payload().copyTo(have - at, head, have, to - have);
        have = to;
      }
    }
    return Bytes.wrap(head, 0, have);
  }

  /** Returns the bytes that one end sent so far. */
  long length(boolean fromLow) {
    long length = 0;
    for (Held item : held) {
      length += item.fromLow() == fromLow ? item.segment().length() : 0;
    }
    return length;
  }

  /**
   * Makes the first byte that an end sent position 0: the first one that was captured, or the one
   * before it that the peer expected first.
   */
  void anchor(boolean fromLow, TcpStream stream) {
    List<Segment> own = new ArrayList<>();
    Integer expected = null;
    for (Held item : held) {
      if (item.fromLow() == fromLow) {
        own.add(item.segment());
      } else if (expected == null && item.segment().isAck()) {
        expected = item.segment().acknowledgment();
      }
    }
    if (own.isEmpty()) {
      return;
    }
    int first = lowest(own);
    int lost = expected == null ? 0 : first - expected;
    stream.anchor(lost > 0 && lost < MAX_LOST ? first - lost : first, false);
  }

  private static int lowest(List<Segment> segments) {
    int lowest = segments.get(0).dataSequence();
    for (Segment segment : segments) {
      if (segment.dataSequence() - lowest < 0) {
        lowest = segment.dataSequence();
      }
    }
    return lowest;
  }
}
