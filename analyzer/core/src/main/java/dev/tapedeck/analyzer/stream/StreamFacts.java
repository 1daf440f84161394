// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import java.util.HashSet;
import java.util.Set;

/**
 * What the first reading found out about one stream.
 *
 * <p><b>Threads:</b> read-only once the first reading has ended.
 */
public final class StreamFacts {
  private static final long[] NONE = new long[0];

  final StreamCoverage coverage;
  long[] gaps = NONE;
  long endPosition = -1;
  boolean lostOtherwise;
  final Set<Long> cappedLengths = new HashSet<>(0);

  StreamFacts(long maxReorderBytes) {
    coverage = new StreamCoverage(maxReorderBytes);
  }

  void ends(long position) {
    endPosition = Math.max(endPosition, position);
  }

  void finish() {
    gaps = coverage.finish(endPosition);
  }

  /** Returns the position after the last byte that is known of. */
  long length() {
    return coverage.length();
  }

  int gapCount() {
    return gaps.length / 2;
  }

  long gapFrom(int index) {
    return gaps[2 * index];
  }

  long gapTo(int index) {
    return gaps[2 * index + 1];
  }

  boolean inGap(long position) {
    for (int i = 0; i < gapCount(); i++) {
      if (position >= gapFrom(i) && position < gapTo(i)) {
        return true;
      }
    }
    return false;
  }

  /** Returns why a range of that length is missing, as far as loss events tell. */
  MissingCause cause(long lengthBytes) {
    boolean capped =
        cappedLengths.contains(lengthBytes) || (!cappedLengths.isEmpty() && !lostOtherwise);
    return capped ? MissingCause.CAPPED : MissingCause.LOST;
  }
}
