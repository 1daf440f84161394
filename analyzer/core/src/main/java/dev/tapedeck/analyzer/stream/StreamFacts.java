// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.ByteMap;
import dev.tapedeck.analyzer.Coverage.Proof;
import dev.tapedeck.format.LossEvent;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
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
  Proof proof = Proof.NOT_CHECKED;

  /** Both are without storage of their own for as long as nothing was reported. */
  private Set<LossEvent.Cause> reported = Set.of();

  private Map<Long, LossEvent.Cause> byLength = Map.of();

  /** What became of all bytes, where none came. */
  private ByteMap.State nothing = ByteMap.State.UNKNOWN;

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

  /**
   * Says that none of the stream's bytes was recorded.
   *
   * @param leftOut whether that was on purpose, and not a loss
   */
  void nothingCame(boolean leftOut) {
    nothing = leftOut ? ByteMap.State.CUT : ByteMap.State.LOST;
  }

  /** Returns what became of missing bytes of which {@link #why} knows no cause. */
  ByteMap.State fateWithoutCause() {
    return nothing;
  }

  /** Takes a report of bytes that were not recorded. */
  void missing(LossEvent loss) {
    if (reported.isEmpty()) {
      reported = EnumSet.noneOf(LossEvent.Cause.class);
      byLength = new HashMap<>();
    }
    reported.add(loss.cause());
    if (loss.lostBytes() > 0) {
      byLength.merge(
          loss.lostBytes(),
          loss.cause(),
          (one, other) -> one == other ? one : LossEvent.Cause.UNKNOWN);
    }
  }

  /** Returns why a range of that length is missing, as far as loss events tell. */
  LossEvent.Cause why(long lengthBytes) {
    LossEvent.Cause exact = byLength.get(lengthBytes);
    if (exact != null) {
      return exact;
    }
    return reported.size() == 1 ? reported.iterator().next() : LossEvent.Cause.UNKNOWN;
  }

  /** Returns whether the recorder left bytes out on purpose. */
  static boolean isCut(LossEvent.Cause cause) {
    return switch (cause) {
      case OVER_CAP, REDACTED, SHED, NOT_SAMPLED -> true;
      default -> false;
    };
  }
}
