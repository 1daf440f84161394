// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import java.util.Arrays;

/**
 * Finds the lines of a head or trailer section in bytes that may come in pieces.
 *
 * <p><b>Lifecycle:</b> {@link #reset}, then {@link #next} with ever more bytes behind the same
 * ones; offsets are from the section's first byte, so that the bytes may move between the calls.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class LineScanner {
  /** No further line has ended yet. */
  static final int MORE = -1;

  private static final int INITIAL_LINES = 32;

  private int[] lineFeeds = new int[INITIAL_LINES];
  private int lines;
  private int scanned;
  private int lineStart;

  void reset() {
    lines = 0;
    scanned = 0;
    lineStart = 0;
  }

  /**
   * Looks for the end of the next line.
   *
   * @param array holds the section from {@code base} on
   * @param end of the bytes that have come
   * @return offset after the line's LF, or {@link #MORE}
   */
  int next(byte[] array, int base, int end) {
    int found = ByteScan.indexOfLineFeed(array, base + scanned, end);
    if (found < 0) {
      scanned = end - base;
      return MORE;
    }
    int offset = found - base;
    if (lines == lineFeeds.length) {
      lineFeeds = Arrays.copyOf(lineFeeds, lines * 2);
    }
    lineFeeds[lines++] = offset;
    lineStart = offset + 1;
    scanned = lineStart;
    return lineStart;
  }

  /** Returns how many whole lines were found. */
  int lines() {
    return lines;
  }

  /** Returns the offset of a line's first byte. */
  int start(int line) {
    return line == 0 ? 0 : lineFeeds[line - 1] + 1;
  }

  /** Returns the offset of a line's LF. */
  int lineFeed(int line) {
    return lineFeeds[line];
  }

  /** Returns the offset of the first byte that belongs to no whole line. */
  int partialStart() {
    return lineStart;
  }

  /** Returns whether the last line found holds nothing but its CR LF or LF. */
  boolean lastIsEmpty(byte[] array, int base) {
    int from = start(lines - 1);
    int length = lineFeeds[lines - 1] - from;
    return length == 0 || (length == 1 && array[base + from] == '\r');
  }
}
