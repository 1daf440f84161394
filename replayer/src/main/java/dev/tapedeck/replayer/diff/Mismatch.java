// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A difference with its values as they came: they may be secrets.
 *
 * @param difference for reports
 * @param baseline what was recorded; null when there was nothing, or no single value
 * @param actual what came now; null when there was nothing, or no single value
 */
public record Mismatch(
    Difference difference, @Nullable JsonNode baseline, @Nullable JsonNode actual) {
  /** Says nothing of the values. */
  @Override
  public String toString() {
    return "Mismatch[" + difference.path() + " " + difference.change() + "]";
  }
}
