// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

/**
 * A JSON array whose elements come and go; each has the members, and these the types, of one that
 * was recorded.
 *
 * @param minItems fewest elements
 * @param maxItems most elements
 */
public record ArrayType(int minItems, int maxItems) implements ValueType {
  public ArrayType {
    if (minItems < 0 || maxItems < minItems) {
      throw new IllegalArgumentException("array: min=" + minItems + " max=" + maxItems);
    }
  }

  @Override
  public String name() {
    return "array";
  }

  /** A text is no array. */
  @Override
  public boolean fits(String text) {
    return false;
  }
}
