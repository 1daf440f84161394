// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.content;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.List;

/** Goes through a rope's bytes, run by run or one by one, up to a given number of them. */
final class RopeCursor {
  private final List<Bytes> segments;
  private int segment;
  private int offset;
  private long remaining;

  RopeCursor(ByteRope rope, long limit) {
    segments = rope.segments();
    remaining = Math.min(limit, rope.length());
  }

  /** Makes one that stands where the other does. */
  RopeCursor(RopeCursor other) {
    segments = other.segments;
    segment = other.segment;
    offset = other.offset;
    remaining = other.remaining;
  }

  long remaining() {
    return remaining;
  }

  /** Returns the bytes that lie together here; empty at the end only. */
  Bytes run() {
    if (remaining == 0) {
      return Bytes.empty();
    }
    while (offset == segments.get(segment).length()) {
      segment++;
      offset = 0;
    }
    Bytes here = segments.get(segment);
    return here.slice(offset, offset + (int) Math.min(remaining, here.length() - offset));
  }

  /** Goes on by no more bytes than {@link #run} has. */
  void skip(int count) {
    offset += count;
    remaining -= count;
  }

  /** Returns the next byte, −1 at the end. */
  int next() {
    Bytes here = run();
    if (here.isEmpty()) {
      return -1;
    }
    skip(1);
    return here.get(0) & 0xff;
  }

  /**
   * Returns the next bytes as a number, least significant first; −1 when they are not all there.
   */
  long littleEndian(int bytes) {
    return number(bytes, true);
  }

  /** The same, most significant first. */
  long bigEndian(int bytes) {
    return number(bytes, false);
  }

  private long number(int bytes, boolean little) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      int next = next();
      if (next < 0) {
        return -1;
      }
      value = little ? value | ((long) next << (8 * i)) : (value << 8) | next;
    }
    return value;
  }
}
