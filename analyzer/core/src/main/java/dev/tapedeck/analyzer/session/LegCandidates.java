// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.util.HashSet;
import java.util.Set;

/**
 * Which processes of a capture can have made requests while they served others, so that most
 * exchanges need not be looked at.
 */
final class LegCandidates {
  /** Nothing can be a leg of anything. */
  static final LegCandidates NONE = new LegCandidates();

  private final Set<Integer> serving = new HashSet<>();
  private final Set<Integer> asking = new HashSet<>();
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
      serving.add(channel.pid());
      servers.add(channel.localEnd());
      if (channel.peer() == null) {
        unknownCallers = true;
      } else {
        asking.add(channel.peer().pid());
      }
    }
    if (channel.role() != Role.SERVER) {
      asking.add(channel.pid());
    }
  }

  boolean mayBeOuter(Exchange exchange) {
    return asking.contains(exchange.connection().process().pid()) || forwardsUnseen();
  }

  boolean mayBeInner(Exchange exchange) {
    ConnectionInfo connection = exchange.connection();
    if (connection.role() == Role.CLIENT) {
      return serving.contains(connection.process().pid());
    }
    return connection.peer() == null ? forwardsUnseen() : serving.contains(connection.peer().pid());
  }

  /** A request may have gone through a proxy of which the calls were not recorded. */
  private boolean forwardsUnseen() {
    return unknownCallers && servers.size() > 1;
  }
}
