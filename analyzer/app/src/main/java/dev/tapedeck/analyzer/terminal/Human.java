// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
public final class Human {
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_DAY = 86_400 * NANOS_PER_SECOND;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long KIBI = 1024;
  private static final String[] BYTE_UNITS = {"KiB", "MiB", "GiB", "TiB"};

  /** What would show as 1000.0 belongs to the next unit. */
  private static final long LARGEST_TENTHS = 10_000;

  private Human() {}

  /** Returns such as {@code 1 event} or {@code 3 events}. */
  public static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** Returns the same as {@link #bytes} in at most six characters: {@code 512B}, {@code 1.2K}. */
  public static String shortBytes(long count) {
    return bytes(count).replace(" ", "").replace("iB", "");
  }

  /** Returns the same as {@link #duration} without the space. */
  public static String shortDuration(long nanos) {
    return duration(nanos).replace(" ", "");
  }

  /** Returns such as {@code 512 B} or {@code 1.2 KiB}. */
  public static String bytes(long count) {
    if (count < KIBI) {
      return count + " B";
    }
    long unit = KIBI;
    int name = 0;
    while (name < BYTE_UNITS.length - 1 && tenths(count, unit) >= LARGEST_TENTHS) {
      unit *= KIBI;
      name++;
    }
    return decimal(tenths(count, unit)) + " " + BYTE_UNITS[name];
  }

  /** Returns such as {@code 850 us}, {@code 1.2 ms} or {@code 3.4 s}. */
  public static String duration(long nanos) {
    long micros = (nanos + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
    if (micros < 1000) {
      return micros + " us";
    }
    long tenthsOfMilli = tenths(nanos, NANOS_PER_MILLI);
    return tenthsOfMilli < LARGEST_TENTHS
        ? decimal(tenthsOfMilli) + " ms"
        : decimal(tenths(nanos, NANOS_PER_SECOND)) + " s";
  }

  /** Returns seconds with six decimals, padded to {@code width}. */
  public static String seconds(long nanos, int width) {
    long micros = Math.abs(nanos) / NANOS_PER_MICRO;
    return DisplayWidth.padLeft(
        (nanos < 0 ? "-" : "")
            + micros / MICROS_PER_SECOND
            + "."
            + digits(micros % MICROS_PER_SECOND, 6),
        width);
  }

  /** Returns {@code value / unit} in tenths, rounded half up. */
  private static long tenths(long value, long unit) {
    return value / unit * 10 + (value % unit * 10 + unit / 2) / unit;
  }

  private static String decimal(long tenths) {
    return tenths / 10 + "." + tenths % 10;
  }

  /** Returns the time of day in UTC, to the millisecond. */
  public static String clock(long epochNanos) {
    return timeOfDay(epochNanos, 3);
  }

  /** Returns the time of day in UTC, to the second. */
  public static String clockSeconds(long epochNanos) {
    return clock(epochNanos).substring(0, "HH:mm:ss".length());
  }

  /** Returns date and time in UTC, to the microsecond; {@code not known} for null. */
  public static String dateAndClock(@Nullable Long epochNanos) {
    if (epochNanos == null) {
      return "not known";
    }
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(epochNanos, NANOS_PER_DAY));
    return date + " " + timeOfDay(epochNanos, 6) + " UTC";
  }

  /** A formatter of java.time would take longer to set up than most commands run. */
  private static String timeOfDay(long epochNanos, int decimals) {
    long nanos = Math.floorMod(epochNanos, NANOS_PER_DAY);
    long seconds = nanos / NANOS_PER_SECOND;
    return digits(seconds / 3600, 2)
        + ":"
        + digits(seconds / 60 % 60, 2)
        + ":"
        + digits(seconds % 60, 2)
        + "."
        + digits(nanos % NANOS_PER_SECOND, 9).substring(0, decimals);
  }

  private static String digits(long value, int count) {
    String text = Long.toString(value);
    return "0".repeat(count - text.length()) + text;
  }
}
