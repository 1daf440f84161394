// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

/**
 * How long a text may be, in characters, both inclusive.
 *
 * @param min at least 0
 * @param max at least min
 */
public record LengthRange(int min, int max) {
  /** Anything but an empty text. */
  public static final LengthRange NOT_EMPTY = new LengthRange(1, Integer.MAX_VALUE);

  public LengthRange {
    if (min < 0 || max < min) {
      throw new IllegalArgumentException("length from " + min + " to " + max);
    }
  }

  boolean contains(String text) {
    return text.length() >= min && text.length() <= max;
  }
}
