// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
final class Human {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DATE_AND_CLOCK =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Human() {}

  /** Returns such as {@code 1 event} or {@code 3 events}. */
  static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** Returns the same as {@link #bytes} in at most six characters: {@code 512B}, {@code 1.2K}. */
  static String shortBytes(long count) {
    return bytes(count).replace(" ", "").replace("iB", "");
  }

  /** Returns the same as {@link #duration} without the space. */
  static String shortDuration(long nanos) {
    return duration(nanos).replace(" ", "");
  }

  /** Returns such as {@code 512 B} or {@code 1.2 KiB}. */
  static String bytes(long count) {
    if (count < 1024) {
      return count + " B";
    }
    String[] units = {"KiB", "MiB", "GiB", "TiB"};
    double value = count / 1024.0;
    int unit = 0;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /** Returns such as {@code 850 us}, {@code 1.2 ms} or {@code 3.4 s}. */
  static String duration(long nanos) {
    double micros = nanos / 1000.0;
    if (micros < 999.5) {
      return String.format(Locale.ROOT, "%.0f us", micros);
    } else if (micros < 999_950) {
      return String.format(Locale.ROOT, "%.1f ms", micros / 1000);
    }
    return String.format(Locale.ROOT, "%.1f s", micros / 1_000_000);
  }

  /** Returns the time of day in UTC, to the millisecond. */
  static String clock(long epochNanos) {
    return CLOCK.format(instant(epochNanos));
  }

  /** Returns the time of day in UTC, to the second. */
  static String clockSeconds(long epochNanos) {
    return clock(epochNanos).substring(0, "HH:mm:ss".length());
  }

  /** Returns date and time in UTC, to the microsecond; {@code not known} for null. */
  static String dateAndClock(@Nullable Long epochNanos) {
    return epochNanos == null ? "not known" : DATE_AND_CLOCK.format(instant(epochNanos));
  }

  private static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, NANOS_PER_SECOND), Math.floorMod(epochNanos, NANOS_PER_SECOND));
  }
}
