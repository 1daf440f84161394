// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a volatile value still has to be: a value may change, but not into something else.
 *
 * <p><b>Threads:</b> immutable.
 */
public sealed interface ValueType
    permits ArrayType, Base64Type, HexType, JwtType, NumberType, TextType, TimeType, UuidType {
  /** Returns the name in rules files. */
  String name();

  /** Returns whether a text is a value of the type, whatever the time. */
  boolean fits(String text);

  /**
   * Returns what of a value may not change, as a key: two values that fit are the same when their
   * keys are equal.
   */
  default String steady(String text) {
    return "";
  }

  /**
   * Returns how far after the answer the time is that a value tells; null for what tells none.
   *
   * @param answeredEpochNanos when the answer came that holds it
   */
  default @Nullable Duration offset(String text, long answeredEpochNanos) {
    return null;
  }
}
