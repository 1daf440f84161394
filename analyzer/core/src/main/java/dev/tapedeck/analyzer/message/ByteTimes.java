// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import java.util.Arrays;

/**
 * When the bytes of a body moved, and where bytes of it are missing.
 *
 * <p><b>Units:</b> offsets into the body as captured; times in monotonic nanoseconds.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class ByteTimes {
  private long[] ends = new long[8];
  private long[] nanos = new long[8];
  private int marks;
  private long[] gaps = new long[0];

  /**
   * Says that the body has grown.
   *
   * @param length how many bytes of it have come
   * @param movedNanos when the last of them had moved
   */
  public void mark(long length, long movedNanos) {
    while (marks > 0 && ends[marks - 1] >= length) {
      if (ends[marks - 1] == length) {
        return;
      }
      marks--;
    }
    if (marks == ends.length) {
      ends = Arrays.copyOf(ends, marks * 2);
      nanos = Arrays.copyOf(nanos, marks * 2);
    }
    ends[marks] = length;
    nanos[marks] = movedNanos;
    marks++;
  }

  /** Says that bytes are missing behind so many. */
  public void gap(long length) {
    if (gaps.length == 0 || gaps[gaps.length - 1] != length) {
      gaps = Arrays.copyOf(gaps, gaps.length + 1);
      gaps[gaps.length - 1] = length;
    }
  }

  /** Returns when the byte at that offset had moved; the last byte's time behind the end. */
  long nanosAt(long offset) {
    int found = Arrays.binarySearch(ends, 0, marks, offset + 1);
    int index = found >= 0 ? found : -found - 1;
    return marks == 0 ? 0 : nanos[Math.min(index, marks - 1)];
  }

  /** Returns the first offset, of that one and those behind it, before which bytes are missing. */
  long nextGap(long offset) {
    for (long gap : gaps) {
      if (gap >= offset) {
        return gap;
      }
    }
    return Long.MAX_VALUE;
  }

  /** Returns when the first byte had moved, and by when all had. */
  long firstNanos() {
    return marks == 0 ? 0 : nanos[0];
  }

  long lastNanos() {
    return marks == 0 ? 0 : nanos[marks - 1];
  }
}
