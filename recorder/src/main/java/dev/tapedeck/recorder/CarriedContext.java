// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DataRecord;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a later file of a recording needs to be understood alone: which program runs in a process,
 * whose ends a connection has, which socket a TLS session uses. It is repeated in a later file
 * before the first event that concerns it, by events that user space made: an {@code existing}
 * ProcessExec, Existing, TlsHandshake and TlsBinding; Library events stand at the start of each
 * file. Streams need nothing, for their events have positions.
 *
 * <p><b>Threads:</b> confined to one thread.
 *
 * <p><b>Limits:</b> the youngest {@value #MAX_KEPT} processes, connections and sessions.
 */
final class CarriedContext {
  private static final int MAX_KEPT = 1 << 16;

  private final Map<ProcessKey, Program> programs = bounded();
  private final Map<ConnectionId, Socket> sockets = bounded();
  private final Map<TlsSessionId, Session> sessions = bounded();
  private final Map<String, LibraryEvent> libraries = bounded();
  private int file;
  private long sequence;

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > MAX_KEPT;
      }
    };
  }

  /** Something that a file states once. */
  private abstract static class Fact {
    private int statedInFile;

    /** Returns whether the file does not have it yet, and counts on the caller to state it. */
    boolean isDueIn(int file) {
      boolean due = statedInFile != file;
      statedInFile = file;
      return due;
    }
  }

  private static final class Program extends Fact {
    private final ProcessEvent.ProgramInfo info;

    Program(ProcessEvent.ProgramInfo info) {
      this.info = info;
    }
  }

  private static final class Socket extends Fact {
    private final ProcessKey process;
    private final DescriptorRef descriptor;
    private final FlowKey flow;
    private final @Nullable Role role;

    Socket(ProcessKey process, DescriptorRef descriptor, FlowKey flow, @Nullable Role role) {
      this.process = process;
      this.descriptor = descriptor;
      this.flow = flow;
      this.role = role;
    }
  }

  private static final class Session extends Fact {
    private final Map<TlsEvent.Evidence, TlsEvent.Binding> bindings =
        new EnumMap<>(TlsEvent.Evidence.class);
    private TlsEvent.@Nullable Handshake handshake;
  }

  /** Begins a further file, and repeats what stands at the start of each. */
  void nextFile(long nowNanos, EventSink target) throws IOException {
    file++;
    for (LibraryEvent library : libraries.values()) {
      target.accept(
          new LibraryEvent(
              stamp(library.stamp().process(), nowNanos),
              library.path(),
              library.buildId(),
              library.family(),
              library.version(),
              library.attachedSymbols()));
    }
  }

  /** Repeats what this file does not have yet of what the event concerns. */
  void introduce(CaptureEvent event, EventSink target) throws IOException {
    if (file == 0) {
      return;
    }
    long nowNanos = event.stamp().exitNanos();
    if (!(event instanceof ProcessEvent.Exec)) {
      process(event.stamp().process(), nowNanos, target);
    }
    if (event instanceof StreamEvent stream) {
      owner(stream.stream().owner(), nowNanos, target);
    } else if (event instanceof SocketEvent.Close || event instanceof SocketEvent.Dup) {
      socket(((SocketEvent) event).connection(), nowNanos, target);
    } else if (event instanceof TlsEvent tls) {
      session(tls.session(), nowNanos, target);
      if (tls instanceof TlsEvent.Binding binding && binding.connection() != null) {
        socket(binding.connection(), nowNanos, target);
      }
    }
  }

  /** Repeats what this file does not have yet of what a data event concerns. */
  void introduce(DataRecord data, EventSink target) throws IOException {
    if (file > 0) {
      process(data.process(), data.exitNanos(), target);
      owner(data.stream().owner(), data.exitNanos(), target);
    }
  }

  private void owner(StreamOwner owner, long nowNanos, EventSink target) throws IOException {
    if (owner instanceof ConnectionId connection) {
      socket(connection, nowNanos, target);
    } else if (owner instanceof TlsSessionId session) {
      session(session, nowNanos, target);
    }
  }

  private void process(ProcessKey process, long nowNanos, EventSink target) throws IOException {
    Program program = programs.get(process);
    if (program != null && program.isDueIn(file)) {
      target.accept(new ProcessEvent.Exec(stamp(process, nowNanos), program.info, true));
    }
  }

  private void socket(ConnectionId connection, long nowNanos, EventSink target) throws IOException {
    Socket socket = sockets.get(connection);
    if (socket != null && socket.isDueIn(file)) {
      process(socket.process, nowNanos, target);
      target.accept(
          new SocketEvent.Existing(
              stamp(socket.process, nowNanos),
              connection,
              socket.descriptor,
              socket.flow,
              socket.role));
    }
  }

  private void session(TlsSessionId id, long nowNanos, EventSink target) throws IOException {
    Session session = sessions.get(id);
    if (session == null || !session.isDueIn(file)) {
      return;
    }
    TlsEvent.Handshake handshake = session.handshake;
    if (handshake != null) {
      target.accept(
          new TlsEvent.Handshake(
              stamp(id.process(), nowNanos),
              id,
              handshake.version(),
              handshake.cipher(),
              handshake.serverName(),
              handshake.alpn()));
    }
    for (TlsEvent.Binding binding : session.bindings.values()) {
      if (binding.connection() != null) {
        socket(binding.connection(), nowNanos, target);
      }
      target.accept(
          new TlsEvent.Binding(
              stamp(id.process(), nowNanos),
              id,
              binding.evidence(),
              binding.descriptor(),
              binding.connection()));
    }
  }

  private EventStamp stamp(ProcessKey process, long nowNanos) {
    return new EventStamp(process, 0, 0, nowNanos, EventOrigin.userSpace(sequence++));
  }

  /** Remembers what an event says, which is written to the present file. */
  void note(CaptureEvent event) {
    if (event instanceof ProcessEvent.Exec exec) {
      put(programs, exec.stamp().process(), new Program(exec.program()));
    } else if (event instanceof ProcessEvent.Exit exit) {
      programs.remove(exit.stamp().process());
    } else if (event instanceof SocketEvent.Connect connect) {
      note(connect, connect.descriptor(), connect.flow(), Role.CLIENT);
    } else if (event instanceof SocketEvent.Accept accept) {
      note(accept, accept.descriptor(), accept.flow(), Role.SERVER);
    } else if (event instanceof SocketEvent.Existing existing) {
      note(existing, existing.descriptor(), existing.flow(), existing.role());
    } else if (event instanceof SocketEvent.Close close && close.end().last()) {
      sockets.remove(close.connection());
    } else if (event instanceof TlsEvent.Handshake handshake) {
      session(handshake).handshake = handshake;
    } else if (event instanceof TlsEvent.Binding binding) {
      session(binding).bindings.put(binding.evidence(), binding);
    } else if (event instanceof TlsEvent.Free free) {
      sessions.remove(free.session());
    } else if (event instanceof LibraryEvent library) {
      libraries.put(library.path() + '\0' + library.stamp().process(), library);
    }
  }

  private void note(
      SocketEvent event, DescriptorRef descriptor, FlowKey flow, @Nullable Role role) {
    put(sockets, event.connection(), new Socket(event.stamp().process(), descriptor, flow, role));
  }

  private <K, F extends Fact> void put(Map<K, F> facts, K key, F fact) {
    fact.isDueIn(file);
    facts.put(key, fact);
  }

  private Session session(TlsEvent event) {
    return sessions.computeIfAbsent(
        event.session(),
        id -> {
          Session session = new Session();
          session.isDueIn(file);
          return session;
        });
  }
}
