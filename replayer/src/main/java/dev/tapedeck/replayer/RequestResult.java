// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.replayer.diff.Comparison;
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
  /** Returns whether the request was sent and answered. */
  public boolean answered() {
    return skipped == null && failed == null;
  }
}
