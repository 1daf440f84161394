// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the two recorded ends of one connection, and what ports tell about roles.
 *
 * <p>Two channels are the ends of one connection when TLS records that left the one's socket
 * arrived at the other's, whatever the addresses say, or when their addresses are each other's, in
 * one network namespace or in two that can see each other. Several that fit equally well are none.
 */
final class EndMatcher {
  private static final int BY_RECORDS = 1_000_000;
  private static final int MAX_RECORDS_COUNTED = 1000;
  private static final int SAME_NAMESPACE = 400;
  private static final int MOVED_TOGETHER = 200;
  private static final int SAME_LENGTH = 100;

  private final List<Channel> channels;
  private final CipherEvidence records;
  private final Map<ConnectionId, List<Channel>> bySocket = new HashMap<>();
  private final Map<EndKey, List<Channel>> byKey = new HashMap<>();

  private EndMatcher(List<Channel> channels, CipherEvidence records) {
    this.channels = channels;
    this.records = records;
  }

  /**
   * The addresses of an end, and whether its bytes came from TLS; the namespace is compared apart.
   */
  private record EndKey(long hostId, Endpoint local, Endpoint remote, boolean tls) {
    EndKey reversed() {
      return new EndKey(hostId, remote, local, tls);
    }
  }

  /** How well a channel fits as the other end. */
  private record Offer(@Nullable Channel other, int score, boolean ambiguous) {
    static final Offer NONE = new Offer(null, -1, false);

    Offer or(Channel candidate, int itsScore) {
      if (itsScore > score) {
        return new Offer(candidate, itsScore, false);
      }
      return itsScore == score && candidate != other ? new Offer(other, score, true) : this;
    }
  }

  /** Joins channels that are the ends of one connection; each gets the other one. */
  static void match(List<Channel> channels, CipherEvidence records) {
    EndMatcher matcher = new EndMatcher(channels, records);
    matcher.index();
    matcher.join();
  }

  private void index() {
    for (Channel channel : channels) {
      if (channel.socket != null) {
        bySocket.computeIfAbsent(channel.socket.id, unused -> new ArrayList<>(1)).add(channel);
      }
      EndKey key = key(channel);
      if (key != null) {
        byKey.computeIfAbsent(key, unused -> new ArrayList<>(1)).add(channel);
      }
    }
    byKey.values().forEach(list -> list.sort(Comparator.comparingLong(Channel::lifeStartNanos)));
  }

  private void join() {
    Map<Channel, Offer> best = new HashMap<>();
    for (Channel channel : channels) {
      for (Channel candidate : candidates(channel)) {
        if (candidate != channel && canBeEnds(channel, candidate)) {
          int score = score(channel, candidate);
          best.merge(channel, Offer.NONE.or(candidate, score), (a, b) -> a.or(candidate, score));
          best.merge(candidate, Offer.NONE.or(channel, score), (a, b) -> a.or(channel, score));
        }
      }
    }
    for (Channel channel : channels) {
      Offer offer = best.getOrDefault(channel, Offer.NONE);
      Channel other = offer.other();
      if (other == null || offer.ambiguous()) {
        continue;
      }
      Offer back = best.getOrDefault(other, Offer.NONE);
      if (back.other() == channel && !back.ambiguous()) {
        channel.otherEnd = other;
        if (channel.role == null && other.role != null) {
          channel.role = other.role.opposite();
        }
      }
    }
  }

  /** Returns who may be the other end, each pair once: from the one that comes first. */
  private Set<Channel> candidates(Channel channel) {
    Set<Channel> found = new HashSet<>();
    if (channel.socket != null && channel.tls != null) {
      for (ConnectionId receiver : records.receiversOf(channel.socket.id).keySet()) {
        add(bySocket.getOrDefault(receiver, List.of()), channel, found);
      }
    }
    EndKey key = key(channel);
    if (key != null) {
      for (Channel candidate : byKey.getOrDefault(key.reversed(), List.of())) {
        if (candidate.lifeStartNanos() > channel.lifeEndNanos()) {
          break;
        }
        add(List.of(candidate), channel, found);
      }
    }
    return found;
  }

  private static void add(List<Channel> candidates, Channel channel, Set<Channel> found) {
    for (Channel candidate : candidates) {
      if (candidate.tls != null == (channel.tls != null)) {
        found.add(candidate);
      }
    }
  }

  private static @Nullable EndKey key(Channel channel) {
    SocketFacts socket = channel.socket;
    if (socket == null) {
      return null;
    }
    FlowKey flow = socket.flow();
    if (flow.local().port() == 0 || flow.remote().port() == 0) {
      return null;
    }
    return new EndKey(
        socket.id.hostId(), plain(flow.local()), plain(flow.remote()), channel.tls != null);
  }

  /** A dual-stack socket names its IPv4 peers by mapped addresses (RFC 4291, section 2.5.5.2). */
  static Endpoint plain(Endpoint endpoint) {
    String address = endpoint.address();
    boolean mapped = address.startsWith("::ffff:") && address.indexOf('.') > 0;
    return mapped ? new Endpoint(address.substring("::ffff:".length()), endpoint.port()) : endpoint;
  }

  private boolean canBeEnds(Channel one, Channel other) {
    SocketFacts a = one.socket;
    SocketFacts b = other.socket;
    if (a == null || b == null || a == b || (one.role != null && one.role == other.role)) {
      return false;
    }
    if (sharedRecords(a, b) > 0) {
      return true;
    }
    EndKey key = key(one);
    if (key == null || !key.reversed().equals(key(other))) {
      return false;
    }
    return canSee(a, b) && overlap(one, other) >= 0;
  }

  private int sharedRecords(SocketFacts a, SocketFacts b) {
    CipherEvidence.Matches there = records.receiversOf(a.id).get(b.id);
    CipherEvidence.Matches back = records.receiversOf(b.id).get(a.id);
    return (there == null ? 0 : there.count()) + (back == null ? 0 : back.count());
  }

  private static boolean sameNamespace(SocketFacts a, SocketFacts b) {
    long one = a.flow().netns();
    long other = b.flow().netns();
    return one == other || one == 0 || other == 0;
  }

  /** Loopback addresses mean another host in another network namespace. */
  static boolean canSee(SocketFacts a, SocketFacts b) {
    return sameNamespace(a, b) || !isLoopback(a.flow());
  }

  private static boolean isLoopback(FlowKey flow) {
    String address = plain(flow.local()).address();
    return address.startsWith("127.") || address.equals("::1");
  }

  private static long overlap(Channel one, Channel other) {
    return Math.min(one.lifeEndNanos(), other.lifeEndNanos())
        - Math.max(one.lifeStartNanos(), other.lifeStartNanos());
  }

  /** Sessions that used one socket in turn are told apart by when and how much they moved. */
  private int score(Channel one, Channel other) {
    SocketFacts a = one.socket;
    SocketFacts b = other.socket;
    if (a == null || b == null) {
      return 0;
    }
    int score = 0;
    int shared = sharedRecords(a, b);
    if (shared > 0) {
      score += BY_RECORDS + Math.min(shared, MAX_RECORDS_COUNTED);
    }
    if (a.flow().netns() == b.flow().netns()) {
      score += SAME_NAMESPACE;
    }
    if (one.firstNanos <= other.lastNanos && other.firstNanos <= one.lastNanos) {
      score += MOVED_TOGETHER;
    }
    if (one.egress.length() == other.ingress.length()) {
      score += SAME_LENGTH;
    }
    if (one.ingress.length() == other.egress.length()) {
      score += SAME_LENGTH;
    }
    return score;
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
      int local = socket.flow().local().port();
      int remote = socket.flow().remote().port();
      if (accepting.containsKey(local) != accepting.containsKey(remote)) {
        channel.likelyRole = accepting.containsKey(local) ? Role.SERVER : Role.CLIENT;
      } else if (local != remote) {
        channel.likelyRole = local < remote ? Role.SERVER : Role.CLIENT;
      }
    }
  }
}
