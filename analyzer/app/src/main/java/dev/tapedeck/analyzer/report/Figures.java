// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import java.util.Locale;

/** Numbers as people read them. */
final class Figures {
  private static final long KIBI = 1024;

  private Figures() {}

  static String micros(long micros) {
    if (micros < 1000) {
      return micros + " \u00b5s";
    }
    if (micros < 1_000_000) {
      return String.format(Locale.ROOT, micros < 9_950 ? "%.1f ms" : "%.0f ms", micros / 1e3);
    }
    return String.format(Locale.ROOT, "%.2f s", micros / 1e6);
  }

  static String bytes(long bytes) {
    if (bytes < KIBI) {
      return bytes + " B";
    }
    double value = (double) bytes / KIBI;
    for (String unit : new String[] {"KiB", "MiB", "GiB"}) {
      if (value < KIBI) {
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
      }
      value /= KIBI;
    }
    return String.format(Locale.ROOT, "%.1f TiB", value);
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
