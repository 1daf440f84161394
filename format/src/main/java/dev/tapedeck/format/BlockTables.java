// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.LongIndex;
import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.TableWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables that a block's events refer to, filled as events come.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BlockTables {
  static final int TEXT_FIELD = 1;
  static final int HOSTS_FIELD = 2;
  static final int PROCESSES_FIELD = 3;
  static final int THREADS_FIELD = 4;
  static final int ORIGINS_FIELD = 5;
  static final int CONNECTIONS_FIELD = 6;
  static final int TLS_SESSIONS_FIELD = 7;
  static final int STREAMS_FIELD = 8;
  static final int FLOWS_FIELD = 9;

  static final int HOSTS_LAST = 2;
  static final int PROCESSES_LAST = 4;
  static final int THREADS_LAST = 3;
  static final int ORIGINS_LAST = 4;
  static final int CONNECTIONS_LAST = 4;
  static final int TLS_SESSIONS_LAST = 4;
  static final int STREAMS_LAST = 5;
  static final int FLOWS_LAST = 6;

  private static final int RECENT_THREADS = 64;

  private final Map<String, Integer> textNumbers = new HashMap<>();
  private final List<byte[]> texts = new ArrayList<>();
  private int textBytes;

  private final LongIndex hostNumbers = new LongIndex();
  private final TableWriter hosts = new TableWriter(HOSTS_LAST);
  private final Map<ProcessKey, Integer> processNumbers = new HashMap<>();
  private final TableWriter processes = new TableWriter(PROCESSES_LAST);
  private @Nullable ProcessKey lastProcess;
  private int lastProcessNumber;
  private final LongIndex threadNumbers = new LongIndex();
  private final TableWriter threads = new TableWriter(THREADS_LAST);
  private final int[] recentTids = new int[RECENT_THREADS];
  private final @Nullable ProcessKey[] recentProcesses = new ProcessKey[RECENT_THREADS];
  private final int[] recentThreads = new int[RECENT_THREADS];
  private final LongIndex originNumbers = new LongIndex();
  private final TableWriter origins = new TableWriter(ORIGINS_LAST);
  private long[] originSequences = new long[16];
  private int lastRing;
  private int lastCpu;
  private int lastOrigin = -1;
  private final Map<ConnectionId, Integer> connectionNumbers = new HashMap<>();
  private final TableWriter connections = new TableWriter(CONNECTIONS_LAST);
  private final Map<TlsSessionId, Integer> sessionNumbers = new HashMap<>();
  private final TableWriter sessions = new TableWriter(TLS_SESSIONS_LAST);
  private final Map<FlowKey, Integer> flowNumbers = new HashMap<>();
  private final TableWriter flows = new TableWriter(FLOWS_LAST);

  /** Returns 0 for the empty text, else the text's index + 1. */
  int text(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    Integer known = textNumbers.get(text);
    if (known != null) {
      return known;
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    texts.add(encoded);
    textBytes += PlaneBuffer.sizeOfField(TEXT_FIELD, encoded.length);
    textNumbers.put(text, texts.size());
    return texts.size();
  }

  int host(long hostId) {
    int found = hostNumbers.find(hostId);
    if (found >= 0) {
      return found;
    }
    hosts.column(2).unsigned(hostId);
    return hosts.addRow();
  }

  int process(ProcessKey process) {
    if (process.equals(lastProcess)) {
      return lastProcessNumber;
    }
    Integer known = processNumbers.get(process);
    if (known == null) {
      known = processes.addRow();
      processes.column(2).unsigned(host(process.hostId()));
      processes.column(3).unsigned(process.pid());
      processes.column(4).unsigned(process.startNanos());
      processNumbers.put(process, known);
    }
    lastProcess = process;
    lastProcessNumber = known;
    return known;
  }

  @SuppressWarnings("ReferenceEquality") // recorders give the same object for the same process
  int thread(ProcessKey process, int tid) {
    int slot = tid & (RECENT_THREADS - 1);
    if (recentTids[slot] == tid && recentProcesses[slot] == process) {
      return recentThreads[slot];
    }
    int number = threadNumber(process, tid);
    recentTids[slot] = tid;
    recentProcesses[slot] = process;
    recentThreads[slot] = number;
    return number;
  }

  private int threadNumber(ProcessKey process, int tid) {
    int processNumber = process(process);
    int found = threadNumbers.find((long) processNumber << 32 | (tid & 0xFFFFFFFFL));
    if (found >= 0) {
      return found;
    }
    threads.column(2).unsigned(processNumber);
    threads.column(3).unsigned(tid);
    return threads.addRow();
  }

  /** Returns the number of an origin, whose first sequence is this one if it is new. */
  int origin(int ring, int cpu, long sequence) {
    if (lastOrigin >= 0 && ring == lastRing && cpu == lastCpu) {
      return lastOrigin;
    }
    int origin = originNumber(ring, cpu, sequence);
    lastRing = ring;
    lastCpu = cpu;
    lastOrigin = origin;
    return origin;
  }

  private int originNumber(int ring, int cpu, long sequence) {
    int found = originNumbers.find((long) ring << 32 | (cpu & 0xFFFFFFFFL));
    if (found >= 0) {
      return found;
    }
    origins.column(2).unsigned(ring);
    origins.column(3).unsigned(cpu + 1);
    origins.column(4).unsigned(sequence);
    int added = origins.addRow();
    if (added == originSequences.length) {
      originSequences = Arrays.copyOf(originSequences, added * 2);
    }
    originSequences[added] = sequence - 1;
    return added;
  }

  /** Returns the sequence less the one that would follow the origin's event before. */
  long sequenceDelta(int origin, long sequence) {
    long delta = sequence - originSequences[origin] - 1;
    originSequences[origin] = sequence;
    return delta;
  }

  int connection(ConnectionId connection) {
    Integer known = connectionNumbers.get(connection);
    if (known == null) {
      known = connections.addRow();
      connections.column(2).unsigned(host(connection.hostId()));
      connections.column(3).unsigned(connection.socket());
      connections.column(4).unsigned(connection.generation());
      connectionNumbers.put(connection, known);
    }
    return known;
  }

  int session(TlsSessionId session) {
    Integer known = sessionNumbers.get(session);
    if (known == null) {
      known = sessions.addRow();
      sessions.column(2).unsigned(process(session.process()));
      sessions.column(3).unsigned(session.pointer());
      sessions.column(4).unsigned(session.generation());
      sessionNumbers.put(session, known);
    }
    return known;
  }

  /** Returns 2 × the connection's number, or 2 × the session's + 1. */
  int owner(StreamOwner owner) {
    if (owner instanceof ConnectionId connection) {
      return connection(connection) << 1;
    }
    return session((TlsSessionId) owner) << 1 | 1;
  }

  int flow(FlowKey flow) {
    Integer known = flowNumbers.get(flow);
    if (known == null) {
      known = flows.addRow();
      flows.column(2).unsigned(text(flow.local().address()));
      flows.column(3).unsigned(flow.local().port());
      flows.column(4).unsigned(text(flow.remote().address()));
      flows.column(5).unsigned(flow.remote().port());
      flows.column(6).unsigned(flow.netns());
      flowNumbers.put(flow, known);
    }
    return known;
  }

  /** Returns the bytes of the texts. */
  int textBytes() {
    return textBytes;
  }

  /** Returns about how many bytes the tables will take, without texts. */
  int roughBytes() {
    return hosts.columnBytes()
        + processes.columnBytes()
        + threads.columnBytes()
        + origins.columnBytes()
        + connections.columnBytes()
        + sessions.columnBytes()
        + flows.columnBytes();
  }

  /** Returns the exact bytes that {@link #writeTo} will write. */
  int sizeBytes() {
    return textBytes
        + hosts.sizeAsField(HOSTS_FIELD)
        + processes.sizeAsField(PROCESSES_FIELD)
        + threads.sizeAsField(THREADS_FIELD)
        + origins.sizeAsField(ORIGINS_FIELD)
        + connections.sizeAsField(CONNECTIONS_FIELD)
        + sessions.sizeAsField(TLS_SESSIONS_FIELD)
        + flows.sizeAsField(FLOWS_FIELD);
  }

  void writeTo(PlaneBuffer target) {
    for (byte[] text : texts) {
      target.lengthField(TEXT_FIELD, text.length);
      target.bytes(text, 0, text.length);
    }
    hosts.writeTo(target, HOSTS_FIELD);
    processes.writeTo(target, PROCESSES_FIELD);
    threads.writeTo(target, THREADS_FIELD);
    origins.writeTo(target, ORIGINS_FIELD);
    connections.writeTo(target, CONNECTIONS_FIELD);
    sessions.writeTo(target, TLS_SESSIONS_FIELD);
    flows.writeTo(target, FLOWS_FIELD);
  }

  void clear() {
    textNumbers.clear();
    texts.clear();
    textBytes = 0;
    hostNumbers.clear();
    hosts.clear();
    processNumbers.clear();
    processes.clear();
    lastProcess = null;
    threadNumbers.clear();
    threads.clear();
    Arrays.fill(recentProcesses, null);
    originNumbers.clear();
    origins.clear();
    lastOrigin = -1;
    connectionNumbers.clear();
    connections.clear();
    sessionNumbers.clear();
    sessions.clear();
    flowNumbers.clear();
    flows.clear();
  }
}
