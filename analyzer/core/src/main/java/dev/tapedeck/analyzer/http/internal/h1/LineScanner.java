// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import java.util.Arrays;

/**
 * Finds the lines of a head or trailer section in bytes that may come in pieces.
 *
 * <p>Lines end in CR LF or LF; in CR alone, too, once {@link #splitAtCarriageReturns} was called.
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

  /** Nearly all heads are read without this: most connections never need room. */
  private static final int[] NONE = new int[0];

  /** Offset of the last byte of each line's end. */
  private int[] lineEnds = NONE;

  private int lines;
  private int scanned;
  private int lineStart;
  private boolean carriageReturns;
  private boolean sawControls;

  void reset() {
    lines = 0;
    scanned = 0;
    lineStart = 0;
    carriageReturns = false;
    sawControls = false;
  }

  /** Begins again, with lines that may end in CR alone. */
  void splitAtCarriageReturns() {
    reset();
    carriageReturns = true;
  }

  /** Returns whether lines may end in CR alone. */
  boolean splitsAtCarriageReturns() {
    return carriageReturns;
  }

  /** Returns whether a line holds a control other than tabs, such as a CR that is not its end. */
  boolean sawControls() {
    return sawControls;
  }

  /**
   * Looks for the end of the next line.
   *
   * @param array holds the section from {@code base} on
   * @param end of the bytes that have come
   * @return offset after the line's end, or {@link #MORE}
   */
  int next(byte[] array, int base, int end) {
    int at = base + scanned;
    while (true) {
      at = ByteScan.indexOfLineControl(array, at, end);
      if (at < 0) {
        scanned = end - base;
        return MORE;
      }
      byte b = array[at];
      if (b == '\r') {
        if (at + 1 == end) {
          scanned = at - base;
          return MORE;
        }
        if (array[at + 1] == '\n') {
          return line(at + 1 - base);
        }
        if (carriageReturns) {
          return line(at - base);
        }
        sawControls = true;
      } else if (b == '\n') {
        return line(at - base);
      } else if (b != '\t') {
        sawControls = true;
      }
      at++;
    }
  }

  private int line(int lineEnd) {
    if (lines == lineEnds.length) {
      lineEnds = Arrays.copyOf(lineEnds, Math.max(INITIAL_LINES, lines * 2));
    }
    lineEnds[lines++] = lineEnd;
    lineStart = lineEnd + 1;
    scanned = lineStart;
    return lineStart;
  }

  /** Returns how many whole lines were found. */
  int lines() {
    return lines;
  }

  /** Returns the offset of a line's first byte. */
  int start(int line) {
    return line == 0 ? 0 : lineEnds[line - 1] + 1;
  }

  /** Returns the offset of the last byte of a line's end. */
  int lineEnd(int line) {
    return lineEnds[line];
  }

  /** Returns the offset after a line's content, with at most one CR taken off. */
  int contentEnd(byte[] array, int base, int line) {
    int end = lineEnds[line];
    return end > start(line) && array[base + end] == '\n' && array[base + end - 1] == '\r'
        ? end - 1
        : end;
  }

  /** Returns the offset of the first byte that belongs to no whole line. */
  int partialStart() {
    return lineStart;
  }

  /** Returns whether the last line found holds nothing but its end. */
  boolean lastIsEmpty(byte[] array, int base) {
    return contentEnd(array, base, lines - 1) == start(lines - 1);
  }
}
