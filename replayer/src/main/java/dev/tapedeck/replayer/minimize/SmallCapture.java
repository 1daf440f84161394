// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.format.WriterOptions;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes some recorded exchanges as a capture of their own: a connection for each session, with the
 * recorded addresses, times and bytes. After a message that was not captured whole, or that ends
 * with its connection, another connection begins.
 *
 * <p><b>Threads:</b> confined to one. Used once.
 */
final class SmallCapture {
  /** Recorded times are real ones; the host's monotonic clock began this long before the first. */
  private static final long FIRST_NANOS = 1_000_000_000;

  private static final long FIRST_SOCKET = 1;
  private static final long FIRST_POINTER = 0x1000;
  private static final int FIRST_DESCRIPTOR = 3;
  private static final int DATA_BYTES = 1 << 18;

  private final CaptureHeader header;
  private final List<Move> moves = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private long sequence;
  private long calls;
  private long originEpochNanos;

  /** Bytes that go one way on a connection. */
  private record Move(Connection connection, long epochNanos, boolean toServer, Bytes bytes) {}

  /** One connection that is written, and where its streams stand. */
  private static final class Connection {
    private final int number;
    private final ConnectionInfo recorded;
    private final ConnectionId id;
    private final DescriptorRef descriptor;
    private final StreamOwner owner;
    private long toServerEpochNanos;
    private long toClientEpochNanos;
    private long egressPosition;
    private long ingressPosition;
    private boolean opened;
    private int streams;

    Connection(int number, ConnectionInfo recorded, long hostId) {
      this.number = number;
      this.recorded = recorded;
      ProcessInfo process = recorded.process();
      ProcessKey key = new ProcessKey(hostId, Math.max(1, process.pid()), 0);
      this.id = new ConnectionId(hostId, FIRST_SOCKET + number, 1);
      this.descriptor = new DescriptorRef(key, FIRST_DESCRIPTOR + number);
      this.owner =
          recorded.tlsSession() == null
              ? id
              : new TlsSessionId(key, FIRST_POINTER * (number + 1), 1);
    }

    boolean outgoing(boolean toServer) {
      return toServer == (recorded.role() == Role.CLIENT);
    }
  }

  /**
   * Prepares a capture.
   *
   * @param source which the exchanges are from: its host is named
   */
  SmallCapture(Selection selection, RecordedCapture source, Bytes fileId) {
    List<SelectedExchange> exchanges = selection.exchanges();
    originEpochNanos =
        exchanges.stream().mapToLong(e -> e.exchange().startedEpochNanos()).min().orElse(0);
    header =
        CaptureHeader.newBuilder()
            .fileId(fileId)
            .hostId(source.hostId())
            .hostName(source.hostName())
            .producer("tapedeck replayer")
            .createdRealNanos(originEpochNanos)
            .attribute("reproducer", "true")
            .build();
    exchanges.stream()
        .collect(
            Collectors.groupingBy(SelectedExchange::sessionKey, TreeMap::new, Collectors.toList()))
        .values()
        .forEach(this::addSession);
    moves.sort(Comparator.comparingLong(Move::epochNanos));
  }

  private void addSession(List<SelectedExchange> session) {
    List<SelectedExchange> inOrder = new ArrayList<>(session);
    inOrder.sort(Comparator.comparingInt(one -> one.exchange().index()));
    Connection http1 = null;
    Connection http2 = null;
    for (SelectedExchange selected : inOrder) {
      Exchange exchange = selected.whole();
      HttpRequest request = exchange.request();
      if (request == null) {
        continue;
      }
      if (request.body().framing() == Body.Framing.FRAMES || request.version().equals("HTTP/2")) {
        http2 = http2 == null ? open(exchange) : http2;
        addHttp2(http2, exchange, request);
      } else {
        http1 = http1 == null ? open(exchange) : http1;
        http1 = addHttp1(http1, exchange, request) ? http1 : null;
      }
    }
  }

  private Connection open(Exchange exchange) {
    Connection connection =
        new Connection(connections.size(), exchange.connection(), header.hostId());
    connections.add(connection);
    return connection;
  }

  /** Returns whether another exchange may follow on the connection. */
  private boolean addHttp1(Connection connection, Exchange exchange, HttpRequest request) {
    move(connection, exchange.startedEpochNanos(), true, MessageBytes.http1(request));
    HttpResponse response = exchange.response();
    if (response == null) {
      return false;
    }
    long answered = answeredEpochNanos(exchange);
    for (HttpResponse interim : exchange.interim()) {
      move(connection, answered, false, MessageBytes.http1(interim));
    }
    move(connection, answered, false, MessageBytes.http1(response));
    return request.completeness() == Completeness.COMPLETE
        && response.completeness() == Completeness.COMPLETE
        && response.body().framing() != Body.Framing.CLOSE;
  }

  private void addHttp2(Connection connection, Exchange exchange, HttpRequest request) {
    int streamId = 2 * connection.streams + 1;
    if (connection.streams++ == 0) {
      move(connection, exchange.startedEpochNanos(), true, Http2Writer.opening(true));
      move(connection, exchange.startedEpochNanos(), false, Http2Writer.opening(false));
    }
    move(connection, exchange.startedEpochNanos(), true, MessageBytes.http2(request, streamId));
    HttpResponse response = exchange.response();
    if (response != null) {
      move(
          connection,
          answeredEpochNanos(exchange),
          false,
          MessageBytes.answers(exchange, response, streamId));
    }
  }

  private static long answeredEpochNanos(Exchange exchange) {
    Long first = exchange.firstByteEpochNanos();
    // Not at once: what comes at the time of its request would have come without it.
    return Math.max(first == null ? 0 : first, exchange.startedEpochNanos() + 1000);
  }

  /** Streams go forward only, whatever the clocks of several processors said. */
  private void move(Connection connection, long epochNanos, boolean toServer, Bytes bytes) {
    long time =
        Math.max(
            epochNanos, toServer ? connection.toServerEpochNanos : connection.toClientEpochNanos);
    if (toServer) {
      connection.toServerEpochNanos = time;
    } else {
      connection.toClientEpochNanos = time;
    }
    for (int from = 0; from < bytes.length(); from += DATA_BYTES) {
      int to = Math.min(bytes.length(), from + DATA_BYTES);
      moves.add(new Move(connection, time, toServer, bytes.slice(from, to)));
    }
  }

  /**
   * Writes the capture.
   *
   * @throws IOException when it cannot be written
   */
  void writeTo(Path file) throws IOException {
    try (CaptureWriter writer = CaptureWriter.create(file, header, WriterOptions.defaults())) {
      ProcessKey nobody = new ProcessKey(header.hostId(), 0, 0);
      writer.write(new ClockEvent(stamp(nobody, originEpochNanos), FIRST_NANOS, originEpochNanos));
      List<Connection> toOpen = new ArrayList<>(connections);
      long last = originEpochNanos;
      for (Move move : moves) {
        if (toOpen.remove(move.connection())) {
          for (CaptureEvent event : opening(move.connection(), move.epochNanos())) {
            writer.write(event);
          }
        }
        writer.write(data(move));
        last = move.epochNanos();
      }
      for (Connection connection : connections) {
        writer.write(closing(connection, last));
      }
    }
  }

  private List<CaptureEvent> opening(Connection connection, long epochNanos) {
    List<CaptureEvent> events = new ArrayList<>();
    ProcessKey process = connection.descriptor.process();
    ProcessInfo program = connection.recorded.process();
    if (connections.subList(0, connection.number).stream()
        .noneMatch(other -> other.opened && other.descriptor.process().equals(process))) {
      events.add(
          new ProcessEvent.Exec(
              stamp(process, epochNanos),
              new ProcessEvent.ProgramInfo(program.comm(), program.exe(), 0, "", List.of()),
              true));
    }
    connection.opened = true;
    boolean client = connection.recorded.role() == Role.CLIENT;
    FlowKey toServer =
        new FlowKey(
            connection.recorded.client(),
            connection.recorded.server(),
            connection.recorded.netns());
    EventStamp stamp = stamp(process, epochNanos);
    events.add(
        client
            ? new SocketEvent.Connect(stamp, connection.id, connection.descriptor, toServer)
            : new SocketEvent.Accept(
                stamp, connection.id, connection.descriptor, toServer.reversed()));
    if (connection.owner instanceof TlsSessionId session) {
      events.add(new TlsEvent.New(stamp(process, epochNanos), session));
      events.add(
          new TlsEvent.Binding(
              stamp(process, epochNanos),
              session,
              TlsEvent.Evidence.SET_FD,
              connection.descriptor,
              connection.id));
    }
    return events;
  }

  private StreamEvent.Data data(Move move) {
    Connection connection = move.connection();
    boolean outgoing = connection.outgoing(move.toServer());
    long position = outgoing ? connection.egressPosition : connection.ingressPosition;
    int length = move.bytes().length();
    if (outgoing) {
      connection.egressPosition += length;
    } else {
      connection.ingressPosition += length;
    }
    boolean tls = connection.owner instanceof TlsSessionId;
    CallKind kind =
        outgoing
            ? (tls ? CallKind.SSL_WRITE : CallKind.WRITE)
            : (tls ? CallKind.SSL_READ : CallKind.READ);
    return new StreamEvent.Data(
        stamp(connection.descriptor.process(), move.epochNanos()),
        new StreamId(connection.owner, outgoing ? Direction.EGRESS : Direction.INGRESS),
        position,
        length,
        length,
        move.bytes(),
        new CallRef(kind, ++calls, 0, length, length));
  }

  private CaptureEvent closing(Connection connection, long epochNanos) {
    boolean tls = connection.owner instanceof TlsSessionId;
    StreamEnds ends =
        new StreamEnds(
            tls ? -1 : connection.egressPosition,
            tls ? -1 : connection.ingressPosition,
            0,
            0,
            true);
    return new SocketEvent.Close(
        stamp(connection.descriptor.process(), epochNanos),
        connection.id,
        connection.descriptor,
        ends);
  }

  private EventStamp stamp(ProcessKey process, long epochNanos) {
    long nanos = epochNanos - originEpochNanos + FIRST_NANOS;
    return new EventStamp(process, process.pid(), 0, nanos, EventOrigin.userSpace(sequence++));
  }
}
