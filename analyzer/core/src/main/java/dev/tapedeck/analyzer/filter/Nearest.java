// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that somebody most likely meant. */
final class Nearest {
  private Nearest() {}

  /** Returns the name that needs the fewest typing errors; null when all need too many. */
  static @Nullable String of(String typed, Collection<String> names) {
    String lower = typed.toLowerCase(Locale.ROOT);
    String best = null;
    int bestErrors = Math.max(1, lower.length() / 3) + 1;
    for (String name : names) {
      if (Math.abs(name.length() - lower.length()) < bestErrors) {
        int errors = errors(lower, name);
        if (errors < bestErrors) {
          best = name;
          bestErrors = errors;
        }
      }
    }
    return best;
  }

  /** Counts letters left out, added, changed or swapped with their neighbour. */
  private static int errors(String a, String b) {
    int[][] counts = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          counts[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(counts[i - 1][j], counts[i][j - 1]) + 1;
        least = Math.min(least, counts[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, counts[i - 2][j - 2] + 1);
        }
        counts[i][j] = least;
      }
    }
    return counts[a.length()][b.length()];
  }
}
