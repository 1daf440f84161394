// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the events of an {@link EventScript}, line by line. */
final class ScriptRun {
  private static final long LINE_NANOS = 1_000_000;
  private static final long CALL_NANOS = 10_000;
  private static final long BOOT_OFFSET_NANOS = 7_000_000_000L;
  private static final long FIRST_INODE = 1001;
  private static final int FIRST_DESCRIPTOR = 5;
  private static final long FIRST_POINTER = 0x7F00_0000_1000L;
  private static final long POINTER_STEP = 0x1000;
  private static final long READ_BUFFER_BYTES = 16_384;

  /** One connection of the script and where its streams stand. */
  private static final class Connection {
    private final ConnectionId id;
    private final DescriptorRef descriptor;
    private final Role role;
    private final StreamOwner owner;
    private long egressPosition;
    private long ingressPosition;
    private long egressLostBytes;
    private long ingressLostBytes;

    private Connection(ConnectionId id, DescriptorRef descriptor, Role role, StreamOwner owner) {
      this.id = id;
      this.descriptor = descriptor;
      this.role = role;
      this.owner = owner;
    }

    private boolean isTls() {
      return owner instanceof TlsSessionId;
    }

    private ProcessKey process() {
      return descriptor.process();
    }

    private Direction direction(boolean toServer) {
      return toServer == (role == Role.CLIENT) ? Direction.EGRESS : Direction.INGRESS;
    }

    private StreamId stream(Direction direction) {
      return new StreamId(owner, direction);
    }

    private long position(Direction direction) {
      return direction == Direction.EGRESS ? egressPosition : ingressPosition;
    }

    private void moveTo(Direction direction, long position) {
      if (direction == Direction.EGRESS) {
        egressPosition = Math.max(egressPosition, position);
      } else {
        ingressPosition = Math.max(ingressPosition, position);
      }
    }

    private void lose(Direction direction, long lengthBytes) {
      if (direction == Direction.EGRESS) {
        egressLostBytes += lengthBytes;
      } else {
        ingressLostBytes += lengthBytes;
      }
    }

    private StreamEnds ends() {
      return new StreamEnds(
          egressPosition, ingressPosition, egressLostBytes, ingressLostBytes, true);
    }
  }

  private final Chunking chunking;
  private final List<CaptureEvent> events = new ArrayList<>();
  private final Map<String, Connection> named = new HashMap<>();
  private final Map<ProcessKey, Boolean> started = new HashMap<>();
  private Connection unnamed;
  private Connection last;
  private int opened;
  private long nowNanos = TestObjects.START_NANOS;
  private long sequence;
  private long calls;
  private int longestContentBytes;

  ScriptRun(Chunking chunking) {
    this.chunking = chunking;
    events.add(
        new ClockEvent(
            stampOf(TestObjects.NO_PROCESS, false),
            TestObjects.START_NANOS + BOOT_OFFSET_NANOS,
            TestObjects.START_REAL_NANOS));
  }

  List<CaptureEvent> events() {
    return events;
  }

  int longestContentBytes() {
    return longestContentBytes;
  }

  void advance(long nanos) {
    nowNanos += nanos;
  }

  /** Opens a connection of the process that has the holder's part elsewhere too. */
  void open(String name, boolean tls, Role role, Role holder, FlowKey flow, int descriptorNumber) {
    ProcessKey process =
        holder == Role.CLIENT ? TestObjects.CLIENT_PROCESS : TestObjects.SERVER_PROCESS;
    start(process, holder);
    advance(LINE_NANOS);
    ConnectionId id = new ConnectionId(TestObjects.HOST_ID, FIRST_INODE + opened, 1);
    int fd = descriptorNumber < 0 ? FIRST_DESCRIPTOR + opened : descriptorNumber;
    DescriptorRef descriptor = new DescriptorRef(process, fd);
    TlsSessionId session = new TlsSessionId(process, FIRST_POINTER + opened * POINTER_STEP, 1);
    Connection connection = new Connection(id, descriptor, role, tls ? session : id);
    opened++;
    EventStamp stamp = stampOf(process, true);
    events.add(
        role == Role.CLIENT
            ? new SocketEvent.Connect(stamp, id, descriptor, flow)
            : new SocketEvent.Accept(stamp, id, descriptor, flow));
    if (tls) {
      events.add(new TlsEvent.New(stampOf(process, true), session));
      events.add(
          new TlsEvent.Binding(
              stampOf(process, true), session, TlsEvent.Evidence.SET_FD, descriptor, id));
      events.add(
          new TlsEvent.Handshake(
              stampOf(process, true),
              session,
              "TLSv1.3",
              "TLS_AES_256_GCM_SHA384",
              "test.example",
              "http/1.1"));
    }
    last = connection;
    if (name == null) {
      unnamed = connection;
    } else {
      named.put(name, connection);
    }
  }

  private void start(ProcessKey process, Role role) {
    if (started.putIfAbsent(process, true) == null) {
      String comm = role == Role.CLIENT ? "client" : "server";
      events.add(
          new ProcessEvent.Exec(
              stampOf(process, false),
              new ProcessEvent.ProgramInfo(
                  comm, "/usr/bin/" + comm, 1, "/system.slice/" + comm, List.of()),
              true));
    }
  }

  void move(String name, boolean toServer, Bytes content) {
    Connection connection = find(name);
    moveAt(name, toServer, connection.position(connection.direction(toServer)), content);
  }

  void moveAt(String name, boolean toServer, long position, Bytes content) {
    Connection connection = find(name);
    advance(LINE_NANOS);
    longestContentBytes = Math.max(longestContentBytes, content.length());
    long next = position;
    for (Bytes part : chunking.split(content)) {
      addData(connection, toServer, next, part, part.length());
      next += part.length();
    }
  }

  void cut(String name, boolean toServer, Bytes content, int capturedLength) {
    Connection connection = find(name);
    advance(LINE_NANOS);
    Direction direction = connection.direction(toServer);
    addData(connection, toServer, connection.position(direction), content, capturedLength);
    connection.lose(direction, content.length() - capturedLength);
  }

  private void addData(
      Connection connection, boolean toServer, long position, Bytes content, int capturedLength) {
    Direction direction = connection.direction(toServer);
    CallKind kind;
    if (connection.isTls()) {
      kind = direction == Direction.EGRESS ? CallKind.SSL_WRITE : CallKind.SSL_READ;
    } else {
      kind = direction == Direction.EGRESS ? CallKind.WRITE : CallKind.READ;
    }
    long requested =
        direction == Direction.EGRESS
            ? content.length()
            : Math.max(READ_BUFFER_BYTES, content.length());
    events.add(
        new StreamEvent.Data(
            stampOf(connection.process(), true),
            connection.stream(direction),
            position,
            content.length(),
            capturedLength,
            content.slice(0, capturedLength),
            new CallRef(kind, ++calls, 0, requested, content.length())));
    connection.moveTo(direction, position + content.length());
  }

  void skip(String name, boolean toServer, long lengthBytes, boolean stated) {
    Connection connection = find(name);
    advance(LINE_NANOS);
    Direction direction = connection.direction(toServer);
    connection.moveTo(direction, connection.position(direction) + lengthBytes);
    connection.lose(direction, lengthBytes);
    if (stated) {
      events.add(
          new LossEvent(
              stampOf(connection.process(), false),
              LossEvent.Cause.RING_FULL,
              1,
              lengthBytes,
              connection.stream(direction)));
    }
  }

  void loss(LossEvent.Cause cause, long lostEvents, long lostBytes) {
    advance(LINE_NANOS);
    events.add(
        new LossEvent(stampOf(TestObjects.NO_PROCESS, false), cause, lostEvents, lostBytes, null));
  }

  void close(String name) {
    Connection connection = find(name);
    advance(LINE_NANOS);
    ProcessKey process = connection.process();
    if (connection.owner instanceof TlsSessionId session) {
      events.add(new TlsEvent.Shutdown(stampOf(process, true), session));
      events.add(new TlsEvent.Free(stampOf(process, true), session, connection.ends()));
    }
    StreamEnds ends = connection.isTls() ? new StreamEnds(-1, -1, 0, 0, true) : connection.ends();
    events.add(
        new SocketEvent.Close(stampOf(process, true), connection.id, connection.descriptor, ends));
  }

  private Connection find(String name) {
    Connection found = name != null ? named.get(name) : unnamed != null ? unnamed : last;
    if (found == null) {
      throw new IllegalArgumentException("no connection named " + name + " is open");
    }
    return found;
  }

  private EventStamp stampOf(ProcessKey process, boolean entered) {
    return new EventStamp(
        process,
        process.pid(),
        entered ? nowNanos - CALL_NANOS : 0,
        nowNanos,
        new EventOrigin(0, 0, sequence++));
  }
}
