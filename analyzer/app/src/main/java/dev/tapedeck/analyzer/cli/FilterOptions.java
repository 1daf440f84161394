// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.analyzer.stream.HostTimes;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which exchanges a command is about. */
final class FilterOptions {
  @Option(
      names = "--filter",
      paramLabel = "EXPR",
      converter = Converter.class,
      description = {
        "Exchanges that the expression means, such as 'status >= 500 and duration > 1s';"
            + " --help filter explains."
      })
  private @Nullable Filter filter;

  /** Understands an expression, or says where it is wrong. */
  static final class Converter implements ITypeConverter<Filter> {
    @Override
    public Filter convert(String text) {
      try {
        return Filter.parse(text);
      } catch (FilterSyntaxException e) {
        TypeConversionException failure =
            new TypeConversionException(String.valueOf(e.getMessage()));
        failure.initCause(e);
        throw failure;
      }
    }
  }

  boolean isGiven() {
    return filter != null;
  }

  /**
   * Returns which of a capture's exchanges are meant.
   *
   * @throws IOException when the capture has to be read for its start, and cannot be
   */
  Predicate<Exchange> of(CaptureReader reader) throws IOException {
    if (filter == null) {
      return exchange -> true;
    }
    if (!filter.hasRelativeTimes()) {
      return filter;
    }
    HostTimes times = new HostTimes();
    reader.read(Projection.METADATA, times::add);
    return filter.startingAt(times.startRealNanos());
  }
}
