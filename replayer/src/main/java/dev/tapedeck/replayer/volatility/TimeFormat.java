// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a time is written. Names in rules files are these in lower case with dashes. */
public enum TimeFormat {
  /** RFC 3339: a date and a time of day with its zone. */
  ISO8601("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d([.,]\\d{1,9})?)?(Z|[+-]\\d\\d:?\\d\\d)"),
  /** A date and a time of day without a zone, with T or a blank between them; counts as UTC. */
  DATE_TIME("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d([.,]\\d{1,9})?)?"),
  /** A date alone; counts as its begin in UTC. */
  DATE("\\d{4}-\\d\\d-\\d\\d"),
  /** RFC 9110, section 5.6.7. */
  HTTP_DATE("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"),
  /** Seconds since 1970, maybe with a fraction. */
  UNIX("\\d{9,10}(\\.\\d{1,9})?"),
  /** Milliseconds since 1970. */
  UNIX_MILLIS("\\d{12,13}(\\.\\d{1,6})?"),
  /** Microseconds since 1970. */
  UNIX_MICROS("\\d{15,16}"),
  /** Nanoseconds since 1970. */
  UNIX_NANOS("\\d{18,19}");

  private static final DateTimeFormatter ZONED =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .append(time())
          .appendPattern("[" + "X".repeat(3) + "][XX]")
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final DateTimeFormatter LOCAL =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .append(time())
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private final Pattern syntax;

  TimeFormat(String syntax) {
    this.syntax = Pattern.compile(syntax);
  }

  private static DateTimeFormatter time() {
    return new DateTimeFormatterBuilder()
        .appendPattern("HH:mm")
        .optionalStart()
        .appendPattern(":ss")
        .optionalStart()
        .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
        .optionalEnd()
        .optionalEnd()
        .toFormatter(Locale.ROOT);
  }

  /** Returns the name used in rules files. */
  public String ruleName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the format of a name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static TimeFormat named(String name) {
    for (TimeFormat format : values()) {
      if (format.ruleName().equals(name)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "format '"
            + name
            + "': expected iso8601, date-time, date, http-date, unix, unix-millis,"
            + " unix-micros or unix-nanos");
  }

  /** Returns the format in which a text is written; null when it is no time. */
  static @Nullable TimeFormat of(String text) {
    for (TimeFormat format : values()) {
      if (format.parse(text) != null) {
        return format;
      }
    }
    return null;
  }

  /** Returns the time that a text tells; null when it tells none in this format. */
  public @Nullable Instant parse(String text) {
    if (!syntax.matcher(text).matches()) {
      return null;
    }
    try {
      return switch (this) {
        case ISO8601 -> ZONED.parse(text.replace(',', '.'), Instant::from);
        case DATE_TIME ->
            LocalDateTime.parse(text.replace(' ', 'T').replace(',', '.'), LOCAL)
                .toInstant(ZoneOffset.UTC);
        case DATE -> LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
        case HTTP_DATE -> DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
        case UNIX -> epoch(text, 9);
        case UNIX_MILLIS -> epoch(text, 6);
        case UNIX_MICROS -> epoch(text, 3);
        case UNIX_NANOS -> epoch(text, 0);
      };
    } catch (DateTimeException | ArithmeticException e) {
      return null; // such as the 31st of February
    }
  }

  private static Instant epoch(String number, int digitsToNanos) {
    BigDecimal[] parts =
        new BigDecimal(number)
            .movePointRight(digitsToNanos)
            .divideAndRemainder(BigDecimal.valueOf(1_000_000_000));
    return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValue());
  }
}
