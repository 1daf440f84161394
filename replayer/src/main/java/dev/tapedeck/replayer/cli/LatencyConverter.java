// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads how long answers take: {@code none}, {@code recorded}, or {@code x10} for ten times faster.
 */
final class LatencyConverter implements ITypeConverter<Double> {
  @Override
  public Double convert(String text) {
    if (text.equals("none")) {
      return 0.0;
    } else if (text.equals("recorded")) {
      return 1.0;
    } else if (text.matches("x[0-9]{1,6}(?:\\.[0-9]{1,6})?")
        && Double.parseDouble(text.substring(1)) > 0) {
      return Double.valueOf(text.substring(1));
    }
    throw new TypeConversionException("'" + text + "': expected none, recorded, or xN such as x10");
  }
}
