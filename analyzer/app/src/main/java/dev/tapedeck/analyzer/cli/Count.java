// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.math.BigInteger;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How many of something, as users write it. */
final class Count {
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,19}");

  private Count() {}

  /** Converts on the command line what may be any number from 0. */
  static final class OfLong implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return parse(text, Long.MAX_VALUE);
    }
  }

  /** The same for what is kept in an int. */
  static final class OfInt implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) parse(text, Integer.MAX_VALUE);
    }
  }

  private static long parse(String text, long max) {
    if (DIGITS.matcher(text).matches()) {
      BigInteger number = new BigInteger(text);
      if (number.compareTo(BigInteger.valueOf(max)) <= 0) {
        return number.longValue();
      }
    }
    throw new TypeConversionException("'" + text + "' is no number from 0 to " + max);
  }
}
