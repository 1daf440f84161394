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
 * @param coverage which bytes of each direction the capture holds
 * @param anomalies what is odd about the connection as a whole
 */
public record Session(
    int number,
    ConnectionInfo connection,
    List<Exchange> exchanges,
    ByteAccounting accounting,
    Coverage coverage,
    List<Anomaly> anomalies) {
  public Session {
    exchanges = List.copyOf(exchanges);
    anomalies = List.copyOf(anomalies);
  }

  /** Returns the session's id in JSON and on the command line: its number. */
  public String id() {
    return Integer.toString(number);
  }

  /** Returns a builder of one without exchanges. */
  public static Builder newBuilder(int number, ConnectionInfo connection) {
    return new Builder(number, connection);
  }

  /** Returns a builder that holds all of this one. */
  public Builder toBuilder() {
    return newBuilder(number, connection)
        .exchanges(exchanges)
        .accounting(accounting)
        .coverage(coverage)
        .anomalies(anomalies);
  }

  /** Collects a session; confined to one thread. */
  public static final class Builder {
    private final int number;
    private final ConnectionInfo connection;
    private List<Exchange> exchanges = List.of();
    private ByteAccounting accounting = ByteAccounting.NONE;
    private Coverage coverage = Coverage.UNKNOWN;
    private List<Anomaly> anomalies = List.of();

    private Builder(int number, ConnectionInfo connection) {
      this.number = number;
      this.connection = connection;
    }

    public Builder exchanges(List<Exchange> inOrder) {
      exchanges = inOrder;
      return this;
    }

    public Builder accounting(ByteAccounting bytes) {
      accounting = bytes;
      return this;
    }

    public Builder coverage(Coverage bytes) {
      coverage = bytes;
      return this;
    }

    public Builder anomalies(List<Anomaly> found) {
      anomalies = found;
      return this;
    }

    public Session build() {
      return new Session(number, connection, exchanges, accounting, coverage, anomalies);
    }
  }
}
