// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import dev.tapedeck.analyzer.importer.packet.Segment;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the connections in a sequence of segments apart and tells the sink of those with HTTP.
 *
 * <p>An end is told a second of packet time after it was seen, so that late segments still count;
 * the connection is remembered for another minute, so that later repetitions make no new one. A SYN
 * makes a new connection of the same addresses when the one before has ended, or when the peer
 * answers it.
 *
 * <p><b>Lifecycle:</b> {@link #segment} for all, then {@link #finish}. <b>Threads:</b> confined to
 * one.
 *
 * <p><b>Limits:</b>
 *
 * <table>
 * <caption>Bounds</caption>
 * <tr><th>name</th><th>value</th><th>effect when reached</th></tr>
 * <tr><td>MAX_CONNECTIONS</td><td>{@value #MAX_CONNECTIONS}</td><td>the one that was idle longest is
 * ended</td></tr>
 * <tr><td>IDLE_SECONDS</td><td>{@value #IDLE_SECONDS}</td><td>a connection idle for longer is ended;
 * what comes later is another one</td></tr>
 * <tr><td>HOLD_SECONDS</td><td>{@value #HOLD_SECONDS}</td><td>a connection of which it is not known
 * what it carries is decided; events are told at most that late</td></tr>
 * </table>
 */
public final class TcpTracker {
  public static final int MAX_CONNECTIONS = 1 << 16;
  public static final int IDLE_SECONDS = 7260;
  public static final int HOLD_SECONDS = 1;

  private static final int REMEMBERED_SECONDS = 60;
  private static final int MAX_PENDING_SYNS = 1 << 12;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final TcpSink sink;
  private final Set<Integer> forcedPorts;
  private final TcpStats stats = new TcpStats();
  private final History history = new History();
  private final Map<FlowId, TcpConnection> connections = new LinkedHashMap<>(64, 0.75f, true);
  private final Map<FlowId, Segment> pendingSyns = new LinkedHashMap<>();
  private final ArrayDeque<TcpConnection> undecided = new ArrayDeque<>();
  private final ArrayDeque<TcpConnection> closing = new ArrayDeque<>();
  private final ArrayDeque<TcpConnection> remembered = new ArrayDeque<>();
  private long nowNanos;

  /**
   * Makes a tracker.
   *
   * @param forcedPorts of which connections are kept whatever they carry
   */
  public TcpTracker(TcpSink sink, Set<Integer> forcedPorts) {
    this.sink = sink;
    this.forcedPorts = Set.copyOf(forcedPorts);
  }

  /** Returns what was counted so far. */
  public TcpStats stats() {
    return stats;
  }

  /**
   * Takes the next segment.
   *
   * @throws IOException from the sink
   */
  public void segment(Segment segment) throws IOException {
    stats.segments++;
    nowNanos = Math.max(nowNanos, segment.epochNanos());
    settle();
    FlowId flow = FlowId.of(segment);
    boolean low = FlowId.isFromLow(segment);
    TcpConnection known = connections.get(flow);
    if (segment.isReset()) {
      reset(known, low, segment);
      return;
    }
    TcpConnection connection;
    if (segment.isSyn()) {
      connection =
          segment.isAck() ? answered(known, flow, low, segment) : begun(known, flow, low, segment);
    } else {
      connection = continued(known, flow, low, segment);
    }
    if (connection == null) {
      return;
    }
    boolean wasUndecided = connection.isUndecided();
    boolean wasClosed = connection.isClosed();
    connection.add(low, segment);
    if (connection.isUndecided() && !wasUndecided) {
      undecided.add(connection);
    }
    if (connection.isClosed() && !wasClosed) {
      closing.add(connection);
    }
  }

  private void reset(@Nullable TcpConnection known, boolean low, Segment segment) {
    if (known == null || !known.isPlausible(low, segment.sequence())) {
      stats.strayResets++;
      return;
    }
    if (!known.isClosed()) {
      known.reset(segment.epochNanos());
      closing.add(known);
    }
  }

  /**
   * A SYN: of a new connection, again, from both ends, or on top of one that still seems to live.
   */
  private @Nullable TcpConnection begun(
      @Nullable TcpConnection known, FlowId flow, boolean low, Segment syn) throws IOException {
    if (known != null && known.isFirst(low, syn.sequence() + 1)) {
      return known;
    }
    if (known != null && !known.isAnchored(low) && !known.hasContent() && !known.isClosed()) {
      known.synchronizeBoth(low, syn.sequence());
      return known;
    }
    if (known != null && known.hasContent() && !known.isClosed()) {
      pendingSyns.put(flow, syn);
      if (pendingSyns.size() > MAX_PENDING_SYNS) {
        Iterator<FlowId> oldest = pendingSyns.keySet().iterator();
        oldest.next();
        oldest.remove();
      }
      return null;
    }
    TcpConnection made = replace(known, flow);
    made.synchronize(low, syn.sequence(), true);
    return made;
  }

  private TcpConnection answered(
      @Nullable TcpConnection known, FlowId flow, boolean low, Segment answer) throws IOException {
    Segment pending = pendingSyns.get(flow);
    boolean answersPending =
        pending != null
            && FlowId.isFromLow(pending) != low
            && answer.acknowledgment() == pending.sequence() + 1;
    if (known == null || answersPending || (known.isClosed() && !isAgain(known, low, answer))) {
      TcpConnection made = replace(known, flow);
      made.synchronize(low, answer.sequence(), false);
      made.synchronize(!low, answer.acknowledgment() - 1, true);
      return made;
    }
    if (!known.isAnchored(low)) {
      known.synchronize(low, answer.sequence(), false);
    }
    return known;
  }

  private static boolean isAgain(TcpConnection known, boolean low, Segment answer) {
    return known.isFirst(low, answer.sequence() + 1);
  }

  private @Nullable TcpConnection continued(
      @Nullable TcpConnection known, FlowId flow, boolean low, Segment segment) throws IOException {
    Segment pending = pendingSyns.isEmpty() ? null : pendingSyns.get(flow);
    if (pending != null
        && FlowId.isFromLow(pending) == low
        && segment.sequence() == pending.sequence() + 1) {
      TcpConnection made = replace(known, flow);
      made.synchronize(low, pending.sequence(), true);
      return made;
    }
    if (known == null || known.isPast(low, segment)) {
      return segment.length() == 0 ? known : replace(known, flow);
    }
    return known;
  }

  private TcpConnection replace(@Nullable TcpConnection known, FlowId flow) throws IOException {
    if (known != null) {
      known.end(nowNanos);
    }
    pendingSyns.remove(flow);
    TcpConnection made = new TcpConnection(flow, sink, forcedPorts, history, stats);
    connections.put(flow, made);
    stats.connections++;
    return made;
  }

  /** Does what is due at the time of the latest packet. */
  private void settle() throws IOException {
    while (isDue(undecided.peek())) {
      undecided.remove().decideIfDue(true);
    }
    while (isOld(closing.peek(), HOLD_SECONDS)) {
      TcpConnection connection = closing.remove();
      connection.end(nowNanos);
      remembered.add(connection);
    }
    while (isOld(remembered.peek(), REMEMBERED_SECONDS)) {
      TcpConnection connection = remembered.remove();
      connections.remove(connection.flow(), connection);
    }
    Iterator<TcpConnection> idlest = connections.values().iterator();
    while (idlest.hasNext()) {
      TcpConnection connection = idlest.next();
      boolean tooMany = connections.size() >= MAX_CONNECTIONS;
      if (!tooMany && !isOld(connection, IDLE_SECONDS)) {
        return;
      }
      stats.evictedConnections += tooMany && !connection.isTold() ? 1 : 0;
      connection.end(nowNanos);
      idlest.remove();
    }
  }

  private boolean isDue(@Nullable TcpConnection waiting) {
    return waiting != null
        && (!waiting.isUndecided()
            || nowNanos - waiting.undecidedSinceNanos() > HOLD_SECONDS * NANOS_PER_SECOND);
  }

  private boolean isOld(@Nullable TcpConnection connection, long seconds) {
    return connection != null && nowNanos - connection.lastNanos() > seconds * NANOS_PER_SECOND;
  }

  /**
   * Tells the ends of all connections.
   *
   * @throws IOException from the sink
   */
  public void finish() throws IOException {
    for (TcpConnection connection : connections.values()) {
      connection.end(nowNanos);
    }
    connections.clear();
  }
}
