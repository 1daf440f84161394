// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.Link;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which socket a TLS session used, from all the evidence of a capture: what the process
 * said, socket calls inside calls of the session, ciphertext seen on both, and at last lengths.
 */
final class LinkResolver {
  private final DescriptorTable descriptors;
  private final Map<ConnectionId, SocketFacts> sockets;
  private final CipherEvidence records;
  private final RecordLengths lengths;

  LinkResolver(
      DescriptorTable descriptors,
      Map<ConnectionId, SocketFacts> sockets,
      CipherEvidence records,
      RecordLengths lengths) {
    this.descriptors = descriptors;
    this.sockets = sockets;
    this.records = records;
    this.lengths = lengths;
  }

  /** How much evidence speaks for one socket. */
  private static final class Votes {
    private TlsEvent.@Nullable Binding named;
    private TlsEvent.@Nullable Binding nested;
    private boolean sends;
    private boolean receives;
    private int count;
    private CipherEvidence.@Nullable Matches records;

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

    /**
     * Naming proves more than nesting, nesting more than records, both directions more than one.
     */
    int weight() {
      CipherEvidence.Matches matches = records;
      int ofRecords =
          matches == null ? 0 : Math.min(matches.count(), 9) + (matches.bothDirections() ? 10 : 0);
      return (named != null ? 10_000 : 0)
          + (sends ? 1000 : 0)
          + (receives ? 1000 : 0)
          + 10 * count
          + ofRecords;
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
      records
          .of(tls.id)
          .forEach(
              (connection, matches) ->
                  candidates.computeIfAbsent(connection, unused -> new Votes()).records = matches);
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
      channel.link = Link.NONE;
      return;
    }
    if (candidates.size() > 1) {
      channel.contradiction("sockets=" + candidates.size());
    }
    channel.socket = sockets.get(best);
    channel.link = link(best, bestVotes, candidates.size() > 1);
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
      if (fit != null) {
        channel.socket = sockets.get(fit);
        channel.link = byLengths(fit);
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
    CipherEvidence.Matches matches = votes.records;
    if (votes.nested == null && matches != null) {
      return byRecords(connection, matches, contradicted);
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

  private static Link byRecords(
      ConnectionId connection, CipherEvidence.Matches matches, boolean contradicted) {
    return new Link(
        Link.Method.CIPHERTEXT,
        matches.count() > 1 && !contradicted ? Link.Confidence.PROVEN : Link.Confidence.LIKELY,
        matches.count()
            + (matches.count() == 1 ? " TLS record" : " TLS records")
            + " of the session went through socket "
            + connection.socket()
            + ": their ciphertext begins with the same bytes"
            + (contradicted ? "; other evidence names another socket." : "."));
  }
}
