// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The rows that {@code samples/bench/run} gathers into one table: lines that begin with a bar. All
 * other lines are details.
 */
final class BenchTable {
  private static final String SHORT = "--short";

  private BenchTable() {}

  /** Prints a result beside what it is measured against. */
  static void ratio(PrintStream out, String what, String measured, String yardstick, double ratio) {
    row(out, what, measured, yardstick, String.format(Locale.ROOT, "%.2f", ratio));
  }

  /** Prints a result that has no yardstick in the same run. */
  static void value(PrintStream out, String what, String measured, String demanded) {
    row(out, what, measured, demanded, "");
  }

  private static void row(PrintStream out, String... cells) {
    out.println("| " + String.join(" | ", cells) + " |");
  }

  /**
   * Returns whether seconds are wanted rather than figures to rely on.
   *
   * @throws IllegalArgumentException naming an argument that is not known
   */
  static boolean isShort(String[] arguments) {
    for (String argument : arguments) {
      if (!argument.equals(SHORT)) {
        throw new IllegalArgumentException("argument=" + argument + ": only " + SHORT);
      }
    }
    return List.of(arguments).contains(SHORT);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
