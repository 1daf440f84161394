// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SkipReason;
import org.jspecify.annotations.Nullable;

/**
 * What became of a planned request.
 *
 * <p><b>Units:</b> nanoseconds from the replay's origin.
 *
 * @param request what was planned
 * @param skipped why it was not sent; null when it was due in time
 * @param failed why it was not answered; null when it was, or was not sent
 * @param readyNanos when what it depended on had come; null when it depended on nothing
 * @param sentNanos when it was sent; null when it was not
 * @param firstByteNanos when its answer began; null when it did not
 * @param endedNanos when its answer was whole; null when it never was
 * @param comparison what differs; null when nothing does or nothing was compared
 */
public record RequestResult(
    PlannedRequest request,
    @Nullable SkipReason skipped,
    @Nullable FailureReason failed,
    @Nullable Long readyNanos,
    @Nullable Long sentNanos,
    @Nullable Long firstByteNanos,
    @Nullable Long endedNanos,
    @Nullable Comparison comparison) {
  /** Returns how long after it was due and ready it was sent; null when it was not sent. */
  public @Nullable Long latenessNanos() {
    if (sentNanos == null) {
      return null;
    }
    long due = request.dueNanos();
    return sentNanos - (readyNanos == null ? due : Math.max(due, readyNanos));
  }

  /** Returns how long after it was due it became ready, 0 at least; null when it was not sent. */
  public @Nullable Long blockedNanos() {
    if (sentNanos == null) {
      return null;
    }
    return readyNanos == null ? 0 : Math.max(0, readyNanos - request.dueNanos());
  }

  /** Returns whether the request was sent and answered. */
  public boolean answered() {
    return skipped == null && failed == null;
  }
}
