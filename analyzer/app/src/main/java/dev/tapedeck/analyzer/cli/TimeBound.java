// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A moment as users write it: {@code 2026-03-01T12:00:00Z}, or {@code +30s} from a capture's start.
 *
 * @param nanos since the Unix epoch, or since the capture's first event
 * @param relative whether it is the latter
 */
record TimeBound(long nanos, boolean relative) {
  /** Returns the moment in nanoseconds since the Unix epoch. */
  long realNanos(long startRealNanos) {
    return relative ? startRealNanos + nanos : nanos;
  }

  /** Converts on the command line. */
  static final class Converter implements ITypeConverter<TimeBound> {
    @Override
    public TimeBound convert(String text) {
      if (text.startsWith("+")) {
        return new TimeBound(DurationConverter.parse(text.substring(1)).toNanos(), true);
      }
      try {
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
