// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import java.util.List;

/**
 * What came of all comparisons together.
 *
 * @param groups the differences by endpoint and path
 * @param slow endpoints that took longer than they may
 * @param noise what was excused without a rule of people's
 */
public record Findings(
    List<DifferenceGroup> groups, List<SlowEndpoint> slow, List<NoisyField> noise) {
  /** Nothing. */
  public static final Findings NONE = new Findings(List.of(), List.of(), List.of());

  public Findings {
    groups = List.copyOf(groups);
    slow = List.copyOf(slow);
    noise = List.copyOf(noise);
  }
}
