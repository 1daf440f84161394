// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.ConnectionId;
import java.util.Comparator;

/** An order of sockets that does not depend on the order in which they were read. */
final class SocketOrder {
  static final Comparator<ConnectionId> BY_ID =
      Comparator.comparingLong(ConnectionId::hostId)
          .thenComparingLong(ConnectionId::socket)
          .thenComparingLong(ConnectionId::generation);

  static final Comparator<ConnectionId> NULLS_FIRST = Comparator.nullsFirst(BY_ID);

  private SocketOrder() {}
}
