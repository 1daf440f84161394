// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.time.Duration;
import java.util.Objects;

/**
 * Where a capture is cut into parts; always between blocks.
 *
 * @param unit what is counted
 * @param amount how much of it makes a part, or how many parts there are; positive
 */
public record SplitRule(Unit unit, long amount) {
  /** What is counted. */
  public enum Unit {
    /** Bytes of a part's file; a part of one block may have more. */
    BYTES,
    /** Parts of about the same size, fewer where there are fewer blocks. */
    PARTS,
    /** Nanoseconds from the first event on; times in which no block begins make no part. */
    NANOS,
    /** Blocks in a part. */
    BLOCKS
  }

  public SplitRule {
    Objects.requireNonNull(unit, "unit");
    if (amount <= 0) {
      throw new IllegalArgumentException("amount=" + amount);
    }
  }

  /** Returns the rule that cuts by time. */
  public static SplitRule ofTime(Duration time) {
    return new SplitRule(Unit.NANOS, time.toNanos());
  }

  /** Returns the rule that does not cut. */
  static SplitRule whole() {
    return new SplitRule(Unit.PARTS, 1);
  }
}
