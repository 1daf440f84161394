// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import java.util.Arrays;

/**
 * The field lines of the last regular head of a direction. Clients and servers say most of them
 * again, byte for byte, so that comparing them is all there is to read.
 *
 * <p><b>Ownership:</b> keeps the array that the head lies in until {@link #forget}. <b>Threads:</b>
 * confined to one.
 */
final class HeadMemory {
  private static final int MAX_LINES = 24;
  private static final byte[] NOTHING = new byte[0];

  private byte[] array = NOTHING;

  /** Of the first line's first byte; the other indexes count from there. */
  private int from;

  private int lines;

  /** A bit for each line: whether what it says concerns the reading of the message. */
  private int concerning;

  private final short[] ends = new short[MAX_LINES];
  private final short[] nameEnds = new short[MAX_LINES];
  private final short[] valueStarts = new short[MAX_LINES];
  private final short[] valueEnds = new short[MAX_LINES];

  void forget() {
    array = NOTHING;
    lines = 0;
    concerning = 0;
  }

  /**
   * Reads the lines that are the same as in the last head, and takes the place of that.
   *
   * @param head index of the head's first byte
   * @param at index of its first field line
   * @return the index after the last line that was read
   */
  int recall(byte[] in, int head, int at, int end, ParsedMessage message) {
    int read = 0;
    int next = at;
    if (lines > 0) {
      int length = Math.min(end - at, ends[lines - 1]);
      int same = Arrays.mismatch(in, at, at + length, array, from, from + length);
      same = same < 0 ? length : same;
      read = same == length && length == ends[lines - 1] ? lines : linesWithin(same);
      next = read == 0 ? at : at + ends[read - 1];
      for (int left = concerning & ((1 << read) - 1); left != 0; left &= left - 1) {
        int line = Integer.numberOfTrailingZeros(left);
        message.facts.field(
            in,
            head,
            line == 0 ? at : at + ends[line - 1],
            at + nameEnds[line],
            at + valueStarts[line],
            at + valueEnds[line],
            message);
      }
    }
    array = in;
    from = at;
    lines = read;
    concerning &= (1 << read) - 1;
    return next;
  }

  /** Returns how many of the lines end within so many bytes. */
  private int linesWithin(int bytes) {
    int count = 0;
    while (count < lines && ends[count] <= bytes) {
      count++;
    }
    return count;
  }

  /** Takes the line behind those that are known, for as many as there is room. */
  void remember(int nameEnd, int valueStart, int valueEnd, int lineEnd) {
    if (lines < MAX_LINES && lineEnd - from <= Short.MAX_VALUE) {
      int start = lines == 0 ? 0 : ends[lines - 1];
      concerning |= HeadFacts.mayConcern(nameEnd - from - start) ? 1 << lines : 0;
      nameEnds[lines] = (short) (nameEnd - from);
      valueStarts[lines] = (short) (valueStart - from);
      valueEnds[lines] = (short) (valueEnd - from);
      ends[lines++] = (short) (lineEnd - from);
    }
  }
}
