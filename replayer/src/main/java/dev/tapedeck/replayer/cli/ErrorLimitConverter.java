// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.engine.ErrorLimit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads limits of errors as users write them: {@code 100}, {@code 5%}, {@code 100,5%}. */
final class ErrorLimitConverter implements ITypeConverter<ErrorLimit> {
  @Override
  public ErrorLimit convert(String text) {
    try {
      return ErrorLimit.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
