// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.List;

/**
 * The ordered exchanges of one connection.
 *
 * @param number 1-based, in the order of the connections' first events
 * @param connection the connection
 * @param exchanges in the order of their requests
 * @param accounting where each direction's bytes went
 * @param anomalies what is odd about the connection as a whole
 */
public record Session(
    int number,
    ConnectionInfo connection,
    List<Exchange> exchanges,
    ByteAccounting accounting,
    List<Anomaly> anomalies) {
  public Session {
    exchanges = List.copyOf(exchanges);
    anomalies = List.copyOf(anomalies);
  }

  /** Returns the session's id in JSON and on the command line: its number. */
  public String id() {
    return Integer.toString(number);
  }
}
