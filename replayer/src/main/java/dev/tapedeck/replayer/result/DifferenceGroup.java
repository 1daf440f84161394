// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import dev.tapedeck.replayer.diff.Change;
import dev.tapedeck.replayer.diff.DifferenceKind;
import java.util.List;

/**
 * The differences of one kind at one place of an endpoint's answers.
 *
 * @param endpoint such as {@code GET /orders/{id}}
 * @param path such as {@code $.items[*].price}
 * @param kind what they are about
 * @param change how it differs
 * @param differences how many there are
 * @param exchanges in how many exchanges
 * @param samples the first of them
 */
public record DifferenceGroup(
    String endpoint,
    String path,
    DifferenceKind kind,
    Change change,
    int differences,
    int exchanges,
    List<ExchangeDifference> samples) {
  public DifferenceGroup {
    samples = List.copyOf(samples);
  }
}
