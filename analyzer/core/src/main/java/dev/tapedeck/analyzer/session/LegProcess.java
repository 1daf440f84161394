// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.TlsSessionId;

/** A process of a host: several hosts, whose captures were merged, use the same numbers. */
record LegProcess(long hostId, int pid) {
  static LegProcess of(Channel channel) {
    return new LegProcess(channel.hostId(), channel.pid());
  }

  /** Returns the process whose calls were recorded. */
  static LegProcess of(ConnectionInfo connection) {
    return new LegProcess(hostOf(connection), connection.process().pid());
  }

  /** Returns another process of the host that recorded a connection. */
  static LegProcess besides(ConnectionInfo connection, int pid) {
    return new LegProcess(hostOf(connection), pid);
  }

  private static long hostOf(ConnectionInfo connection) {
    TlsSessionId session = connection.tlsSession();
    ConnectionId socket = connection.connection();
    return session != null ? session.process().hostId() : socket == null ? 0 : socket.hostId();
  }
}
