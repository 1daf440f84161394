// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.stream.HostTimes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which span of time a command is about. */
final class TimeOptions {
  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = TimeBound.Converter.class,
      description = {
        "What happened at that time or later: ISO 8601 with its offset, or such as +30s after the"
            + " capture's first event."
      })
  private @Nullable TimeBound from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = TimeBound.Converter.class,
      description = "What happened before that time, written in the same way.")
  private @Nullable TimeBound to;

  boolean isGiven() {
    return from != null || to != null;
  }

  /**
   * Returns the span, by the clocks of a capture.
   *
   * @throws CommandFailure when it ends before it begins
   */
  TimeWindow window(HostTimes times) throws CommandFailure {
    long start = times.startRealNanos();
    long fromNanos = from == null ? Long.MIN_VALUE : from.realNanos(start);
    long toNanos = to == null ? Long.MAX_VALUE : to.realNanos(start);
    if (fromNanos > toNanos) {
      throw new CommandFailure(
          ExitCode.USAGE, "ends before it begins", "--from, --to", "give an earlier --from");
    }
    return new TimeWindow(times, fromNanos, toNanos);
  }
}
