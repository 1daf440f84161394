// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import dev.tapedeck.format.internal.ColumnCursor;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.TableReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of a metadata plane, read: what {@link BlockTables} wrote.
 *
 * <p><b>Limits:</b> {@link #ROWS_FOR_AN_EVENT} rows for each event in a table, checked before
 * memory is taken.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BlockContent {
  /** Rows of a table for each event of the block: none refers to more than four new ones. */
  private static final int ROWS_FOR_AN_EVENT = 4;

  static final int MAX_TEXTS = ROWS_FOR_AN_EVENT * BlockEncoder.MAX_EVENTS;

  private static final int FIELD_LIMIT = EventKinds.FIELD_BASE + EventKinds.LIMIT;

  private final TableReader[] tables = new TableReader[FIELD_LIMIT];
  private final List<String> texts = new ArrayList<>();
  private final long[] hosts;
  private final ProcessKey[] processes;
  private final int[] threadProcesses;
  private final int[] threadTids;
  private final int[] originRings;
  private final int[] originCpus;
  private final long[] originSequences;
  private final ConnectionId[] connections;
  private final TlsSessionId[] sessions;
  private final FlowKey[] flows;

  /**
   * Reads the plane's tables; those of the event kinds are only located.
   *
   * @param eventCount what the block's header says
   */
  BlockContent(byte[] plane, int eventCount) throws MalformedPlaneException {
    if (eventCount > BlockEncoder.MAX_EVENTS) {
      throw new MalformedPlaneException("the header says too many events: " + eventCount);
    }
    locate(plane, eventCount);
    hosts = readHosts();
    processes = readProcesses();
    TableReader threads = table(BlockTables.THREADS_FIELD, BlockTables.THREADS_LAST);
    threadProcesses = new int[threads.rows()];
    threadTids = new int[threads.rows()];
    for (int i = 0; i < threads.rows(); i++) {
      threadProcesses[i] = threads.column(2).index(processes.length);
      threadTids[i] = (int) threads.column(3).unsigned();
    }
    threads.requireAtEnd();
    TableReader origins = table(BlockTables.ORIGINS_FIELD, BlockTables.ORIGINS_LAST);
    originRings = new int[origins.rows()];
    originCpus = new int[origins.rows()];
    originSequences = new long[origins.rows()];
    for (int i = 0; i < origins.rows(); i++) {
      originRings[i] = (int) origins.column(2).unsigned();
      originCpus[i] = (int) origins.column(3).unsigned() - 1;
      originSequences[i] = origins.column(4).unsigned() - 1;
    }
    origins.requireAtEnd();
    connections = readConnections();
    sessions = readSessions();
    flows = readFlows();
  }

  private void locate(byte[] plane, int eventCount) throws MalformedPlaneException {
    // A wrapped ByteString is the one source for which protobuf neither copies nor re-buffers.
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(plane).newCodedInput();
    try {
      int tag = input.readTag();
      int length = input.readRawVarint32();
      if (tag != (BlockEncoder.BLOCK_FIELD << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)
          || length != plane.length - input.getTotalBytesRead()) {
        throw new MalformedPlaneException("the metadata plane is no block message");
      }
      for (tag = input.readTag(); tag != 0; tag = input.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        int lastField = lastFieldOf(field);
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED
            || (lastField == 0 && field != BlockTables.TEXT_FIELD)) {
          input.skipField(tag);
          continue;
        }
        int size = input.readRawVarint32();
        int from = input.getTotalBytesRead();
        input.skipRawBytes(size);
        if (field == BlockTables.TEXT_FIELD) {
          addText(plane, from, size);
        } else {
          int maxRows =
              field >= BlockEncoder.EVENTS_FIELD ? eventCount : ROWS_FOR_AN_EVENT * eventCount;
          tables[field] = TableReader.parse(plane, from, from + size, lastField, maxRows);
        }
      }
    } catch (IOException e) {
      throw new MalformedPlaneException("the metadata plane is no protobuf message", e);
    }
  }

  private static int lastFieldOf(int field) {
    return switch (field) {
      case BlockTables.HOSTS_FIELD -> BlockTables.HOSTS_LAST;
      case BlockTables.PROCESSES_FIELD -> BlockTables.PROCESSES_LAST;
      case BlockTables.THREADS_FIELD -> BlockTables.THREADS_LAST;
      case BlockTables.ORIGINS_FIELD -> BlockTables.ORIGINS_LAST;
      case BlockTables.CONNECTIONS_FIELD -> BlockTables.CONNECTIONS_LAST;
      case BlockTables.TLS_SESSIONS_FIELD -> BlockTables.TLS_SESSIONS_LAST;
      case BlockTables.STREAMS_FIELD -> BlockTables.STREAMS_LAST;
      case BlockTables.FLOWS_FIELD -> BlockTables.FLOWS_LAST;
      case BlockEncoder.EVENTS_FIELD -> BlockEncoder.EVENTS_LAST;
      default -> EventKinds.lastField(field - EventKinds.FIELD_BASE);
    };
  }

  private void addText(byte[] plane, int from, int size) throws MalformedPlaneException {
    if (size == 0 || texts.size() == MAX_TEXTS) {
      throw new MalformedPlaneException("a text is empty, or there are too many");
    }
    texts.add(new String(plane, from, size, StandardCharsets.UTF_8));
  }

  /** Returns the table of a field, without rows when the plane has none. */
  TableReader table(int field, int lastField) {
    TableReader table = tables[field];
    return table == null ? TableReader.empty(lastField) : table;
  }

  private long[] readHosts() throws MalformedPlaneException {
    TableReader table = table(BlockTables.HOSTS_FIELD, BlockTables.HOSTS_LAST);
    long[] read = new long[table.rows()];
    for (int i = 0; i < read.length; i++) {
      read[i] = table.column(2).unsigned();
    }
    table.requireAtEnd();
    return read;
  }

  private ProcessKey[] readProcesses() throws MalformedPlaneException {
    TableReader table = table(BlockTables.PROCESSES_FIELD, BlockTables.PROCESSES_LAST);
    ProcessKey[] read = new ProcessKey[table.rows()];
    for (int i = 0; i < read.length; i++) {
      read[i] =
          new ProcessKey(
              hosts[table.column(2).index(hosts.length)],
              (int) table.column(3).unsigned(),
              table.column(4).unsigned());
    }
    table.requireAtEnd();
    return read;
  }

  private ConnectionId[] readConnections() throws MalformedPlaneException {
    TableReader table = table(BlockTables.CONNECTIONS_FIELD, BlockTables.CONNECTIONS_LAST);
    ConnectionId[] read = new ConnectionId[table.rows()];
    for (int i = 0; i < read.length; i++) {
      read[i] =
          new ConnectionId(
              hosts[table.column(2).index(hosts.length)],
              table.column(3).unsigned(),
              table.column(4).unsigned());
    }
    table.requireAtEnd();
    return read;
  }

  private TlsSessionId[] readSessions() throws MalformedPlaneException {
    TableReader table = table(BlockTables.TLS_SESSIONS_FIELD, BlockTables.TLS_SESSIONS_LAST);
    TlsSessionId[] read = new TlsSessionId[table.rows()];
    for (int i = 0; i < read.length; i++) {
      read[i] =
          new TlsSessionId(
              process(table.column(2)), table.column(3).unsigned(), table.column(4).unsigned());
    }
    table.requireAtEnd();
    return read;
  }

  private FlowKey[] readFlows() throws MalformedPlaneException {
    TableReader table = table(BlockTables.FLOWS_FIELD, BlockTables.FLOWS_LAST);
    FlowKey[] read = new FlowKey[table.rows()];
    for (int i = 0; i < read.length; i++) {
      Endpoint local = new Endpoint(text(table.column(2)), (int) table.column(3).unsigned());
      Endpoint remote = new Endpoint(text(table.column(4)), (int) table.column(5).unsigned());
      read[i] = new FlowKey(local, remote, table.column(6).unsigned());
    }
    table.requireAtEnd();
    return read;
  }

  String text(ColumnCursor column) throws MalformedPlaneException {
    int number = column.index(texts.size() + 1);
    return number == 0 ? "" : texts.get(number - 1);
  }

  ProcessKey process(ColumnCursor column) throws MalformedPlaneException {
    return processes[column.index(processes.length)];
  }

  /** Returns the process of a column that has 0 for the event's own. */
  ProcessKey processOr(ColumnCursor column, ProcessKey own) throws MalformedPlaneException {
    int number = column.index(processes.length + 1);
    return number == 0 ? own : processes[number - 1];
  }

  ConnectionId connection(ColumnCursor column) throws MalformedPlaneException {
    return connections[column.index(connections.length)];
  }

  int connectionCount() {
    return connections.length;
  }

  ConnectionId connection(int number) {
    return connections[number];
  }

  TlsSessionId session(ColumnCursor column) throws MalformedPlaneException {
    return sessions[column.index(sessions.length)];
  }

  FlowKey flow(ColumnCursor column) throws MalformedPlaneException {
    return flows[column.index(flows.length)];
  }

  /** Returns the owner of a stream: 2 × a connection's number, or 2 × a session's + 1. */
  StreamOwner owner(ColumnCursor column) throws MalformedPlaneException {
    int number = column.index(2 * Math.max(connections.length, sessions.length));
    StreamOwner[] owners = (number & 1) == 0 ? connections : sessions;
    if (number >> 1 >= owners.length) {
      throw new MalformedPlaneException("a stream's owner is not in its table");
    }
    return owners[number >> 1];
  }

  int threadCount() {
    return threadTids.length;
  }

  ProcessKey threadProcess(int thread) {
    return processes[threadProcesses[thread]];
  }

  int threadTid(int thread) {
    return threadTids[thread];
  }

  int originCount() {
    return originRings.length;
  }

  /** Returns the next event's sequence, which is {@code delta} past the one expected. */
  long nextSequence(int origin, long delta) {
    originSequences[origin] += delta + 1;
    return originSequences[origin];
  }

  EventOrigin origin(int origin, long sequence) {
    return new EventOrigin(originRings[origin], originCpus[origin], sequence);
  }
}
