// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Understands a filter expression, or says where it is wrong. */
final class FilterConverter implements ITypeConverter<Filter> {
  @Override
  public Filter convert(String text) {
    try {
      return Filter.parse(text);
    } catch (FilterSyntaxException e) {
      TypeConversionException failure = new TypeConversionException(String.valueOf(e.getMessage()));
      failure.initCause(e);
      throw failure;
    }
  }
}
