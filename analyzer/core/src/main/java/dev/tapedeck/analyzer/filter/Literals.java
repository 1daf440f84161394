// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers as users write them. */
final class Literals {
  private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)([a-z]*)");
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final Map<String, Long> DURATION_NANOS =
      Map.of(
          "ns",
          1L,
          "us",
          1_000L,
          "ms",
          1_000_000L,
          "s",
          NANOS_PER_SECOND,
          "m",
          60 * NANOS_PER_SECOND,
          "h",
          3_600 * NANOS_PER_SECOND);

  private static final Map<String, Long> SIZE_BYTES =
      Map.of(
          "b", 1L, "k", 1L << 10, "kib", 1L << 10, "m", 1L << 20, "mib", 1L << 20, "g", 1L << 30,
          "gib", 1L << 30);

  private Literals() {}

  /**
   * Returns what a word means as a value of the field, in its unit.
   *
   * @param captureStartNanos since the Unix epoch, from which relative times count
   * @return null when it means nothing there
   */
  static @Nullable Long parse(Field field, String word, long captureStartNanos) {
    try {
      return switch (field.type()) {
        case NUMBER -> amount(word, Map.of(), 1);
        case SIZE -> amount(word.toLowerCase(Locale.ROOT), SIZE_BYTES, 1);
        case DURATION -> amount(word, DURATION_NANOS, field.plainUnit());
        case TIME -> time(word, captureStartNanos);
        case BOOLEAN -> truth(word);
        default -> null;
      };
    } catch (ArithmeticException | DateTimeException e) {
      // Too large, or no time: the caller says what would be right.
      return null;
    }
  }

  /** Returns whether the word is a time that depends on the capture. */
  static boolean isRelative(Field field, String word) {
    return field.type() == FieldType.TIME && word.startsWith("+");
  }

  private static @Nullable Long amount(String word, Map<String, Long> units, long plainUnit) {
    Matcher matcher = AMOUNT.matcher(word);
    if (!matcher.matches()) {
      return null;
    }
    String unit = matcher.group(2);
    Long factor = unit.isEmpty() ? Long.valueOf(plainUnit) : units.get(unit);
    BigDecimal number = new BigDecimal(matcher.group(1));
    if (factor == null || (factor == 0 && number.signum() != 0)) {
      return null;
    }
    return number.multiply(BigDecimal.valueOf(factor)).longValueExact();
  }

  private static @Nullable Long time(String word, long captureStartNanos) {
    if (word.startsWith("+")) {
      Long after = amount(word.substring(1), DURATION_NANOS, 0);
      return after == null ? null : Long.valueOf(Math.addExact(captureStartNanos, after));
    }
    if (word.indexOf('-') < 0) {
      return amount(word, Map.of(), 1);
    }
    Instant instant = OffsetDateTime.parse(word).toInstant();
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), NANOS_PER_SECOND), instant.getNano());
  }

  private static @Nullable Long truth(String word) {
    return switch (word) {
      case "true" -> 1L;
      case "false" -> 0L;
      default -> null;
    };
  }
}
