// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session when its last exchange has been handed out.
 *
 * <p><b>Units:</b> nanoseconds since the Unix epoch.
 *
 * @param number 1-based, in the order of the connections' first events
 * @param connection the connection
 * @param exchanges how many were handed out
 * @param incomplete how many of them are not complete
 * @param firstStartedEpochNanos when the first of them began; null when there is none
 * @param lastEndedEpochNanos when the last byte of any of them moved; null when there is none
 * @param accounting where each direction's bytes went
 * @param coverage which bytes of each direction the capture holds
 * @param anomalies what is odd about the connection as a whole
 */
public record SessionSummary(
    int number,
    ConnectionInfo connection,
    long exchanges,
    long incomplete,
    @Nullable Long firstStartedEpochNanos,
    @Nullable Long lastEndedEpochNanos,
    ByteAccounting accounting,
    Coverage coverage,
    List<Anomaly> anomalies) {
  public SessionSummary {
    anomalies = List.copyOf(anomalies);
  }

  /** Returns the session's id in JSON and on the command line: its number. */
  public String id() {
    return Integer.toString(number);
  }

  /** Returns the session as a whole. */
  public Session with(List<Exchange> itsExchanges) {
    return Session.newBuilder(number, connection)
        .exchanges(itsExchanges)
        .accounting(accounting)
        .coverage(coverage)
        .anomalies(anomalies)
        .build();
  }
}
