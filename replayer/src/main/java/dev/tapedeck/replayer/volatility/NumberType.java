// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number, such as a counter or a measurement.
 *
 * @param integer whether it has no fraction
 * @param min smallest; null when there is no bound
 * @param max largest; null when there is no bound
 */
public record NumberType(boolean integer, @Nullable BigDecimal min, @Nullable BigDecimal max)
    implements ValueType {
  /** What JSON, and nearly everybody else, writes (RFC 8259, section 6), with leading zeros. */
  private static final Pattern SYNTAX =
      Pattern.compile("-?\\d{1,40}(\\.\\d{1,40})?([eE][-+]?\\d{1,3})?");

  private static final Pattern INTEGER = Pattern.compile("-?\\d{1,40}");

  public NumberType {
    if (min != null && max != null && min.compareTo(max) > 0) {
      throw new IllegalArgumentException("number: min=" + min + " max=" + max);
    }
  }

  @Override
  public String name() {
    return integer ? "integer" : "number";
  }

  @Override
  public boolean fits(String text) {
    if (!(integer ? INTEGER : SYNTAX).matcher(text).matches()) {
      return false;
    }
    BigDecimal value = new BigDecimal(text);
    return (min == null || value.compareTo(min) >= 0) && (max == null || value.compareTo(max) <= 0);
  }
}
