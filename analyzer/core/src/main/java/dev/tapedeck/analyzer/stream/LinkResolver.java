// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.LinkEvidence.Side;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides which socket a TLS session used, from all the evidence of a capture: what the process
 * said, socket calls inside calls of the session, ciphertext seen on both, and at last lengths.
 *
 * <p>What is decided depends on what happened when, never on the order in which it was read. Where
 * two sockets are equally good, or what would prove one proves another too, there is no link.
 */
final class LinkResolver {
  private final DescriptorTable descriptors;
  private final Map<ConnectionId, SocketFacts> sockets;
  private final Map<ConnectionId, CipherTotals> totals;
  private final CipherEvidence records;
  private final RecordLengths lengths;

  LinkResolver(
      DescriptorTable descriptors,
      Map<ConnectionId, SocketFacts> sockets,
      Map<ConnectionId, CipherTotals> totals,
      CipherEvidence records,
      RecordLengths lengths) {
    this.descriptors = descriptors;
    this.sockets = sockets;
    this.totals = totals;
    this.records = records;
    this.lengths = lengths;
  }

  /** Sets the channel's socket and link. */
  void resolve(Channel channel) {
    TlsFacts tls = channel.tls;
    channel.link = Link.NONE;
    if (tls == null) {
      return;
    }
    if (tls.bindings.isOverflown()) {
      channel.contradiction("sockets=many");
      channel.link = none("The evidence names more sockets than a session can have.");
      return;
    }
    List<BindingFacts.Said> said = tls.bindings.byTime();
    boolean memory =
        said.stream().anyMatch(BindingFacts.Said::isMemory)
            && said.stream().noneMatch(one -> one.isNaming() && !one.isMemory());
    Map<ConnectionId, Candidate> candidates = new TreeMap<>(SocketOrder.BY_ID);
    nested(channel, said, memory, candidates);
    Namings.of(said, one -> socketOf(one, channel))
        .inForce(channel.firstNanos, channel.lastNanos, channel.weighed)
        .forEach(
            (socket, one) ->
                candidates.computeIfAbsent(socket, id -> new Candidate(id, memory)).named(one));
    records
        .of(tls.id)
        .forEach(
            (socket, matches) ->
                candidates
                    .computeIfAbsent(socket, id -> new Candidate(id, memory))
                    .records(matches));
    List<Candidate> living = new ArrayList<>();
    for (Candidate candidate : candidates.values()) {
      Weighed veto = veto(candidate.socket, channel);
      if (veto == null && candidate.isLookedUp()) {
        veto = silence(candidate.socket, channel);
      }
      if (veto == null) {
        living.add(candidate);
      } else {
        channel.weighed.add(veto);
      }
    }
    decide(channel, living);
  }

  private void nested(
      Channel channel,
      List<BindingFacts.Said> said,
      boolean memory,
      Map<ConnectionId, Candidate> candidates) {
    for (BindingFacts.Said one : said) {
      ConnectionId socket = one.isNaming() ? null : socketOf(one, channel);
      if (socket != null) {
        candidates.computeIfAbsent(socket, id -> new Candidate(id, memory)).nested(one);
      }
    }
  }

  private @Nullable ConnectionId socketOf(BindingFacts.Said said, Channel channel) {
    if (said.connection != null) {
      return said.connection;
    }
    DescriptorRef descriptor = said.descriptor;
    return descriptor.fd() < 0
        ? null
        : descriptors.at(descriptor, said.firstNanos, channel.firstNanos);
  }

  /** Returns why a socket cannot have carried the session's bytes; null when it can. */
  private @Nullable Weighed veto(ConnectionId socket, Channel channel) {
    SocketFacts facts = sockets.get(socket);
    if (facts == null) {
      return null;
    }
    long closed = facts.closedNanos();
    if (closed != 0 && closed < channel.firstNanos) {
      return new Weighed(
          Side.AGAINST,
          closed,
          "Socket " + socket.socket() + " was closed before the session's first byte.");
    }
    if (facts.openedNanos > channel.lastNanos) {
      return new Weighed(
          Side.AGAINST,
          facts.openedNanos,
          "Socket " + socket.socket() + " was opened after the session's last byte.");
    }
    return null;
  }

  /**
   * Returns why a socket is not the one of which only the descriptor was named: it moved no TLS any
   * more, so that the descriptor is likely another socket's by now, whose opening was lost.
   */
  private @Nullable Weighed silence(ConnectionId socket, Channel channel) {
    CipherTotals moved = totals.get(socket);
    return moved == null || moved.lastNanos >= channel.firstStartNanos
        ? null
        : new Weighed(
            Side.AGAINST,
            moved.lastNanos,
            "Socket "
                + socket.socket()
                + " moved its last TLS record before the session's first byte.");
  }

  private void decide(Channel channel, List<Candidate> candidates) {
    if (candidates.isEmpty()) {
      return;
    }
    Candidate best = candidates.get(0);
    for (Candidate candidate : candidates) {
      best = candidate.weight() > best.weight() ? candidate : best;
    }
    boolean contradicted = candidates.size() > 1;
    boolean prevails = true;
    for (Candidate candidate : candidates) {
      prevails &= candidate == best || best.prevailsOver(candidate);
    }
    for (Candidate candidate : candidates) {
      channel.weighed.addAll(
          candidate.evidence(candidate == best && prevails ? Side.FOR : Side.OTHER));
    }
    if (contradicted) {
      channel.contradiction("sockets=" + candidates.size());
    } else {
      channel.weighed.add(new Weighed(Side.FOR, 0, "No other socket is in question."));
    }
    if (!prevails) {
      channel.link = none("The evidence for several sockets is equally good: " + names(candidates));
      return;
    }
    channel.socket = sockets.get(best.socket);
    if (channel.socket == null) {
      channel.socket = new SocketFacts(best.socket, channel.firstDataOrdinal);
    }
    channel.link =
        new Link(
            best.method(),
            best.isProven() && !contradicted ? Link.Confidence.PROVEN : Link.Confidence.LIKELY,
            best.reason() + (contradicted ? "; other evidence names another socket." : "."));
  }

  private static String names(List<Candidate> candidates) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < candidates.size(); i++) {
      text.append(i == 0 ? "" : i + 1 < candidates.size() ? ", " : " and ");
      text.append(candidates.get(i).socket.socket());
    }
    return text.append('.').toString();
  }

  private static Link none(String explanation) {
    return new Link(Link.Method.NONE, Link.Confidence.NONE, explanation);
  }

  /**
   * Links what is not linked yet and whose lengths fit one socket alone.
   *
   * @param channels all of them, each resolved as far as other evidence goes
   */
  void resolveByLengths(List<Channel> channels) {
    Set<ConnectionId> taken = new HashSet<>();
    Map<ProcessKey, List<TlsSessionId>> unlinked = new HashMap<>();
    for (Channel channel : channels) {
      if (channel.socket != null) {
        taken.add(channel.socket.id);
      } else if (channel.owner instanceof TlsSessionId session) {
        unlinked.computeIfAbsent(session.process(), unused -> new ArrayList<>()).add(session);
      }
    }
    Map<TlsSessionId, ConnectionId> fits = new HashMap<>();
    for (List<TlsSessionId> rivals : unlinked.values()) {
      for (TlsSessionId session : rivals) {
        ConnectionId fit =
            lengths.onlyFit(session, connection -> !taken.contains(connection), rivals);
        if (fit != null) {
          fits.put(session, fit);
        }
      }
    }
    for (Channel channel : channels) {
      ConnectionId fit = channel.owner instanceof TlsSessionId id ? fits.get(id) : null;
      if (fit != null && channel.anomalies.isEmpty() && veto(fit, channel) == null) {
        SocketFacts facts = sockets.get(fit);
        channel.socket = facts == null ? new SocketFacts(fit, channel.firstDataOrdinal) : facts;
        channel.link = byLengths(fit);
        channel.weighed.add(
            new Weighed(
                Side.FOR, 0, "The session fits no other socket, the socket no other session."));
      }
    }
  }

  private static Link byLengths(ConnectionId connection) {
    return new Link(
        Link.Method.CIPHERTEXT,
        Link.Confidence.LIKELY,
        "The lengths of the TLS records that left socket "
            + connection.socket()
            + " are those of the session's writes in the same order, and of no other session's.");
  }

  /**
   * Takes back what cannot all be true: of sessions that used one socket at the same time, those
   * whose link is not proven. One after the other they may use it.
   *
   * @param channels all of them, resolved
   */
  static void settleClaims(List<Channel> channels) {
    Map<ConnectionId, List<Channel>> claims = new HashMap<>();
    for (Channel channel : channels) {
      if (channel.owner instanceof TlsSessionId && channel.socket != null) {
        claims.computeIfAbsent(channel.socket.id, unused -> new ArrayList<>(1)).add(channel);
      }
    }
    for (List<Channel> rivals : claims.values()) {
      if (rivals.size() > 1) {
        settle(rivals);
      }
    }
  }

  private static void settle(List<Channel> rivals) {
    Set<Channel> disputed = new HashSet<>();
    rivals.sort(Channel.BY_FIRST_BYTE);
    Channel latest = rivals.get(0);
    for (Channel channel : rivals.subList(1, rivals.size())) {
      if (channel.firstNanos < latest.lastNanos) {
        disputed.add(channel);
        disputed.add(latest);
      }
      latest = channel.lastNanos > latest.lastNanos ? channel : latest;
    }
    for (Channel channel : disputed) {
      channel.contradiction("sessions=" + disputed.size());
      String shared = "Another session used the same socket at the same time, ";
      if (channel.link.confidence() == Link.Confidence.PROVEN) {
        channel.weighed.add(
            new Weighed(Side.OTHER, 0, shared + "as TLS inside TLS does, or a mistake."));
        channel.link =
            new Link(
                channel.link.method(),
                Link.Confidence.LIKELY,
                channel.link.explanation() + " Another session used it at the same time.");
      } else {
        channel.weighed.add(new Weighed(Side.AGAINST, 0, shared + "with evidence as good."));
        channel.link = none("The evidence for the socket speaks for another session too.");
        channel.socket = null;
      }
    }
  }
}
