// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import org.jspecify.annotations.Nullable;

/**
 * One mismatch between a recorded answer and the answer now.
 *
 * @param path where: {@code status}, {@code header:name}, {@code trailer:name}, {@code
 *     header:set-cookie[name]}, a JSON path such as {@code $.items[2].price}, {@code body:line 7}
 *     or {@code body@120} (a byte offset)
 * @param kind what it is about
 * @param change how it differs
 * @param baseline what was recorded, for people, cut when it is long; null when there was nothing
 * @param actual what came now; null when there was nothing
 */
public record Difference(
    String path,
    DifferenceKind kind,
    Change change,
    @Nullable String baseline,
    @Nullable String actual) {

  /** Returns a difference whose values may look the same, because they are masked or cut. */
  static Difference shown(
      String path,
      DifferenceKind kind,
      Change change,
      @Nullable String baseline,
      @Nullable String actual) {
    boolean alike = baseline != null && baseline.equals(actual);
    return new Difference(
        path, kind, change, baseline, alike ? actual + " (another value)" : actual);
  }
}
