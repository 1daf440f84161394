// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * Some values of an exchange, such as an index keeps them, by the names of {@code docs/JSON.md}:
 * {@code duration_us} rather than {@code duration}, {@code request.method} rather than {@code
 * method}.
 *
 * <p><b>Units:</b> durations and times in nanoseconds whatever the name says, true is 1; texts of
 * heads as sent, one character a byte.
 *
 * <p><b>Threads:</b> confined to one.
 */
public interface KnownValues {
  /**
   * Returns whether a value of the field passes; {@link Verdict#MAYBE} when its values are not
   * known here, {@link Verdict#NO} when it is known to have none.
   */
  Verdict anyNumber(String field, LongPredicate test);

  /** Returns the same of a field with texts. */
  Verdict anyText(String field, Predicate<String> test);
}
