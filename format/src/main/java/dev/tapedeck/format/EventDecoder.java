// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.ColumnCursor;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.TableReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes what is particular to an event's kind from the columns of that kind's table: the inverse of
 * {@link EventEncoder}.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class EventDecoder {
  /** In place of 1: nothing follows, because the connection was reset. */
  private static final int LAST_BY_RESET = 2;

  /** A TLS record's header: type, version, length (RFC 8446, section 5.1). */
  static final int TLS_RECORD_HEADER_BYTES = 5;

  private final BlockContent content;
  private final StreamsContent streams;
  private final TableReader[] kinds = new TableReader[EventKinds.LIMIT];
  private final int[] seen = new int[EventKinds.LIMIT];
  private final DataDecoder datas;
  private int argumentsLeft = BlockEncoder.MAX_ARGUMENTS;

  EventDecoder(BlockContent content, StreamsContent streams) {
    this.content = content;
    this.streams = streams;
    for (int kind : EventKinds.known()) {
      kinds[kind] = content.table(EventKinds.FIELD_BASE + kind, EventKinds.lastField(kind));
    }
    datas = new DataDecoder(kinds[EventKinds.DATA], streams);
  }

  /** Fills in what is particular to the next data event. */
  void fill(DataRow row) throws MalformedPlaneException {
    nextRow(EventKinds.DATA);
    datas.fill(row);
  }

  private TableReader nextRow(int kind) throws MalformedPlaneException {
    TableReader table = kinds[kind];
    if (seen[kind]++ == table.rows()) {
      throw new MalformedPlaneException("a table has fewer rows than the block has events");
    }
    return table;
  }

  /** Returns the next event of a kind other than data. */
  CaptureEvent next(int kind, EventStamp stamp) throws MalformedPlaneException {
    if (!EventKinds.isKnown(kind)) {
      return new UnknownEvent(stamp, kind);
    }
    TableReader table = nextRow(kind);
    return switch (kind) {
      case EventKinds.TRANSFER -> transfer(table, stamp);
      case EventKinds.CIPHER_RECORD -> cipherRecord(table, stamp);
      case EventKinds.CONNECT, EventKinds.ACCEPT, EventKinds.EXISTING ->
          opening(kind, table, stamp);
      case EventKinds.DUP ->
          new SocketEvent.Dup(
              stamp, content.connection(table.column(2)), descriptor(table, 3, stamp));
      case EventKinds.CLOSE ->
          new SocketEvent.Close(
              stamp,
              content.connection(table.column(2)),
              descriptor(table, 3, stamp),
              ends(table, 5, 10));
      case EventKinds.PROCESS_EXEC -> exec(table, stamp);
      case EventKinds.PROCESS_FORK ->
          new ProcessEvent.Fork(stamp, content.process(table.column(2)));
      case EventKinds.PROCESS_EXIT -> new ProcessEvent.Exit(stamp, (int) table.column(2).signed());
      case EventKinds.LIBRARY ->
          new LibraryEvent(
              stamp,
              content.text(table.column(2)),
              content.text(table.column(3)),
              content.text(table.column(4)),
              content.text(table.column(5)),
              (int) table.column(6).unsigned());
      case EventKinds.LOSS -> loss(table, stamp);
      case EventKinds.BLIND_SPOT -> blindSpot(table, stamp);
      case EventKinds.CLOCK ->
          new ClockEvent(
              stamp, stamp.exitNanos() + table.column(2).signed(), table.column(3).unsigned());
      default -> tls(kind, table, stamp);
    };
  }

  void requireAtEnd() throws MalformedPlaneException {
    for (int kind : EventKinds.known()) {
      if (seen[kind] != kinds[kind].rows()) {
        throw new MalformedPlaneException("a table has more rows than the block has events");
      }
      kinds[kind].requireAtEnd();
    }
  }

  private StreamEvent transfer(TableReader table, EventStamp stamp) throws MalformedPlaneException {
    int stream = streams.next(table.column(2));
    long delta = table.column(3).signed();
    long length = table.column(4).unsigned();
    CallRef call =
        new CallRef(
            CallKind.ofNumber((int) table.column(5).unsigned()),
            table.column(6).unsigned(),
            (int) table.column(7).unsigned(),
            table.column(8).unsigned(),
            table.column(9).unsigned());
    long position = streams.nextPosition(stream, delta, length);
    return new StreamEvent.Transfer(stamp, streams.id(stream), position, length, call);
  }

  private StreamEvent cipherRecord(TableReader table, EventStamp stamp)
      throws MalformedPlaneException {
    int stream = streams.next(table.column(2));
    long delta = table.column(3).signed();
    int length = (int) table.column(4).unsigned();
    byte[] prefix = table.column(6).bytes(table.column(5).index(Integer.MAX_VALUE));
    return new StreamEvent.CipherRecord(
        stamp,
        streams.id(stream),
        streams.nextPosition(stream, delta, length + TLS_RECORD_HEADER_BYTES),
        length,
        Bytes.wrap(prefix, 0, prefix.length));
  }

  private SocketEvent opening(int kind, TableReader table, EventStamp stamp)
      throws MalformedPlaneException {
    ConnectionId connection = content.connection(table.column(2));
    DescriptorRef descriptor = descriptor(table, 3, stamp);
    FlowKey flow = content.flow(table.column(5));
    int role = (int) table.column(6).unsigned();
    return switch (kind) {
      case EventKinds.CONNECT -> new SocketEvent.Connect(stamp, connection, descriptor, flow);
      case EventKinds.ACCEPT -> new SocketEvent.Accept(stamp, connection, descriptor, flow);
      default ->
          new SocketEvent.Existing(
              stamp,
              connection,
              descriptor,
              flow,
              role == 1 ? Role.CLIENT : role == 2 ? Role.SERVER : null);
    };
  }

  private DescriptorRef descriptor(TableReader table, int field, EventStamp stamp)
      throws MalformedPlaneException {
    ProcessKey process = content.processOr(table.column(field), stamp.process());
    return new DescriptorRef(process, (int) table.column(field + 1).signed());
  }

  /** Reads the columns from a field on, and two that came later. */
  private static StreamEnds ends(TableReader table, int field, int skippedField)
      throws MalformedPlaneException {
    long egressPosition = table.column(field).unsigned() - 1;
    long ingressPosition = table.column(field + 1).unsigned() - 1;
    long egressLost = table.column(field + 2).unsigned();
    long ingressLost = table.column(field + 3).unsigned();
    long last = table.column(field + 4).unsigned();
    return new StreamEnds(
        egressPosition,
        ingressPosition,
        egressLost,
        ingressLost,
        table.column(skippedField).unsigned() - 1,
        table.column(skippedField + 1).unsigned() - 1,
        last != 0,
        last == LAST_BY_RESET);
  }

  private ProcessEvent exec(TableReader table, EventStamp stamp) throws MalformedPlaneException {
    String comm = content.text(table.column(2));
    String exe = content.text(table.column(3));
    int parentPid = (int) table.column(4).unsigned();
    String cgroup = content.text(table.column(5));
    int count = table.column(6).index(argumentsLeft + 1);
    argumentsLeft -= count;
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arguments.add(content.text(table.column(7)));
    }
    boolean existing = table.column(8).unsigned() != 0;
    return new ProcessEvent.Exec(
        stamp, new ProcessEvent.ProgramInfo(comm, exe, parentPid, cgroup, arguments), existing);
  }

  private BlindSpotEvent blindSpot(TableReader table, EventStamp stamp)
      throws MalformedPlaneException {
    BlindSpotEvent.What what = BlindSpotEvent.What.ofNumber(table.column(2).unsigned());
    int number = table.column(3).index(content.connectionCount() + 1);
    return new BlindSpotEvent(
        stamp,
        what,
        number == 0 ? null : content.connection(number - 1),
        table.column(4).unsigned(),
        table.column(5).unsigned(),
        table.column(6).unsigned());
  }

  private LossEvent loss(TableReader table, EventStamp stamp) throws MalformedPlaneException {
    return new LossEvent(
        stamp,
        LossEvent.Cause.ofNumber(table.column(2).unsigned()),
        table.column(3).unsigned() - 1,
        table.column(4).unsigned() - 1,
        streams.orNull(table.column(5)),
        (int) Math.min(Integer.MAX_VALUE, table.column(6).unsigned()) - 1);
  }

  private CaptureEvent tls(int kind, TableReader table, EventStamp stamp)
      throws MalformedPlaneException {
    TlsSessionId session = content.session(table.column(2));
    return switch (kind) {
      case EventKinds.TLS_NEW -> new TlsEvent.New(stamp, session);
      case EventKinds.TLS_CLEAR -> new TlsEvent.Clear(stamp, session);
      case EventKinds.TLS_SHUTDOWN -> new TlsEvent.Shutdown(stamp, session);
      case EventKinds.TLS_FREE -> new TlsEvent.Free(stamp, session, ends(table, 3, 8));
      case EventKinds.TLS_HANDSHAKE ->
          new TlsEvent.Handshake(
              stamp,
              session,
              content.text(table.column(3)),
              content.text(table.column(4)),
              content.text(table.column(5)),
              content.text(table.column(6)));
      default -> binding(table, stamp, session);
    };
  }

  private CaptureEvent binding(TableReader table, EventStamp stamp, TlsSessionId session)
      throws MalformedPlaneException {
    TlsEvent.Evidence evidence = TlsEvent.Evidence.ofNumber(table.column(3).unsigned());
    DescriptorRef descriptor = descriptor(table, 4, stamp);
    ColumnCursor connections = table.column(6);
    int number = connections.index(content.connectionCount() + 1);
    if (evidence == null) {
      return new UnknownEvent(stamp, EventKinds.TLS_BINDING);
    }
    return new TlsEvent.Binding(
        stamp, session, evidence, descriptor, number == 0 ? null : content.connection(number - 1));
  }
}
