// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.ColumnWriter;
import dev.tapedeck.format.internal.TableWriter;

/**
 * Puts what is particular to an event's kind into the columns of that kind's table.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class EventEncoder {
  private final BlockTables tables;
  private final BlockStreams streams;
  private final TableWriter[] kinds = new TableWriter[EventKinds.LIMIT];
  private final ColumnWriter dataStream;
  private final ColumnWriter dataPosition;
  private final ColumnWriter dataCaptured;
  private final ColumnWriter dataCut;
  private final ColumnWriter dataCall;
  private final ColumnWriter dataCallId;
  private final ColumnWriter dataPart;
  private final ColumnWriter dataRequested;
  private final ColumnWriter dataReturned;
  private long lastCallId;

  EventEncoder(BlockTables tables, BlockStreams streams) {
    this.tables = tables;
    this.streams = streams;
    for (int kind : EventKinds.known()) {
      kinds[kind] = new TableWriter(EventKinds.lastField(kind));
    }
    TableWriter data = kinds[EventKinds.DATA];
    dataStream = data.column(2);
    dataPosition = data.column(3);
    dataCaptured = data.column(4);
    dataCut = data.column(5);
    dataCall = data.column(6);
    dataCallId = data.column(7);
    dataPart = data.column(8);
    dataRequested = data.column(9);
    dataReturned = data.column(10);
  }

  /** Returns the table of a known kind. */
  TableWriter table(int kind) {
    return kinds[kind];
  }

  /** Adds an event other than data to its kind's table; returns the kind's number. */
  int add(CaptureEvent event) {
    if (event instanceof StreamEvent streamEvent) {
      return addStream(streamEvent);
    } else if (event instanceof SocketEvent socketEvent) {
      return addSocket(socketEvent);
    } else if (event instanceof TlsEvent tlsEvent) {
      return addTls(tlsEvent);
    } else if (event instanceof ProcessEvent processEvent) {
      return addProcess(processEvent);
    } else if (event instanceof LibraryEvent library) {
      return addLibrary(library);
    } else if (event instanceof LossEvent loss) {
      return addLoss(loss);
    } else if (event instanceof BlindSpotEvent blind) {
      return addBlindSpot(blind);
    } else if (event instanceof ClockEvent clock) {
      TableWriter table = row(EventKinds.CLOCK);
      table.column(2).signed(clock.bootNanos() - clock.stamp().exitNanos());
      table.column(3).unsigned(clock.realNanos());
      return EventKinds.CLOCK;
    }
    return ((UnknownEvent) event).kind();
  }

  void clear() {
    for (TableWriter table : kinds) {
      if (table != null) {
        table.clear();
      }
    }
    lastCallId = 0;
  }

  private TableWriter row(int kind) {
    kinds[kind].addRow();
    return kinds[kind];
  }

  /** Adds a data event to its table, and its bytes to the payload. */
  void addData(DataRecord data) {
    BlockStreams.Entry stream = streams.entry(data);
    int captured = data.capturedLength();
    long original = data.originalLength();
    kinds[EventKinds.DATA].addRow();
    dataStream.unsigned(stream.number());
    dataPosition.signed(stream.positionDelta(data.position(), original));
    dataCaptured.unsigned(captured);
    dataCut.unsigned(original - captured);
    dataCall.unsigned(data.kind().number());
    dataCallId.signed(data.callId() - lastCallId);
    dataPart.unsigned(data.partIndex());
    dataRequested.unsigned(data.requestedLength());
    dataReturned.signed(data.returnedLength() - original);
    lastCallId = data.callId();
    streams.addPayload(stream, data);
  }

  private int addStream(StreamEvent event) {
    if (event instanceof StreamEvent.Transfer transfer) {
      CallRef call = transfer.call();
      TableWriter table = row(EventKinds.TRANSFER);
      BlockStreams.Entry stream = streams.entry(transfer.stream());
      table.column(2).unsigned(stream.number());
      table.column(3).signed(stream.positionDelta(transfer.position(), transfer.lengthBytes()));
      table.column(4).unsigned(transfer.lengthBytes());
      table.column(5).unsigned(call.kind().number());
      table.column(6).unsigned(call.id());
      table.column(7).unsigned(call.partIndex());
      table.column(8).unsigned(call.requestedLength());
      table.column(9).unsigned(call.returnedLength());
      return EventKinds.TRANSFER;
    }
    StreamEvent.CipherRecord cipher = (StreamEvent.CipherRecord) event;
    TableWriter table = row(EventKinds.CIPHER_RECORD);
    BlockStreams.Entry stream = streams.entry(cipher.stream());
    table.column(2).unsigned(stream.number());
    table
        .column(3)
        .signed(
            stream.positionDelta(
                cipher.position(), cipher.lengthBytes() + EventDecoder.TLS_RECORD_HEADER_BYTES));
    table.column(4).unsigned(cipher.lengthBytes());
    table.column(5).unsigned(cipher.prefix().length());
    table.column(6).bytes(cipher.prefix().toArray());
    return EventKinds.CIPHER_RECORD;
  }

  private int addSocket(SocketEvent event) {
    if (event instanceof SocketEvent.Connect connect) {
      opening(EventKinds.CONNECT, connect, connect.descriptor(), connect.flow());
      return EventKinds.CONNECT;
    } else if (event instanceof SocketEvent.Accept accept) {
      opening(EventKinds.ACCEPT, accept, accept.descriptor(), accept.flow());
      return EventKinds.ACCEPT;
    } else if (event instanceof SocketEvent.Existing existing) {
      TableWriter table =
          opening(EventKinds.EXISTING, existing, existing.descriptor(), existing.flow());
      Role role = existing.role();
      table.column(6).unsigned(role == null ? 0 : role == Role.CLIENT ? 1 : 2);
      return EventKinds.EXISTING;
    } else if (event instanceof SocketEvent.Dup dup) {
      TableWriter table = row(EventKinds.DUP);
      table.column(2).unsigned(tables.connection(dup.connection()));
      descriptor(table, 3, dup, dup.descriptor());
      return EventKinds.DUP;
    }
    SocketEvent.Close close = (SocketEvent.Close) event;
    TableWriter table = row(EventKinds.CLOSE);
    table.column(2).unsigned(tables.connection(close.connection()));
    descriptor(table, 3, close, close.descriptor());
    ends(table, 5, 10, close.end());
    return EventKinds.CLOSE;
  }

  private TableWriter opening(int kind, SocketEvent event, DescriptorRef descriptor, FlowKey flow) {
    TableWriter table = row(kind);
    table.column(2).unsigned(tables.connection(event.connection()));
    descriptor(table, 3, event, descriptor);
    table.column(5).unsigned(tables.flow(flow));
    if (kind != EventKinds.EXISTING) {
      table.column(6).unsigned(0);
    }
    return table;
  }

  private void descriptor(
      TableWriter table, int field, CaptureEvent event, DescriptorRef descriptor) {
    boolean own = descriptor.process().equals(event.stamp().process());
    table.column(field).unsigned(own ? 0 : tables.process(descriptor.process()) + 1);
    table.column(field + 1).signed(descriptor.fd());
  }

  private static void ends(TableWriter table, int field, int skippedField, StreamEnds ends) {
    table.column(field).unsigned(ends.egressPosition() + 1);
    table.column(field + 1).unsigned(ends.ingressPosition() + 1);
    table.column(field + 2).unsigned(ends.egressLostBytes());
    table.column(field + 3).unsigned(ends.ingressLostBytes());
    table.column(field + 4).unsigned(ends.last() ? (ends.reset() ? 2 : 1) : 0);
    table.column(skippedField).unsigned(ends.egressSkippedBytes() + 1);
    table.column(skippedField + 1).unsigned(ends.ingressSkippedBytes() + 1);
  }

  private int addTls(TlsEvent event) {
    int session = tables.session(event.session());
    if (event instanceof TlsEvent.New) {
      row(EventKinds.TLS_NEW).column(2).unsigned(session);
      return EventKinds.TLS_NEW;
    } else if (event instanceof TlsEvent.Clear) {
      row(EventKinds.TLS_CLEAR).column(2).unsigned(session);
      return EventKinds.TLS_CLEAR;
    } else if (event instanceof TlsEvent.Shutdown) {
      row(EventKinds.TLS_SHUTDOWN).column(2).unsigned(session);
      return EventKinds.TLS_SHUTDOWN;
    } else if (event instanceof TlsEvent.Handshake handshake) {
      TableWriter table = row(EventKinds.TLS_HANDSHAKE);
      table.column(2).unsigned(session);
      table.column(3).unsigned(tables.text(handshake.version()));
      table.column(4).unsigned(tables.text(handshake.cipher()));
      table.column(5).unsigned(tables.text(handshake.serverName()));
      table.column(6).unsigned(tables.text(handshake.alpn()));
      return EventKinds.TLS_HANDSHAKE;
    } else if (event instanceof TlsEvent.Free free) {
      TableWriter table = row(EventKinds.TLS_FREE);
      table.column(2).unsigned(session);
      ends(table, 3, 8, free.end());
      return EventKinds.TLS_FREE;
    }
    TlsEvent.Binding binding = (TlsEvent.Binding) event;
    TableWriter table = row(EventKinds.TLS_BINDING);
    table.column(2).unsigned(session);
    table.column(3).unsigned(binding.evidence().number());
    descriptor(table, 4, binding, binding.descriptor());
    ConnectionId connection = binding.connection();
    table.column(6).unsigned(connection == null ? 0 : tables.connection(connection) + 1);
    return EventKinds.TLS_BINDING;
  }

  private int addProcess(ProcessEvent event) {
    if (event instanceof ProcessEvent.Exec exec) {
      ProcessEvent.ProgramInfo program = exec.program();
      TableWriter table = row(EventKinds.PROCESS_EXEC);
      table.column(2).unsigned(tables.text(program.comm()));
      table.column(3).unsigned(tables.text(program.exe()));
      table.column(4).unsigned(program.parentPid());
      table.column(5).unsigned(tables.text(program.cgroup()));
      table.column(6).unsigned(program.arguments().size());
      for (String argument : program.arguments()) {
        table.column(7).unsigned(tables.text(argument));
      }
      table.column(8).unsigned(exec.existing() ? 1 : 0);
      return EventKinds.PROCESS_EXEC;
    } else if (event instanceof ProcessEvent.Fork fork) {
      row(EventKinds.PROCESS_FORK).column(2).unsigned(tables.process(fork.child()));
      return EventKinds.PROCESS_FORK;
    }
    ProcessEvent.Exit exit = (ProcessEvent.Exit) event;
    row(EventKinds.PROCESS_EXIT).column(2).signed(exit.exitCode());
    return EventKinds.PROCESS_EXIT;
  }

  private int addLibrary(LibraryEvent library) {
    TableWriter table = row(EventKinds.LIBRARY);
    table.column(2).unsigned(tables.text(library.path()));
    table.column(3).unsigned(tables.text(library.buildId()));
    table.column(4).unsigned(tables.text(library.family()));
    table.column(5).unsigned(tables.text(library.version()));
    table.column(6).unsigned(library.attachedSymbols());
    return EventKinds.LIBRARY;
  }

  private int addBlindSpot(BlindSpotEvent blind) {
    TableWriter table = row(EventKinds.BLIND_SPOT);
    ConnectionId connection = blind.connection();
    table.column(2).unsigned(blind.what().number());
    table.column(3).unsigned(connection == null ? 0 : tables.connection(connection) + 1);
    table.column(4).unsigned(blind.detail());
    table.column(5).unsigned(blind.egressBytes());
    table.column(6).unsigned(blind.ingressBytes());
    return EventKinds.BLIND_SPOT;
  }

  private int addLoss(LossEvent loss) {
    TableWriter table = row(EventKinds.LOSS);
    table.column(2).unsigned(loss.cause().number());
    table.column(3).unsigned(loss.events() + 1);
    table.column(4).unsigned(loss.lostBytes() + 1);
    StreamId stream = loss.stream();
    table.column(5).unsigned(stream == null ? 0 : streams.number(stream) + 1);
    table.column(6).unsigned(loss.level() + 1);
    return EventKinds.LOSS;
  }
}
