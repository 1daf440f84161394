// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.TimeRange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one exchange again from as little of the capture as shows it: of a plain HTTP/1 exchange
 * its own bytes; of others those of its session up to its end. What comes out is compared with the
 * row, and not taken when it is something else.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class ExchangeLookup {
  /** Clock readings are interpolated; this is far more than that moves a time. */
  private static final long MARGIN_NANOS = 2_000_000;

  private final Rows row;
  private final ConnectionInfo connection;
  private final Clocks clocks;

  ExchangeLookup(Rows row, ConnectionInfo connection, Clocks clocks) {
    this.row = row;
    this.connection = connection;
    this.clocks = clocks;
  }

  /** Gives a part of the capture. */
  @FunctionalInterface
  interface Parts {
    /** Returns what a range of time holds of the session, or of a window of it. */
    EventSource of(TimeRange range, @Nullable StreamWindow window);
  }

  /** Returns the exchange; null when no part shows it as the whole does. */
  @Nullable Exchange find(Parts parts) throws IOException {
    long started = row.startedEpochNanos(0);
    long end = started + row.durationNanos(0) + MARGIN_NANOS;
    StreamWindow window = window();
    if (window != null) {
      TimeRange range = clocks.monotonic(started - MARGIN_NANOS, end);
      Exchange found = first(parts.of(range, window), 0);
      if (found != null) {
        return found;
      }
    }
    Long opened = connection.openedEpochNanos();
    long from = opened == null ? Long.MIN_VALUE : opened - MARGIN_NANOS;
    return first(parts.of(clocks.monotonic(from, end), null), row.index(0));
  }

  /** Returns the exchange's own bytes, where they are all of it; null where more is needed. */
  private @Nullable StreamWindow window() {
    boolean isPlain =
        row.completeness(0) == Completeness.COMPLETE
            && row.hasRequest(0)
            && row.hasResponse(0)
            && row.stream(0) < 0
            && row.messages(0) == 0
            && row.protocol(0).startsWith("HTTP/1.");
    if (!isPlain) {
      return null;
    }
    Direction request = row.isClient(0) ? Direction.EGRESS : Direction.INGRESS;
    return new StreamWindow(
        request, row.requestFrom(0), row.requestTo(0), row.responseFrom(0), row.responseTo(0));
  }

  private @Nullable Exchange first(EventSource source, int index) throws IOException {
    Exchange[] found = new Exchange[1];
    try {
      new SessionAnalyzer(AnalyzerOptions.defaults())
          .analyze(
              source,
              (CaptureListing.ExchangeScan)
                  exchange -> {
                    if (exchange.index() == index && isTheOne(exchange)) {
                      found[0] = numbered(exchange);
                      throw new EnoughFoundException();
                    }
                  });
    } catch (EnoughFoundException e) {
      // It is there: the rest of the range need not be read.
      return found[0];
    }
    return null;
  }

  private boolean isTheOne(Exchange exchange) {
    return exchange.completeness() == row.completeness(0)
        && exchange.messages().size() == row.messages(0)
        && (exchange.request() == null) != row.hasRequest(0)
        && (exchange.response() == null) != row.hasResponse(0)
        && bytes(exchange.request()) == row.requestBytes(0)
        && bytes(exchange.response()) == row.responseBytes(0)
        && Math.abs(exchange.startedEpochNanos() - row.startedEpochNanos(0)) < MARGIN_NANOS;
  }

  private static long bytes(@Nullable HttpMessage message) {
    return message == null ? -1 : message.body().wire().length();
  }

  /** Returns it with the numbers and times that it has in the whole capture. */
  private Exchange numbered(Exchange exchange) {
    long started = row.startedEpochNanos(0);
    long firstByte = row.firstByteNanos(0);
    return Exchange.newBuilder(row.session(0), row.index(0), connection)
        .request(exchange.request())
        .response(exchange.response())
        .interim(exchange.interim())
        .times(
            started,
            firstByte < 0 ? null : Long.valueOf(started + firstByte),
            started + row.durationNanos(0))
        .pipelined(row.isPipelined(0))
        .alsoSeenBy(exchange.alsoSeenBy())
        .completeness(exchange.completeness())
        .anomalies(exchange.anomalies())
        .messages(exchange.messages())
        .streamId(exchange.streamId())
        .build();
  }
}
