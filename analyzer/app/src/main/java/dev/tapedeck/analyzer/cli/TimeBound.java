// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A moment as users write it: {@code 2026-03-01T12:00:00Z}, or {@code +30s} from a capture's start.
 *
 * @param nanos since the Unix epoch, or since the capture's first event
 * @param relative whether it is the latter
 */
record TimeBound(long nanos, boolean relative) {
  private static final Pattern RELATIVE =
      Pattern.compile("\\+([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ns|us|ms|s|m|h|d)");

  private static final Map<String, Long> UNIT_NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);

  /** Returns the moment in nanoseconds since the Unix epoch. */
  long realNanos(long startRealNanos) {
    return relative ? startRealNanos + nanos : nanos;
  }

  /** Converts on the command line. */
  static final class Converter implements ITypeConverter<TimeBound> {
    @Override
    public TimeBound convert(String text) {
      try {
        Matcher matcher = RELATIVE.matcher(text);
        if (matcher.matches()) {
          BigDecimal nanos =
              new BigDecimal(matcher.group(1))
                  .multiply(BigDecimal.valueOf(UNIT_NANOS.getOrDefault(matcher.group(2), 0L)))
                  .setScale(0, RoundingMode.HALF_UP);
          return new TimeBound(nanos.longValueExact(), true);
        }
        Instant instant = OffsetDateTime.parse(text).toInstant();
        return new TimeBound(
            Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano()),
            false);
      } catch (DateTimeException | ArithmeticException e) {
        throw new TypeConversionException(
            "'"
                + text
                + "' is no time; write such as 2026-03-01T12:00:00Z, or +30s from the start");
      }
    }
  }
}
