// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.Link;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.TlsEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides which socket a TLS session used, from all the evidence of a capture. */
final class LinkResolver {
  private static final Link NONE =
      new Link(Link.Method.NONE, Link.Confidence.NONE, "No event shows which socket was used.");

  private final DescriptorTable descriptors;
  private final Map<ConnectionId, SocketFacts> sockets;

  LinkResolver(DescriptorTable descriptors, Map<ConnectionId, SocketFacts> sockets) {
    this.descriptors = descriptors;
    this.sockets = sockets;
  }

  /** How much evidence speaks for one socket. */
  private static final class Votes {
    private TlsEvent.@Nullable Binding named;
    private TlsEvent.@Nullable Binding nested;
    private boolean sends;
    private boolean receives;
    private int count;

    void add(TlsEvent.Binding binding) {
      count++;
      switch (binding.evidence()) {
        case SET_FD, SET_RFD, SET_WFD, BIO -> named = named == null ? binding : named;
        case NESTED_SEND -> {
          nested = nested == null ? binding : nested;
          sends = true;
        }
        case NESTED_RECEIVE -> {
          nested = nested == null ? binding : nested;
          receives = true;
        }
      }
    }

    /** Naming proves more than nesting, and both directions more than one. */
    int weight() {
      return (named != null ? 1000 : 0) + (sends ? 100 : 0) + (receives ? 100 : 0) + count;
    }
  }

  /** Sets the channel's socket and link. */
  void resolve(Channel channel) {
    TlsFacts tls = channel.tls;
    Map<ConnectionId, Votes> candidates = new LinkedHashMap<>();
    if (tls != null) {
      for (TlsEvent.Binding binding : tls.bindings) {
        ConnectionId connection = connectionOf(binding, channel);
        if (connection != null) {
          candidates.computeIfAbsent(connection, unused -> new Votes()).add(binding);
        }
      }
    }
    ConnectionId best = null;
    Votes bestVotes = null;
    for (Map.Entry<ConnectionId, Votes> candidate : candidates.entrySet()) {
      if (bestVotes == null || candidate.getValue().weight() > bestVotes.weight()) {
        best = candidate.getKey();
        bestVotes = candidate.getValue();
      }
    }
    if (best == null || bestVotes == null) {
      channel.link = NONE;
      return;
    }
    if (candidates.size() > 1) {
      channel.contradiction("sockets=" + candidates.size());
    }
    channel.socket = sockets.get(best);
    channel.link = link(best, bestVotes, candidates.size() > 1);
  }

  private @Nullable ConnectionId connectionOf(TlsEvent.Binding binding, Channel channel) {
    if (binding.connection() != null) {
      return binding.connection();
    }
    DescriptorRef descriptor = binding.descriptor();
    return descriptor.fd() < 0
        ? null
        : descriptors.at(descriptor, binding.stamp().exitNanos(), channel.firstNanos);
  }

  private static Link link(ConnectionId connection, Votes votes, boolean contradicted) {
    TlsEvent.Binding named = votes.named;
    if (named != null) {
      return new Link(
          Link.Method.SET_FD,
          contradicted ? Link.Confidence.LIKELY : Link.Confidence.PROVEN,
          "The process named descriptor "
              + named.descriptor().fd()
              + " to the TLS library, which was socket "
              + connection.socket()
              + (contradicted ? "; other evidence names another socket." : "."));
    }
    boolean both = votes.sends && votes.receives;
    String calls = both ? "Sends and receives" : votes.sends ? "Sends" : "Receives";
    return new Link(
        Link.Method.NESTED_CALL,
        both && !contradicted ? Link.Confidence.PROVEN : Link.Confidence.LIKELY,
        calls
            + " on socket "
            + connection.socket()
            + " happened inside the session's calls on the same thread"
            + (contradicted ? "; other calls used another socket." : "."));
  }
}
