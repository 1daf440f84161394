// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Recognises the two recorded ends of one connection, and what ports tell about roles. */
final class EndMatcher {
  private EndMatcher() {}

  /**
   * The addresses of an end, and whether its bytes came from TLS; the namespace is compared apart.
   */
  private record EndKey(long hostId, Endpoint local, Endpoint remote, boolean tls) {
    EndKey reversed() {
      return new EndKey(hostId, remote, local, tls);
    }
  }

  /** Joins channels that are the ends of one connection; each gets the other one. */
  static void match(List<Channel> channels) {
    Map<EndKey, List<Channel>> byKey = new HashMap<>();
    for (Channel channel : channels) {
      EndKey key = key(channel);
      if (key != null) {
        byKey.computeIfAbsent(key, unused -> new ArrayList<>(1)).add(channel);
      }
    }
    for (Channel channel : channels) {
      EndKey key = key(channel);
      if (key == null || channel.otherEnd != null) {
        continue;
      }
      Channel best = null;
      for (Channel candidate : byKey.getOrDefault(key.reversed(), List.of())) {
        if (candidate != channel
            && candidate.otherEnd == null
            && canBeEnds(channel, candidate)
            && (best == null || overlap(channel, candidate) > overlap(channel, best))) {
          best = candidate;
        }
      }
      if (best != null) {
        channel.otherEnd = best;
        best.otherEnd = channel;
        if (channel.role == null && best.role != null) {
          channel.role = best.role.opposite();
        } else if (best.role == null && channel.role != null) {
          best.role = channel.role.opposite();
        }
      }
    }
  }

  private static @Nullable EndKey key(Channel channel) {
    SocketFacts socket = channel.socket;
    if (socket == null) {
      return null;
    }
    FlowKey flow = socket.flow;
    if (flow.local().port() == 0 || flow.remote().port() == 0) {
      return null;
    }
    return new EndKey(
        socket.id.hostId(), plain(flow.local()), plain(flow.remote()), channel.tls != null);
  }

  /** A dual-stack socket names its IPv4 peers by mapped addresses (RFC 4291, section 2.5.5.2). */
  private static Endpoint plain(Endpoint endpoint) {
    String address = endpoint.address();
    boolean mapped = address.startsWith("::ffff:") && address.indexOf('.') > 0;
    return mapped ? new Endpoint(address.substring("::ffff:".length()), endpoint.port()) : endpoint;
  }

  private static boolean canBeEnds(Channel one, Channel other) {
    SocketFacts a = one.socket;
    SocketFacts b = other.socket;
    if (a == null || b == null || (one.role != null && one.role == other.role)) {
      return false;
    }
    boolean sameNamespace =
        a.flow.netns() == b.flow.netns() || a.flow.netns() == 0 || b.flow.netns() == 0;
    return (sameNamespace || !isLoopback(a.flow)) && overlap(one, other) >= 0;
  }

  private static boolean isLoopback(FlowKey flow) {
    String address = plain(flow.local()).address();
    return address.startsWith("127.") || address.equals("::1");
  }

  private static long overlap(Channel one, Channel other) {
    return Math.min(one.lifeEndNanos(), other.lifeEndNanos())
        - Math.max(one.lifeStartNanos(), other.lifeStartNanos());
  }

  /** The end whose port is known to accept, or is the lower one, is likely the server's. */
  static void suggestRoles(List<Channel> channels) {
    Map<Integer, Boolean> accepting = new HashMap<>();
    for (Channel channel : channels) {
      SocketFacts socket = channel.socket;
      if (socket != null && channel.role != null) {
        accepting.put(socket.server(channel.role).port(), Boolean.TRUE);
      }
    }
    for (Channel channel : channels) {
      SocketFacts socket = channel.socket;
      if (channel.role != null || socket == null) {
        continue;
      }
      int local = socket.flow.local().port();
      int remote = socket.flow.remote().port();
      if (accepting.containsKey(local) != accepting.containsKey(remote)) {
        channel.likelyRole = accepting.containsKey(local) ? Role.SERVER : Role.CLIENT;
      } else if (local != remote) {
        channel.likelyRole = local < remote ? Role.SERVER : Role.CLIENT;
      }
    }
  }
}
