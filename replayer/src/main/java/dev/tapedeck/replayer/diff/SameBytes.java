// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.nio.ByteBuffer;
import java.util.Iterator;

/** Tells cheaply whether messages are the same bytes. */
final class SameBytes {
  /** A date has a fixed length (RFC 9110, section 5.6.7), so that offsets stay the same. */
  private static final String NAME = "\ndate: ";

  private static final int DATE_BYTES = "Sun, 06 Nov 1994 08:49:37 GMT".length();

  private SameBytes() {}

  /** Returns whether the ropes hold the same bytes, whatever their segments. */
  static boolean ropes(ByteRope baseline, ByteRope actual) {
    if (baseline.length() != actual.length()) {
      return false;
    }
    Iterator<Bytes> before = baseline.segments().iterator();
    Iterator<Bytes> now = actual.segments().iterator();
    ByteBuffer left = Bytes.empty().asBuffer();
    ByteBuffer right = left;
    while (true) {
      while (!left.hasRemaining() && before.hasNext()) {
        left = before.next().asBuffer();
      }
      while (!right.hasRemaining() && now.hasNext()) {
        right = now.next().asBuffer();
      }
      int count = Math.min(left.remaining(), right.remaining());
      if (count == 0) {
        return true;
      }
      if (!left.slice(left.position(), count).equals(right.slice(right.position(), count))) {
        return false;
      }
      left.position(left.position() + count);
      right.position(right.position() + count);
    }
  }

  /** Returns whether two heads are the same, but for the value of one Date field. */
  static boolean heads(Bytes baseline, Bytes actual) {
    if (baseline.length() != actual.length()) {
      return false;
    }
    ByteBuffer before = baseline.asBuffer();
    ByteBuffer now = actual.asBuffer();
    int first = before.mismatch(now);
    if (first < 0) {
      return true;
    }
    int value = dateBefore(baseline, first);
    if (value < 0) {
      return false;
    }
    int from = value + DATE_BYTES;
    return from <= baseline.length() && before.position(from).mismatch(now.position(from)) < 0;
  }

  /** Returns where the Date value begins in which the offset lies; -1 when it lies in none. */
  private static int dateBefore(Bytes head, int offset) {
    for (int value = offset; value > offset - DATE_BYTES && value >= NAME.length(); value--) {
      if (isName(head, value - NAME.length())) {
        return value;
      }
    }
    return -1;
  }

  private static boolean isName(Bytes head, int from) {
    for (int i = 0; i < NAME.length(); i++) {
      byte b = head.get(from + i);
      int lower = b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
      if (lower != NAME.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
