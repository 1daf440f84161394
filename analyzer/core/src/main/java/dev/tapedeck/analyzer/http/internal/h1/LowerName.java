// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/**
 * A lower-case name of at least eight characters that bytes are compared with, without ASCII case,
 * eight at a time: its first and its last eight tell up to sixteen.
 */
final class LowerName {
  private static final int WORD = Long.BYTES;

  private final int length;
  private final long first;
  private final long firstCase;
  private final long last;
  private final long lastCase;

  LowerName(String name) {
    length = name.length();
    if (length < WORD || length > 2 * WORD) {
      throw new IllegalArgumentException("name=" + name);
    }
    String tail = name.substring(length - WORD);
    first = ByteScan.text(name);
    firstCase = caseBits(name);
    last = ByteScan.text(tail);
    lastCase = caseBits(tail);
  }

  /** Returns the bit that makes a letter a lower-case one, for each letter. */
  private static long caseBits(String text) {
    StringBuilder bits = new StringBuilder(WORD);
    for (int i = 0; i < WORD; i++) {
      bits.append(Character.isLetter(text.charAt(i)) ? ' ' : '\0');
    }
    return ByteScan.text(bits.toString());
  }

  /** Returns whether the range is the name. */
  boolean equals(byte[] array, int from, int to) {
    return to - from == length && begins(array, from, to);
  }

  /** Returns whether the range begins with the name. */
  boolean begins(byte[] array, int from, int to) {
    return to - from >= length
        && (ByteScan.word(array, from + length - WORD) | lastCase) == last
        && (ByteScan.word(array, from) | firstCase) == first;
  }
}
