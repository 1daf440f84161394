// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Coverage;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.format.ClockMap;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pair of streams whose bytes the capture holds, or says that it lacks them all, with all that
 * the first reading found out about it: a plain socket, or a TLS session with the socket it is
 * linked to.
 *
 * <p><b>Threads:</b> read-only once the first reading has ended, but for what is attached: that
 * belongs to whoever puts the channel's streams in order.
 */
public final class Channel {
  private static final Link PLAIN =
      new Link(Link.Method.SOCKET, Link.Confidence.PROVEN, "The bytes were taken from the socket.");

  /** By the time of the first bytes; those of one moment in an order of their own. */
  static final Comparator<Channel> BY_FIRST_BYTE =
      Comparator.comparingLong((Channel channel) -> channel.firstNanos)
          .thenComparingLong(channel -> channel.lastNanos)
          .thenComparing(channel -> channel.owner.toString());

  final StreamOwner owner;
  ProcessKey process;
  final long firstDataOrdinal;
  long firstNanos;

  /** When the call that moved the first bytes was entered, or returned where that is not known. */
  long firstStartNanos = Long.MAX_VALUE;

  final StreamFacts egress;
  final StreamFacts ingress;
  final List<Anomaly> anomalies = new ArrayList<>(0);
  final List<Weighed> weighed = new ArrayList<>(0);
  long lastNanos;
  long events;
  int number;
  Link link = PLAIN;
  ProcessInfo processInfo;
  @Nullable SocketFacts socket;
  @Nullable TlsFacts tls;
  @Nullable TlsInfo tlsInfo;
  @Nullable Role role;
  @Nullable Role likelyRole;
  @Nullable Channel otherEnd;
  @Nullable ProcessInfo peer;
  private @Nullable Object attached;

  Channel(
      StreamOwner owner,
      ProcessKey process,
      long firstDataOrdinal,
      long firstNanos,
      long maxReorderBytes) {
    this.owner = owner;
    this.process = process;
    this.firstDataOrdinal = firstDataOrdinal;
    this.firstNanos = firstNanos;
    this.lastNanos = firstNanos;
    this.egress = new StreamFacts(maxReorderBytes);
    this.ingress = new StreamFacts(maxReorderBytes);
    this.processInfo = new ProcessInfo(process.pid(), "", "");
  }

  /** Returns what was attached last; null for nothing. */
  public @Nullable Object attached() {
    return attached;
  }

  /** Attaches what the second reading makes of the channel, so that it need not be looked for. */
  public void attach(@Nullable Object what) {
    attached = what;
  }

  /** Returns whether the owner's streams are this channel's. */
  public boolean isOf(StreamOwner streamOwner) {
    return owner == streamOwner || owner.equals(streamOwner);
  }

  /** Returns the session's number. */
  public int number() {
    return number;
  }

  /** Returns how many stream events the channel has in the capture. */
  public long events() {
    return events;
  }

  /** Returns whether the connection moved bytes of which the capture has none. */
  public boolean isWithoutBytes() {
    return events == 0;
  }

  /** Returns what is known of one direction. */
  public StreamFacts facts(Direction direction) {
    return direction == Direction.EGRESS ? egress : ingress;
  }

  /** Returns the process's end; null when only the bytes can tell. */
  public @Nullable Role role() {
    return role;
  }

  /** Returns the end that ports suggest; null when they don't. */
  public @Nullable Role likelyRole() {
    return likelyRole;
  }

  /** Returns the other end of the same connection, when it was recorded too. */
  public @Nullable Channel otherEnd() {
    return otherEnd;
  }

  /** Returns the process at the other end; null when that was not seen. */
  public @Nullable ProcessInfo peer() {
    return peer;
  }

  /** Returns the number of the process that held it. */
  public int pid() {
    return process.pid();
  }

  /** Returns the host that recorded it. */
  public long hostId() {
    return process.hostId();
  }

  /** Returns when the first call that moved bytes was entered, monotonic; earlier than any byte. */
  public long firstStartNanos() {
    return Math.min(firstStartNanos, firstNanos);
  }

  /** Returns this end's address as far as it is known. */
  public Endpoint localEnd() {
    return socket == null ? Endpoint.UNKNOWN : socket.flow().local();
  }

  /** Returns what is odd about the connection. */
  public List<Anomaly> anomalies() {
    return anomalies;
  }

  /** Returns whether the first byte of each stream is the connection's first. */
  public boolean isFromStart() {
    if (tls != null && tls.seenFromStart) {
      return true;
    }
    return socket != null && socket.openedNanos > 0;
  }

  /** Returns whether the end of the connection was seen. */
  public boolean isClosed() {
    return (tls != null && tls.endedNanos > 0) || (socket != null && socket.closedNanos() > 0);
  }

  /** Returns whether the connection ended as its ends wanted it to. */
  public boolean isClosedInOrder() {
    return isClosed() && (socket == null || !socket.isReset());
  }

  /** Returns how much of the connection was captured, when both streams were put in order. */
  public Coverage coverage(StreamAssembler out, StreamAssembler in) {
    return new Coverage(
        out.map(isFromStart(), isClosed()),
        in.map(isFromStart(), isClosed()),
        egress.proof,
        ingress.proof);
  }

  /** Takes when an event moved bytes, and who did; the earliest names the process. */
  void moved(ProcessKey mover, long startNanos, long exitNanos) {
    moved(1, mover, startNanos, exitNanos, exitNanos);
  }

  /**
   * Takes when events moved bytes, and who moved the first ones.
   *
   * @param count how many
   * @param startNanos the earliest entry, or return where that is not known
   * @param earliest the earliest return
   * @param latest the latest return
   */
  void moved(long count, ProcessKey mover, long startNanos, long earliest, long latest) {
    events += count;
    firstStartNanos = Math.min(firstStartNanos, startNanos);
    lastNanos = Math.max(lastNanos, latest);
    if (earliest < firstNanos || (earliest == firstNanos && mover.pid() < process.pid())) {
      firstNanos = earliest;
      process = mover;
    }
  }

  long firstOrdinal() {
    long first = firstDataOrdinal;
    if (socket != null) {
      first = Math.min(first, socket.firstOrdinal);
    }
    if (tls != null) {
      first = Math.min(first, tls.firstOrdinal);
    }
    return first;
  }

  long lifeStartNanos() {
    return socket != null && socket.openedNanos > 0
        ? Math.min(socket.openedNanos, firstNanos)
        : firstNanos;
  }

  long lifeEndNanos() {
    return socket != null ? Math.max(socket.closedNanos(), lastNanos) : lastNanos;
  }

  /**
   * Returns what sessions say of the connection.
   *
   * @param decided the role as known after the first bytes
   * @param reason why, in a sentence; empty when the role was known
   */
  public ConnectionInfo info(Role decided, String reason, ClockMap clock) {
    Link explained =
        reason.isEmpty() && weighed.isEmpty()
            ? link
            : new Link(
                link.method(),
                link.confidence(),
                reason.isEmpty() ? link.explanation() : link.explanation() + " " + reason,
                Weighed.toEvidence(weighed, clock));
    SocketFacts known = socket;
    return ConnectionInfo.newBuilder(decided)
        .connection(owner instanceof ConnectionId plain ? plain : known == null ? null : known.id)
        .tlsSession(owner instanceof TlsSessionId session ? session : null)
        .process(processInfo)
        .client(known == null ? Endpoint.UNKNOWN : known.client(decided))
        .server(known == null ? Endpoint.UNKNOWN : known.server(decided))
        .netns(known == null ? 0 : known.flow().netns())
        .link(explained)
        .openedEpochNanos(
            known == null || known.openedNanos == 0 ? null : clock.toEpochNanos(known.openedNanos))
        .closedEpochNanos(
            known == null || known.closedNanos() == 0
                ? null
                : clock.toEpochNanos(known.closedNanos()))
        .peer(peer)
        .tls(tlsInfo)
        .build();
  }

  void contradiction(String detail) {
    anomalies.add(new Anomaly(AnomalyKind.LINK_CONTRADICTION, detail));
  }
}
