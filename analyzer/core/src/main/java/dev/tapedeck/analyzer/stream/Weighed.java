// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.LinkEvidence;
import dev.tapedeck.format.ClockMap;
import java.util.Comparator;
import java.util.List;

/**
 * A piece of evidence with the time that the recorder gave it.
 *
 * @param side which way it speaks
 * @param nanos monotonic; 0 when it has no time of its own
 * @param text a sentence
 */
record Weighed(LinkEvidence.Side side, long nanos, String text) {
  private static final Comparator<Weighed> ORDER =
      Comparator.comparing(Weighed::side)
          .thenComparingLong(Weighed::nanos)
          .thenComparing(Weighed::text);

  static List<LinkEvidence> toEvidence(List<Weighed> weighed, ClockMap clock) {
    return weighed.stream()
        .sorted(ORDER)
        .map(
            one ->
                new LinkEvidence(
                    one.side(),
                    one.nanos() == 0 ? null : clock.toEpochNanos(one.nanos()),
                    one.text()))
        .toList();
  }

  static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
