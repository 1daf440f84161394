// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import java.util.List;
import java.util.Locale;

/**
 * A value that an answer minted and later requests sent back.
 *
 * @param mint 0-based number of the exchange whose answer minted it
 * @param value as recorded: it may be a secret
 * @param extractors where it stands in that answer, the best place first; at least one
 * @param uses in the order of the requests
 * @param confidence how sure it is
 * @param evidence what shows it, for people
 */
public record Flow(
    int mint,
    String value,
    List<Place> extractors,
    List<FlowUse> uses,
    FlowConfidence confidence,
    List<String> evidence) {
  public Flow {
    extractors = List.copyOf(extractors);
    uses = List.copyOf(uses);
    evidence = List.copyOf(evidence);
    if (extractors.isEmpty()) {
      throw new IllegalArgumentException("extractors=[]");
    }
  }

  /** Returns what tells about the value what it is without telling it. */
  public String shape() {
    return Shape.of(value).name().toLowerCase(Locale.ROOT)
        + ", "
        + value.length()
        + (value.length() == 1 ? " character" : " characters");
  }

  /** Returns everything but the value. */
  @Override
  public String toString() {
    return "Flow[mint=" + mint + ", extractors=" + extractors + ", uses=" + uses + "]";
  }
}
