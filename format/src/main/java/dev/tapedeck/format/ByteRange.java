// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * A part of a capture file. A record belongs to the part in which its first byte is.
 *
 * <p><b>Units:</b> bytes from the start of the file.
 *
 * @param from inclusive
 * @param to exclusive, not before {@code from}; may lie past the end of the file
 */
public record ByteRange(long from, long to) {
  public ByteRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("from=" + from + " to=" + to);
    }
  }

  /** Returns whether the byte at {@code offset} is in the range. */
  public boolean contains(long offset) {
    return offset >= from && offset < to;
  }
}
