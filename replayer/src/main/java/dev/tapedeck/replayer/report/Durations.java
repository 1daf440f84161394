// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import java.util.Locale;

/** Durations as people read them. */
final class Durations {
  private static final double MILLI = 1000;
  private static final double SECOND = 1_000_000;

  private Durations() {}

  /** Returns such as {@code 12 us}, {@code 3.4 ms} or {@code 1.25 s}. */
  static String micros(double micros) {
    if (Math.abs(micros) < MILLI) {
      return String.format(Locale.ROOT, "%.0f us", micros);
    }
    return Math.abs(micros) < SECOND
        ? String.format(Locale.ROOT, "%.1f ms", micros / MILLI)
        : String.format(Locale.ROOT, "%.2f s", micros / SECOND);
  }

  static String nanos(long nanos) {
    return micros(nanos / MILLI);
  }
}
