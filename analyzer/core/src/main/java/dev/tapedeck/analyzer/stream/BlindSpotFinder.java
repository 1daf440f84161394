// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.BlindSpot;
import dev.tapedeck.analyzer.BlindSpot.Cause;
import dev.tapedeck.analyzer.Coverage.Proof;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds traffic that went by and is not in a capture: TLS on sockets that no call of a library
 * explains, and what the recorder says that it could not see into.
 *
 * <p><b>Lifecycle:</b> {@link #event} for all events, without payload, then {@link #finish} once.
 * <b>Threads:</b> confined to one.
 */
public final class BlindSpotFinder implements CaptureVisitor {
  /**
   * Where only the sum of a connection's ciphertext is known: so much of it may be handshake,
   * record headers and tags, besides a quarter of the plaintext and as much a call.
   */
  private static final long HANDSHAKE_BYTES = 64 << 10;

  private static final long BYTES_A_CALL = 64;

  private final CaptureIndexer indexer;
  private final Map<Subject, Amount> told = new HashMap<>();
  private final Map<TlsSessionId, Long> sentFiles = new HashMap<>();
  private final Map<Spot, Amount> spots = new HashMap<>();

  /** What the recorder told of: a socket, or a process where the socket is not known. */
  private record Subject(
      ProcessKey process, @Nullable ConnectionId socket, BlindSpotEvent.What what) {}

  private record Spot(ProcessInfo process, Endpoint server, Cause cause) {}

  private static final class Amount {
    private long connections;
    private long egress;
    private long ingress;
    private long nanos;

    void add(long connectionCount, long egressBytes, long ingressBytes) {
      connections += connectionCount;
      egress += egressBytes;
      ingress += ingressBytes;
    }
  }

  /**
   * Makes a finder.
   *
   * @param maxReorderBytes as for {@link CaptureIndexer}
   */
  public BlindSpotFinder(long maxReorderBytes) {
    indexer = new CaptureIndexer(maxReorderBytes);
  }

  @Override
  public void event(CaptureEvent event) {
    indexer.event(event);
    if (event instanceof BlindSpotEvent blind) {
      Subject subject = new Subject(blind.stamp().process(), blind.connection(), blind.what());
      Amount amount = told.computeIfAbsent(subject, unused -> new Amount());
      amount.add(0, blind.egressBytes(), blind.ingressBytes());
      amount.nanos = Math.max(amount.nanos, blind.stamp().exitNanos());
    } else if (event instanceof StreamEvent.Transfer transfer
        && transfer.call().kind() == CallKind.SSL_SENDFILE
        && transfer.stream().owner() instanceof TlsSessionId session) {
      sentFiles.merge(session, transfer.lengthBytes(), Long::sum);
    }
  }

  @Override
  public void damage(Damage damage) {
    indexer.damage(damage);
  }

  @Override
  public void loss(CopyLoss loss) {
    indexer.loss(loss);
  }

  /** Returns what was not seen, most bytes first. */
  public List<BlindSpot> finish() {
    CaptureIndex index = indexer.finish();
    Set<ConnectionId> explained = new HashSet<>();
    told.forEach((subject, amount) -> addTold(subject, amount, explained));
    Map<ConnectionId, List<Channel>> users = new HashMap<>();
    Set<ProcessKey> withSessions = new HashSet<>();
    Set<ProcessKey> unlinked = new HashSet<>();
    for (Channel channel : index.channels()) {
      if (channel.owner instanceof TlsSessionId session) {
        withSessions.add(session.process());
        addSentFiles(channel, sentFiles.getOrDefault(session, 0L));
        if (channel.socket == null) {
          unlinked.add(session.process());
        } else {
          users.computeIfAbsent(channel.socket.id, unused -> new ArrayList<>(1)).add(channel);
        }
      }
    }
    users.forEach(
        (socket, channels) -> {
          if (!explained.contains(socket)) {
            addMissedCalls(channels);
          }
        });
    indexer
        .cipherTotals()
        .forEach(
            (socket, moved) -> {
              if (!users.containsKey(socket) && !explained.contains(socket)) {
                addUnexplained(socket, moved, withSessions, unlinked);
              }
            });
    return spots.entrySet().stream()
        .map(
            spot ->
                new BlindSpot(
                    spot.getKey().process(),
                    spot.getKey().server(),
                    spot.getKey().cause(),
                    spot.getValue().connections,
                    spot.getValue().egress,
                    spot.getValue().ingress))
        .sorted(
            Comparator.comparingLong((BlindSpot spot) -> -spot.egressBytes() - spot.ingressBytes())
                .thenComparing(BlindSpot::cause)
                .thenComparingInt(spot -> spot.process().pid())
                .thenComparing(spot -> spot.server().toString()))
        .toList();
  }

  private void addTold(Subject subject, Amount amount, Set<ConnectionId> explained) {
    Cause cause =
        switch (subject.what()) {
          case KTLS -> Cause.KTLS;
          case IO_URING -> Cause.IO_URING;
          case UNHOOKED_TLS -> Cause.UNKNOWN_LIBRARY;
          case UDP_443 -> Cause.UDP_443;
          case UNKNOWN -> Cause.UNKNOWN;
        };
    ConnectionId socket = subject.socket();
    long egress = amount.egress;
    long ingress = amount.ingress;
    if (socket != null) {
      explained.add(socket);
      if (cause == Cause.KTLS) {
        // The report says that it was set up; how much went through it, only the socket knows.
        egress = Math.max(egress, indexer.endOf(socket, Direction.EGRESS));
        ingress = Math.max(ingress, indexer.endOf(socket, Direction.INGRESS));
      }
    }
    spot(indexer.processAt(subject.process(), amount.nanos), server(socket, null), cause)
        .add(1, egress, ingress);
  }

  private void addSentFiles(Channel channel, long bytes) {
    if (bytes > 0) {
      ConnectionId socket = channel.socket == null ? null : channel.socket.id;
      spot(channel.processInfo, server(socket, channel.role), Cause.SENDFILE).add(1, bytes, 0);
    }
  }

  private void addMissedCalls(List<Channel> channels) {
    long egress = 0;
    long ingress = 0;
    for (Channel channel : channels) {
      egress += unexplained(channel, Direction.EGRESS, channels);
      ingress += unexplained(channel, Direction.INGRESS, channels);
    }
    if (egress + ingress > 0) {
      Channel first = channels.get(0);
      SocketFacts socket = first.socket;
      spot(
              first.processInfo,
              server(socket == null ? null : socket.id, first.role),
              Cause.MISSED_CALLS)
          .add(1, egress, ingress);
    }
  }

  /** By the records where all are known, else by the sum of the connection's bytes. */
  private long unexplained(Channel channel, Direction direction, List<Channel> channels) {
    StreamFacts facts = channel.facts(direction);
    if (facts.proof.state() != Proof.State.NOT_CHECKED) {
      return facts.proof.unexplainedBytes();
    }
    if (channel != channels.get(0) || channel.socket == null) {
      return 0;
    }
    long allowed = HANDSHAKE_BYTES;
    long plaintext = 0;
    for (Channel user : channels) {
      plaintext += user.facts(direction).length();
      allowed += BYTES_A_CALL * user.events;
    }
    long moved = indexer.endOf(channel.socket.id, direction);
    return moved > plaintext + plaintext / 4 + allowed ? moved - plaintext : 0;
  }

  private void addUnexplained(
      ConnectionId socket,
      CipherTotals moved,
      Set<ProcessKey> withSessions,
      Set<ProcessKey> unlinked) {
    ProcessKey process = moved.process;
    if (process == null) {
      return;
    }
    Cause cause =
        unlinked.contains(process)
            ? Cause.UNLINKED_SESSION
            : withSessions.contains(process) ? Cause.NO_SESSION : Cause.UNKNOWN_LIBRARY;
    spot(indexer.processAt(process, moved.firstNanos), server(socket, null), cause)
        .add(
            1,
            Math.max(moved.egress.bytes, indexer.endOf(socket, Direction.EGRESS)),
            Math.max(moved.ingress.bytes, indexer.endOf(socket, Direction.INGRESS)));
  }

  private Amount spot(ProcessInfo process, Endpoint server, Cause cause) {
    return spots.computeIfAbsent(new Spot(process, server, cause), unused -> new Amount());
  }

  private Endpoint server(@Nullable ConnectionId socket, @Nullable Role known) {
    SocketFacts facts = socket == null ? null : indexer.socket(socket);
    if (facts == null) {
      return Endpoint.UNKNOWN;
    }
    Role role = known != null ? known : indexer.roleOf(facts);
    return role == null ? Endpoint.UNKNOWN : facts.server(role);
  }
}
