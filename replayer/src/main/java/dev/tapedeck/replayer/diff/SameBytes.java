// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.Arrays;
import java.util.Iterator;

/** Tells cheaply whether messages are the same bytes. */
public final class SameBytes {
  /** A date has a fixed length (RFC 9110, section 5.6.7), so that offsets stay the same. */
  private static final String NAME = "\ndate: ";

  private static final int DATE_BYTES = "Sun, 06 Nov 1994 08:49:37 GMT".length();

  private SameBytes() {}

  /** Returns whether the ropes hold the same bytes, whatever their segments. */
  public static boolean ropes(ByteRope baseline, ByteRope actual) {
    return baseline.length() == actual.length() && mismatch(baseline, actual) == baseline.length();
  }

  /**
   * Returns where the ropes begin to differ: the length of the shorter one when it is the other's
   * begin.
   */
  static long mismatch(ByteRope baseline, ByteRope actual) {
    long offset = 0;
    Iterator<Bytes> before = baseline.segments().iterator();
    Iterator<Bytes> now = actual.segments().iterator();
    Bytes left = Bytes.empty();
    Bytes right = left;
    int leftAt = 0;
    int rightAt = 0;
    while (true) {
      while (leftAt == left.length() && before.hasNext()) {
        left = before.next();
        leftAt = 0;
      }
      while (rightAt == right.length() && now.hasNext()) {
        right = now.next();
        rightAt = 0;
      }
      int count = Math.min(left.length() - leftAt, right.length() - rightAt);
      if (count == 0) {
        return offset;
      }
      int differs = mismatch(left, leftAt, right, rightAt, count);
      if (differs >= 0) {
        return offset + differs;
      }
      offset += count;
      leftAt += count;
      rightAt += count;
    }
  }

  private static int mismatch(Bytes left, int leftFrom, Bytes right, int rightFrom, int count) {
    int leftStart = left.sharedOffset() + leftFrom;
    int rightStart = right.sharedOffset() + rightFrom;
    return Arrays.mismatch(
        left.sharedArray(),
        leftStart,
        leftStart + count,
        right.sharedArray(),
        rightStart,
        rightStart + count);
  }

  /** Returns whether two heads are the same, but for the value of one Date field. */
  static boolean heads(Bytes baseline, Bytes actual) {
    if (baseline.length() != actual.length()) {
      return false;
    }
    int first = mismatch(baseline, 0, actual, 0, baseline.length());
    if (first < 0) {
      return true;
    }
    int value = dateBefore(baseline, first);
    if (value < 0) {
      return false;
    }
    int from = value + DATE_BYTES;
    return from <= baseline.length()
        && mismatch(baseline, from, actual, from, baseline.length() - from) < 0;
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
