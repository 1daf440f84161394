// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.List;

/**
 * What a merge did.
 *
 * @param events what became of the events; left out are those that two captures hold both
 * @param maxHeldEvents the most events that waited at the same time
 * @param earlyEvents events that could not wait longer for lack of memory: earlier ones may stand
 *     behind them
 * @param withoutWatermark names of captures of which a part promises nothing about time; their
 *     events keep the order of their blocks
 * @param withoutClock hosts whose real time no capture tells: their events stand where their
 *     monotonic time puts them
 */
public record MergeStats(
    RewriteStats events,
    long maxHeldEvents,
    long earlyEvents,
    List<String> withoutWatermark,
    List<Long> withoutClock) {
  public MergeStats {
    withoutWatermark = List.copyOf(withoutWatermark);
    withoutClock = List.copyOf(withoutClock);
  }
}
