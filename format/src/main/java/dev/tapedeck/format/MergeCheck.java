// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses captures whose headers say that they hold the same events. */
final class MergeCheck {
  private MergeCheck() {}

  /**
   * Compares every capture with every other.
   *
   * @throws OverlapException when two are the same, one was made from the other, or both are copies
   *     of the same blocks
   */
  static void require(List<CaptureReader> inputs) throws OverlapException {
    for (int i = 0; i < inputs.size(); i++) {
      for (int j = 0; j < i; j++) {
        String reason = overlap(inputs.get(j).header(), inputs.get(i).header());
        if (reason != null) {
          throw new OverlapException(inputs.get(j).name(), inputs.get(i).name(), reason);
        }
      }
    }
  }

  private static @Nullable String overlap(CaptureHeader one, CaptureHeader other) {
    if (one.fileId().equals(other.fileId())) {
      return "are the same capture";
    }
    if (isMadeFrom(one, other.fileId()) || isMadeFrom(other, one.fileId())) {
      return "one was made from the other";
    }
    for (Derivation.Origin a : origins(one)) {
      for (Derivation.Origin b : origins(other)) {
        long from = Math.max(a.firstSequence(), b.firstSequence());
        long to = Math.min(a.endSequence(), b.endSequence());
        if (a.fileId().equals(b.fileId()) && from < to) {
          return "are copies that hold the same blocks, " + from + " to " + (to - 1);
        }
      }
    }
    return null;
  }

  private static boolean isMadeFrom(CaptureHeader header, Bytes fileId) {
    return origins(header).stream().anyMatch(origin -> origin.fileId().equals(fileId));
  }

  private static List<Derivation.Origin> origins(CaptureHeader header) {
    Derivation derivation = header.derivation();
    return derivation == null ? List.of() : derivation.origins();
  }
}
