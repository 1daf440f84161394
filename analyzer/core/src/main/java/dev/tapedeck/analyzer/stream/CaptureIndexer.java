// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.ClockMap;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first reading of a capture, which needs no payload: who held which socket when, which TLS
 * session used it, and which bytes of each stream never come.
 *
 * <p><b>Lifecycle:</b> {@link #event} for all events, then {@link #finish} once. <b>Threads:</b>
 * confined to one.
 *
 * <p>Where parts of the capture are read side by side, {@link #add} takes each in its turn.
 */
public final class CaptureIndexer implements CaptureVisitor {
  private static final Comparator<Channel> BY_PLACE =
      Comparator.comparingLong(Channel::firstOrdinal)
          .thenComparingLong(channel -> channel.firstDataOrdinal);

  private final long maxReorderBytes;
  private final Map<Long, ClockMap> clocks = new HashMap<>();
  private final ProcessTable processes = new ProcessTable();
  private final DescriptorTable descriptors = new DescriptorTable();
  private final Map<ConnectionId, SocketFacts> sockets = new HashMap<>();
  private final Map<TlsSessionId, TlsFacts> sessions = new HashMap<>();
  private final Map<StreamOwner, Channel> channels = new HashMap<>();
  private final List<LossEvent> streamLosses = new ArrayList<>();
  private final StreamEndTable ends = new StreamEndTable();
  private final List<Damage> damages = new ArrayList<>(0);
  private final Map<ConnectionId, CipherTotals> totals = new HashMap<>();
  private final CipherEvidence records = new CipherEvidence();
  private final RecordLengths lengths = new RecordLengths();
  private final HelloFacts hellos = new HelloFacts();
  private @Nullable Channel lastChannel;
  private long ordinal;
  private long lostEvents;

  /**
   * Makes an indexer.
   *
   * @param maxReorderBytes most bytes of a stream that may wait for earlier ones
   */
  public CaptureIndexer(long maxReorderBytes) {
    this.maxReorderBytes = maxReorderBytes;
  }

  @Override
  public void event(CaptureEvent event) {
    ordinal++;
    if (event instanceof StreamEvent stream) {
      stream(stream);
    } else if (event instanceof SocketEvent socket) {
      socket(socket);
    } else if (event instanceof TlsEvent tls) {
      tls(tls);
    } else if (event instanceof ProcessEvent process) {
      processes.add(process);
      if (process instanceof ProcessEvent.Fork fork) {
        descriptors.forked(fork.stamp().process(), fork.child(), fork.stamp().exitNanos());
      } else if (process instanceof ProcessEvent.Exec exec && !exec.existing()) {
        descriptors.executed(exec.stamp().process(), exec.stamp().exitNanos());
      }
    } else if (event instanceof ClockEvent reading) {
      clocks
          .computeIfAbsent(reading.stamp().process().hostId(), unused -> new ClockMap())
          .add(reading);
    } else if (event instanceof LossEvent loss) {
      lostEvents += Math.max(0, loss.events());
      if (loss.stream() != null) {
        streamLosses.add(loss);
      }
    }
  }

  /** Takes a data event as it stands in its block. */
  @Override
  public void data(DataRow row) {
    ordinal++;
    Channel channel = (Channel) row.attached();
    if (channel == null) {
      channel = channel(row.stream().owner(), row.process(), ordinal, row.exitNanos());
      row.attach(channel);
    }
    if (RecordLengths.matters(row.stream(), row.partIndex())) {
      lengths.add(
          row.stream(),
          row.process(),
          row.position(),
          Math.max(row.returnedLength(), row.originalLength()),
          row.startNanos());
    }
    channel.moved(row.process(), row.startNanos(), row.exitNanos());
    channel.facts(row.stream().direction()).coverage.add(row.position(), row.originalLength());
  }

  /** Takes the next part of the capture: the same as taking what it holds, one after the other. */
  public void add(IndexPart part) {
    long before = ordinal;
    for (int i = 0; i < part.others.size(); i++) {
      ordinal = before + part.otherOffset(i);
      event(part.others.get(i));
    }
    for (IndexPart.Moved moved : part.moved.values()) {
      moved.addTo(
          channel(
              moved.owner,
              moved.firstProcess,
              before + moved.firstOffset + 1,
              moved.firstExitNanos));
    }
    if (part.lengths != null) {
      lengths.addWrites(part.lengths);
    }
    part.damages.forEach(this::damage);
    part.losses.forEach(this::loss);
    ordinal = before + part.events();
  }

  @Override
  public void damage(Damage damage) {
    damages.add(damage);
  }

  @Override
  public void loss(CopyLoss loss) {
    lostEvents += Math.max(0, loss.events());
  }

  private void stream(StreamEvent event) {
    long length;
    if (event instanceof StreamEvent.Data data) {
      length = data.originalLength();
    } else if (event instanceof StreamEvent.Transfer transfer) {
      length = transfer.lengthBytes();
    } else {
      StreamEvent.CipherRecord seen = (StreamEvent.CipherRecord) event;
      if (seen.stream().owner() instanceof ConnectionId socket) {
        totals.computeIfAbsent(socket, unused -> new CipherTotals()).add(seen);
      }
      records.add(seen);
      lengths.add(seen);
      hellos.add(seen);
      return;
    }
    EventStamp stamp = event.stamp();
    Channel channel = channel(event.stream().owner(), stamp.process(), ordinal, stamp.exitNanos());
    if (event instanceof StreamEvent.Data data
        && RecordLengths.matters(data.stream(), data.call().partIndex())) {
      lengths.add(data);
    }
    channel.moved(stamp.process(), stamp.startNanos(), stamp.exitNanos());
    channel.facts(event.stream().direction()).coverage.add(event.position(), length);
  }

  /** Returns the owner's channel, which begins with this event when there is none. */
  private Channel channel(StreamOwner owner, ProcessKey process, long at, long exitNanos) {
    Channel channel = lastChannel;
    if (channel == null || !channel.isOf(owner)) {
      channel = channels.get(owner);
      if (channel == null) {
        channel = new Channel(owner, process, at, exitNanos, maxReorderBytes);
        channels.put(owner, channel);
      }
      lastChannel = channel;
    }
    return channel;
  }

  private void socket(SocketEvent event) {
    ConnectionId id = event.connection();
    sockets.computeIfAbsent(id, unused -> new SocketFacts(id, ordinal)).add(event);
    long nanos = event.stamp().exitNanos();
    if (event instanceof SocketEvent.Connect connect) {
      descriptors.opened(connect.descriptor(), id, nanos);
    } else if (event instanceof SocketEvent.Accept accept) {
      descriptors.opened(accept.descriptor(), id, nanos);
    } else if (event instanceof SocketEvent.Existing existing) {
      descriptors.opened(existing.descriptor(), id, nanos);
    } else if (event instanceof SocketEvent.Dup dup) {
      descriptors.opened(dup.descriptor(), id, nanos);
    } else if (event instanceof SocketEvent.Close close) {
      descriptors.closed(close.descriptor(), nanos);
      ends.add(id, close.end(), close.stamp(), ordinal);
    }
  }

  private void tls(TlsEvent event) {
    TlsSessionId id = event.session();
    sessions.computeIfAbsent(id, unused -> new TlsFacts(id, ordinal)).add(event);
    if (event instanceof TlsEvent.Free free) {
      ends.add(id, free.end(), free.stamp(), ordinal);
    }
  }

  /** Ends the first reading and resolves what needs the whole capture. */
  public CaptureIndex finish() {
    List<Channel> seen = new ArrayList<>(channels.values());
    // Not in the order of the table, which may depend on how the capture was read.
    seen.sort(Comparator.comparingLong(channel -> channel.firstDataOrdinal));
    records.finish();
    sockets.values().forEach(SocketFacts::finish);
    LinkResolver links = new LinkResolver(descriptors, sockets, totals, records, lengths);
    seen.forEach(channel -> findSocket(channel, links));
    links.resolveByLengths(seen);
    LinkResolver.settleClaims(seen);
    List<Channel> ordered = new ArrayList<>(seen);
    ordered.addAll(withoutBytes(links));
    ordered.forEach(this::complete);
    for (LossEvent loss : streamLosses) {
      addLoss(loss);
    }
    for (Channel channel : ordered) {
      for (StreamEnds end : ends.of(channel.owner)) {
        channel.egress.ends(end.egressPosition());
        channel.ingress.ends(end.ingressPosition());
      }
      channel.egress.finish();
      channel.ingress.finish();
    }
    seen.sort(BY_PLACE);
    prove(seen);
    EndMatcher.match(seen, records);
    EndMatcher.suggestRoles(seen);
    Peers peers = new Peers(sockets.values(), processes);
    ordered.sort(BY_PLACE);
    ordered.forEach(peers::find);
    for (int i = 0; i < ordered.size(); i++) {
      ordered.get(i).number = i + 1;
    }
    return new CaptureIndex(ordered, channels, clocks, lostEvents, damages);
  }

  private void findSocket(Channel channel, LinkResolver links) {
    if (channel.owner instanceof TlsSessionId session) {
      channel.tls =
          sessions.computeIfAbsent(session, id -> new TlsFacts(id, channel.firstDataOrdinal));
      links.resolve(channel);
    } else if (channel.owner instanceof ConnectionId connection) {
      channel.socket = sockets.get(connection);
    }
  }

  /**
   * Makes a channel of each session that moved bytes of which none is in the capture. What is known
   * of the others does not depend on these: they prove nothing.
   */
  private List<Channel> withoutBytes(LinkResolver links) {
    List<Channel> made = new ArrayList<>(0);
    for (StreamEndTable.Unseen end : ends.withoutBytes(channels::containsKey, this::isToldOf)) {
      EventStamp stamp = end.stamp();
      Channel channel = channel(end.owner(), stamp.process(), end.ordinal(), stamp.exitNanos());
      findSocket(channel, links);
      end.explain(channel);
      made.add(channel);
    }
    return made;
  }

  private boolean isToldOf(TlsSessionId session) {
    TlsFacts facts = sessions.get(session);
    return facts != null && facts.isToldOf();
  }

  private void complete(Channel channel) {
    channel.processInfo = processes.at(channel.process, channel.firstNanos);
    SocketFacts socket = channel.socket;
    if (channel.owner instanceof TlsSessionId) {
      channel.tlsInfo = hellos.of(channel.tls, socket == null ? null : socket.id);
    }
    if (socket != null) {
      channel.role = socket.role();
      if (channel.role == null && channel.owner instanceof TlsSessionId) {
        channel.role = hellos.role(socket.id);
      }
      if (socket.isRoleContradictory()) {
        channel.contradiction("role");
      }
    }
  }

  /** Returns what the records of each socket that carried TLS say. */
  Map<ConnectionId, CipherTotals> cipherTotals() {
    return totals;
  }

  /** Returns what is known of a socket; null when nothing is. */
  @Nullable SocketFacts socket(ConnectionId id) {
    return sockets.get(id);
  }

  /** Returns which end of its connection a socket is; null when that is not known. */
  @Nullable Role roleOf(SocketFacts socket) {
    return socket.role() != null ? socket.role() : hellos.role(socket.id);
  }

  /** Returns how many bytes a socket had moved when it was last told; 0 when it never was. */
  long endOf(ConnectionId socket, Direction direction) {
    long end = 0;
    for (StreamEnds known : ends.of(socket)) {
      end = Math.max(end, known.position(direction));
    }
    return end;
  }

  /** Returns what ran in a process at a time. */
  ProcessInfo processAt(ProcessKey process, long nanos) {
    return processes.at(process, nanos);
  }

  /** Compares what sessions moved with the records of the sockets that they had alone. */
  private void prove(List<Channel> channels) {
    Map<ConnectionId, Integer> users = new HashMap<>();
    for (Channel channel : channels) {
      if (channel.socket != null) {
        users.merge(channel.socket.id, 1, Integer::sum);
      }
    }
    for (Channel channel : channels) {
      SocketFacts socket = channel.socket;
      CipherTotals moved = socket == null ? null : totals.get(socket.id);
      if (socket == null
          || moved == null
          || channel.tls == null
          || users.getOrDefault(socket.id, 0) != 1) {
        continue;
      }
      for (Direction direction : Direction.values()) {
        long end = -1;
        for (StreamEnds known : ends.of(socket.id)) {
          end = Math.max(end, known.position(direction));
        }
        StreamFacts facts = channel.facts(direction);
        facts.proof = RecordProof.of(moved.side(direction), end, channel.tlsInfo, facts.length());
      }
    }
  }

  private void addLoss(LossEvent loss) {
    if (loss.stream() == null) {
      return;
    }
    Channel channel = channels.get(loss.stream().owner());
    if (channel == null) {
      return;
    }
    channel.facts(loss.stream().direction()).missing(loss);
  }
}
