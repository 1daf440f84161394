// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.recorder.ControlLayout.EndKey;
import dev.tapedeck.recorder.ControlLayout.SocketState;
import dev.tapedeck.recorder.ControlLayout.TlsKey;
import dev.tapedeck.recorder.ControlLayout.TlsSession;
import dev.tapedeck.recorder.ControlLayout.UnsentEnd;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the kernel side's accounts of streams that have not ended, so that a lost tail is a gap in
 * the capture too.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class StreamTails {
  private final KernelSide kernel;
  private final long hostId;
  private final HostClock clock;
  private long sequence;

  StreamTails(KernelSide kernel, long hostId, HostClock clock) {
    this.kernel = kernel;
    this.hostId = hostId;
    this.clock = clock;
  }

  /**
   * Returns an end for each stream that is still open and has moved bytes.
   *
   * @throws BpfException when the maps cannot be read
   */
  List<CaptureEvent> open() throws BpfException {
    List<CaptureEvent> events = new ArrayList<>();
    BpfMap sockets = kernel.map("sockets");
    for (ByteBuffer key : sockets.keys()) {
      sockets
          .get(key)
          .filter(state -> state.get(SocketState.CLOSED) == 0)
          .filter(StreamTails::concernsTheCapture)
          .ifPresent(state -> events.add(close(state)));
    }
    BpfMap sessions = kernel.map("tls_sessions");
    for (ByteBuffer key : sessions.keys()) {
      sessions
          .get(key)
          .filter(state -> hasMoved(state, TlsSession.EGRESS, TlsSession.INGRESS))
          .ifPresent(state -> events.add(free(key, state, false)));
    }
    return events;
  }

  /**
   * Removes the TLS sessions of processes that have ended and returns an end for each.
   *
   * @param ended tells whether a process has ended
   * @throws BpfException when the maps cannot be read
   */
  List<CaptureEvent> removeEnded(Predicate<ProcessKey> ended) throws BpfException {
    List<CaptureEvent> events = new ArrayList<>();
    BpfMap sessions = kernel.map("tls_sessions");
    for (ByteBuffer key : sessions.keys()) {
      if (ended.test(process(key))) {
        sessions.get(key).ifPresent(state -> events.add(free(key, state, true)));
        sessions.remove(key);
      }
    }
    return events;
  }

  /**
   * Takes the ends for which the ring had no room.
   *
   * @throws BpfException when the map cannot be read
   */
  List<CaptureEvent> takeUnsent() throws BpfException {
    List<CaptureEvent> events = new ArrayList<>();
    BpfMap unsent = kernel.map("unsent_ends");
    for (ByteBuffer key : unsent.keys()) {
      Optional<ByteBuffer> end = unsent.get(key);
      if (end.isPresent()) {
        addUnsent(events, key, end.get());
        unsent.remove(key);
      }
    }
    return events;
  }

  private void addUnsent(List<CaptureEvent> events, ByteBuffer key, ByteBuffer end) {
    ProcessKey process =
        new ProcessKey(
            hostId,
            Math.max(0, end.getInt(UnsentEnd.TGID)),
            end.getLong(UnsentEnd.PROCESS_START_NS));
    EventStamp stamp =
        new EventStamp(
            process, 0, 0, end.getLong(UnsentEnd.ENDED_NS), EventOrigin.userSpace(sequence++));
    boolean reset = end.get(UnsentEnd.CAUSE) == EventLayout.Close.CAUSE_ENDED; // 0 for TLS
    StreamEnds ends = RecordFields.ends(end, UnsentEnd.EGRESS, UnsentEnd.INGRESS, true, reset);
    long id = end.getLong(UnsentEnd.ID);
    long generation = Integer.toUnsignedLong(key.getInt(EndKey.GENERATION));
    if (key.getInt(EndKey.OWNER) == EventLayout.Data.OWNER_SOCKET) {
      events.add(
          new SocketEvent.Close(
              stamp,
              new ConnectionId(hostId, id, generation),
              new DescriptorRef(process, -1),
              ends));
      return;
    }
    TlsSessionId session = new TlsSessionId(process, id, generation);
    if (end.getShort(UnsentEnd.KIND) == EventLayout.Kind.TLS_CLEAR) {
      events.add(new TlsEvent.Clear(stamp, session));
    }
    events.add(new TlsEvent.Free(stamp, session, ends));
  }

  /** Sockets whose bytes were all left out on purpose and that no event names are nobody's. */
  private static boolean concernsTheCapture(ByteBuffer state) {
    return hasMoved(state, SocketState.EGRESS, SocketState.INGRESS)
        && (state.get(SocketState.ANNOUNCED) != 0
            || hasKept(state, SocketState.EGRESS)
            || hasKept(state, SocketState.INGRESS));
  }

  private static boolean hasKept(ByteBuffer state, int accountAt) {
    return state.getLong(accountAt + EventLayout.Account.NEXT_POSITION)
        != state.getLong(accountAt + EventLayout.Account.SKIPPED_BYTES);
  }

  private static boolean hasMoved(ByteBuffer state, int egressAt, int ingressAt) {
    return state.getLong(egressAt) != 0 || state.getLong(ingressAt) != 0;
  }

  private SocketEvent.Close close(ByteBuffer state) {
    ProcessKey process =
        new ProcessKey(
            hostId,
            Math.max(0, state.getInt(SocketState.TGID)),
            state.getLong(SocketState.PROCESS_START_NS));
    return new SocketEvent.Close(
        stamp(process),
        new ConnectionId(
            hostId,
            state.getLong(SocketState.SOCKET),
            Integer.toUnsignedLong(state.getInt(SocketState.GENERATION))),
        new DescriptorRef(process, -1),
        ends(state, SocketState.EGRESS, SocketState.INGRESS, false));
  }

  private TlsEvent.Free free(ByteBuffer key, ByteBuffer state, boolean last) {
    ProcessKey process = process(key);
    return new TlsEvent.Free(
        stamp(process),
        new TlsSessionId(
            process,
            key.getLong(TlsKey.SSL),
            Integer.toUnsignedLong(state.getInt(TlsSession.GENERATION))),
        ends(state, TlsSession.EGRESS, TlsSession.INGRESS, last));
  }

  private static StreamEnds ends(ByteBuffer state, int egressAt, int ingressAt, boolean last) {
    return RecordFields.ends(state, egressAt, ingressAt, last);
  }

  private ProcessKey process(ByteBuffer key) {
    return new ProcessKey(
        hostId, Math.max(0, key.getInt(TlsKey.TGID)), key.getLong(TlsKey.PROCESS_START_NS));
  }

  private EventStamp stamp(ProcessKey process) {
    return new EventStamp(process, 0, 0, clock.monotonicNanos(), EventOrigin.userSpace(sequence++));
  }
}
