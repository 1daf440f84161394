// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.List;

/**
 * What came of comparing one answer with its baseline.
 *
 * @param differences none when they are equal
 * @param notes what was not compared and why, such as {@code body_not_compared: status differs}
 * @param ignored how many mismatches the rules excused
 */
public record Comparison(List<Difference> differences, List<String> notes, int ignored) {
  /** Equal, nothing left out. */
  public static final Comparison EQUAL = new Comparison(List.of(), List.of(), 0);

  public Comparison {
    differences = List.copyOf(differences);
    notes = List.copyOf(notes);
  }

  /** Returns whether nothing differs. */
  public boolean equal() {
    return differences.isEmpty();
  }
}
