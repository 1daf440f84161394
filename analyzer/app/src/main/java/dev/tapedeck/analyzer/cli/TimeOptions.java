// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

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

  /** Returns the span, by the clocks of a capture. */
  TimeWindow window(HostTimes times) {
    long start = times.startRealNanos();
    return new TimeWindow(
        times,
        from == null ? Long.MIN_VALUE : from.realNanos(start),
        to == null ? Long.MAX_VALUE : to.realNanos(start));
  }
}
