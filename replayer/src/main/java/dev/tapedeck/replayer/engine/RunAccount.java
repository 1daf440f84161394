// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.FailureReason;
import org.jspecify.annotations.Nullable;

/**
 * What became of each planned request of a run that is over.
 *
 * <p><b>Units:</b> nanoseconds from the replay's origin; null for what did not happen. Requests go
 * by their numbers.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class RunAccount {
  private final ReplayRun run;

  RunAccount(ReplayRun run) {
    this.run = run;
  }

  /** Returns what was planned. */
  public ReplayPlan plan() {
    return run.plan();
  }

  /** Returns how it was run. */
  public ReplayOptions options() {
    return run.options();
  }

  /** Returns why the replay ended early; null when it did not. */
  public @Nullable SkipReason stopReason() {
    return run.stopReason();
  }

  /** Returns why the request failed; null when it did not. */
  public @Nullable FailureReason failure(int number) {
    return run.failure(number);
  }

  /** Returns why the request was not sent; null when it was. */
  public @Nullable SkipReason skip(int number) {
    return run.skip(number);
  }

  /** Returns when what the request depends on had come; null when it depends on nothing. */
  public @Nullable Long readyNanos(int number) {
    return orNull(run.timings().ready(number));
  }

  public @Nullable Long sentNanos(int number) {
    return orNull(run.timings().sent(number));
  }

  public @Nullable Long firstByteNanos(int number) {
    return orNull(run.timings().firstByte(number));
  }

  /** Returns when the last byte of the answer came. */
  public @Nullable Long endedNanos(int number) {
    return orNull(run.timings().ended(number));
  }

  /** Returns how many connections were opened, again ones too. */
  public int connectionsOpened() {
    return run.connectionsOpened();
  }

  /** Returns how many connections had to be opened again. */
  public int connectionsReopened() {
    return run.connectionsReopened();
  }

  private static @Nullable Long orNull(long nanos) {
    return nanos == Timings.NEVER ? null : nanos;
  }
}
