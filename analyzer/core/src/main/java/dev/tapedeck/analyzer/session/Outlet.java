// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.SessionSummary;
import org.jspecify.annotations.Nullable;

/** Puts what one channel gives into an outbox, and counts it for the session's summary. */
final class Outlet implements ChannelSink {
  private final Outbox out;
  private long exchanges;
  private long incomplete;
  private long firstStartedEpochNanos;
  private long lastEndedEpochNanos = Long.MIN_VALUE;

  Outlet(Outbox out) {
    this.out = out;
  }

  @Override
  public void exchange(Exchange exchange) {
    if (exchanges++ == 0) {
      firstStartedEpochNanos = exchange.startedEpochNanos();
    }
    lastEndedEpochNanos = Math.max(lastEndedEpochNanos, exchange.endedEpochNanos());
    if (exchange.completeness() != Completeness.COMPLETE) {
      incomplete++;
    }
    out.add(exchange);
  }

  /** Returns how many exchanges were given. */
  long exchanges() {
    return exchanges;
  }

  @Override
  public void end(End end) {
    if (!end.isHttp()) {
      out.other(end.number(), end.capturedBytes());
      return;
    }
    out.add(
        new SessionSummary(
            end.number(),
            end.connection(),
            exchanges,
            incomplete,
            known(firstStartedEpochNanos),
            known(lastEndedEpochNanos),
            end.accounting(),
            end.coverage(),
            end.anomalies()),
        end.lostBytes());
  }

  private @Nullable Long known(long epochNanos) {
    return exchanges == 0 ? null : Long.valueOf(epochNanos);
  }
}
