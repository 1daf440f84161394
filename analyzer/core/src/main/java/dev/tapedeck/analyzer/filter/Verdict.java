// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

/** Whether an expression means an exchange of which some values only are known. */
public enum Verdict {
  /** It does not, whatever the others are. */
  NO,
  /** What is known does not tell. */
  MAYBE,
  /** It does, whatever the others are. */
  YES;

  /** Returns what is true of both. */
  Verdict and(Verdict other) {
    return compareTo(other) < 0 ? this : other;
  }

  /** Returns what is true of one of them. */
  Verdict or(Verdict other) {
    return compareTo(other) > 0 ? this : other;
  }

  /** Returns the opposite; what is not known stays so. */
  Verdict not() {
    return this == MAYBE ? MAYBE : this == YES ? NO : YES;
  }

  /** Returns what is known. */
  public static Verdict of(boolean known) {
    return known ? YES : NO;
  }
}
