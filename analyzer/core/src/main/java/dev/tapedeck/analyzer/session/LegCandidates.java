// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Which processes of a capture can have made requests while they served others, so that most
 * exchanges need not be looked at.
 */
final class LegCandidates {
  /** Nothing can be a leg of anything. */
  static final LegCandidates NONE = new LegCandidates();

  private final Set<LegProcess> serving = new HashSet<>();
  private final Set<LegProcess> asking = new HashSet<>();

  /** Sessions of which the other end is another host's, with a clock of its own. */
  private final BitSet farPeers = new BitSet();

  private final Set<Endpoint> servers = new HashSet<>();
  private boolean unknownCallers;

  private LegCandidates() {}

  static LegCandidates of(CaptureIndex index) {
    LegCandidates found = new LegCandidates();
    for (Channel channel : index.channels()) {
      found.add(channel);
    }
    return found;
  }

  private void add(Channel channel) {
    if (channel.role() != Role.CLIENT) {
      serving.add(LegProcess.of(channel));
      servers.add(channel.localEnd());
      Channel other = channel.otherEnd();
      if (channel.peer() == null) {
        unknownCallers = true;
      } else if (other != null && other.hostId() != channel.hostId()) {
        farPeers.set(channel.number());
      } else {
        asking.add(new LegProcess(channel.hostId(), channel.peer().pid()));
      }
    }
    if (channel.role() != Role.SERVER) {
      asking.add(LegProcess.of(channel));
    }
  }

  boolean mayBeOuter(Exchange exchange) {
    return exchange.connection().role() == Role.SERVER
        && (asking.contains(LegProcess.of(exchange.connection())) || forwardsUnseen());
  }

  /** Returns whether exchanges of a channel may be outer ones, as far as its role is known. */
  boolean mayBeOuter(Channel channel) {
    return channel.role() != Role.CLIENT
        && (asking.contains(LegProcess.of(channel)) || forwardsUnseen());
  }

  boolean mayBeInner(Exchange exchange) {
    ConnectionInfo connection = exchange.connection();
    if (connection.role() == Role.CLIENT) {
      return serving.contains(LegProcess.of(connection));
    }
    if (connection.peer() == null) {
      return forwardsUnseen();
    }
    return !farPeers.get(exchange.sessionNumber())
        && serving.contains(LegProcess.besides(connection, connection.peer().pid()));
  }

  /** A request may have gone through a proxy of which the calls were not recorded. */
  private boolean forwardsUnseen() {
    return unknownCallers && servers.size() > 1;
  }
}
