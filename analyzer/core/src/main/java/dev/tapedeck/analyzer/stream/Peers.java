// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.FlowKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds which process held the other end of a connection, also where none of its bytes were
 * recorded: its socket was.
 */
final class Peers {
  private final Map<Key, List<SocketFacts>> byAddresses = new HashMap<>();
  private final ProcessTable processes;

  private record Key(long hostId, Endpoint local, Endpoint remote) {}

  Peers(Collection<SocketFacts> sockets, ProcessTable processes) {
    this.processes = processes;
    for (SocketFacts socket : sockets) {
      FlowKey flow = socket.flow();
      if (flow.local().port() != 0 && flow.remote().port() != 0) {
        Key key =
            new Key(
                socket.id.hostId(),
                EndMatcher.plain(flow.local()),
                EndMatcher.plain(flow.remote()));
        byAddresses.computeIfAbsent(key, unused -> new ArrayList<>(1)).add(socket);
      }
    }
  }

  /** Sets the channel's peer when there is one, and only one. */
  void find(Channel channel) {
    if (channel.otherEnd != null) {
      channel.peer = channel.otherEnd.processInfo;
      return;
    }
    SocketFacts own = channel.socket;
    if (own == null) {
      return;
    }
    FlowKey flow = own.flow();
    SocketFacts found = null;
    for (SocketFacts candidate :
        byAddresses.getOrDefault(
            new Key(
                own.id.hostId(), EndMatcher.plain(flow.remote()), EndMatcher.plain(flow.local())),
            List.of())) {
      if (candidate != own && EndMatcher.canSee(own, candidate) && lived(candidate, channel)) {
        if (found != null) {
          return;
        }
        found = candidate;
      }
    }
    if (found != null && found.process != null) {
      channel.peer = processes.at(found.process, channel.firstNanos);
    }
  }

  private static boolean lived(SocketFacts socket, Channel channel) {
    long closed = socket.closedNanos();
    return socket.openedNanos <= channel.lastNanos
        && (closed == 0 || closed >= channel.lifeStartNanos());
  }
}
