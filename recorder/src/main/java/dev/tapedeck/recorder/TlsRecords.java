// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.recorder.EventLayout.Binding;
import dev.tapedeck.recorder.EventLayout.Kind;
import dev.tapedeck.recorder.EventLayout.Tls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads records of the life of TLS sessions, and of what binds them to sockets.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class TlsRecords implements KindDecoder {
  private final RecordFields fields;
  private final EventSink sink;
  private long extraSequence;

  TlsRecords(RecordFields fields, EventSink sink) {
    this.fields = fields;
    this.sink = sink;
  }

  @Override
  public int fixedBytes(int kind) {
    return switch (kind) {
      case Kind.TLS_NEW, Kind.TLS_HANDSHAKE, Kind.TLS_CLEAR, Kind.TLS_SHUTDOWN, Kind.TLS_FREE ->
          Tls.BYTES;
      case Kind.TLS_BINDING -> Binding.BYTES;
      default -> -1;
    };
  }

  @Override
  public boolean decode(int kind, ByteBuffer memory, int at, int variableBytes) throws IOException {
    return kind == Kind.TLS_BINDING ? binding(memory, at) : tls(kind, memory, at);
  }

  private boolean tls(int kind, ByteBuffer memory, int at) throws IOException {
    EventStamp stamp = fields.stamp(memory, at);
    TlsSessionId session =
        new TlsSessionId(
            stamp.process(),
            memory.getLong(at + Tls.SSL),
            Integer.toUnsignedLong(memory.getInt(at + Tls.GENERATION)));
    switch (kind) {
      case Kind.TLS_NEW -> sink.accept(new TlsEvent.New(stamp, session));
      case Kind.TLS_HANDSHAKE ->
          // When, and no more: what was agreed is in the records of the handshake itself.
          sink.accept(new TlsEvent.Handshake(stamp, session, "", "", "", ""));
      case Kind.TLS_SHUTDOWN -> sink.accept(new TlsEvent.Shutdown(stamp, session));
      case Kind.TLS_FREE -> sink.accept(free(stamp, session, memory, at));
      default -> {
        // A cleared object lives on under a new generation: the old one's account ends here.
        sink.accept(new TlsEvent.Clear(stamp, session));
        EventStamp extra =
            new EventStamp(
                stamp.process(),
                stamp.tid(),
                stamp.enterNanos(),
                stamp.exitNanos(),
                EventOrigin.userSpace(extraSequence++));
        sink.accept(free(extra, session, memory, at));
      }
    }
    return true;
  }

  private static TlsEvent.Free free(
      EventStamp stamp, TlsSessionId session, ByteBuffer memory, int at) {
    return new TlsEvent.Free(
        stamp, session, RecordFields.ends(memory, at + Tls.EGRESS, at + Tls.INGRESS, true));
  }

  private boolean binding(ByteBuffer memory, int at) throws IOException {
    EventStamp stamp = fields.stamp(memory, at);
    TlsSessionId session =
        new TlsSessionId(
            stamp.process(),
            memory.getLong(at + Binding.SSL),
            Integer.toUnsignedLong(memory.getInt(at + Binding.TLS_GENERATION)));
    DescriptorRef descriptor = new DescriptorRef(stamp.process(), memory.getInt(at + Binding.FD));
    long socket = memory.getLong(at + Binding.SOCKET);
    ConnectionId connection =
        socket == 0
            ? null
            : fields.connection(socket, memory.getInt(at + Binding.SOCKET_GENERATION));
    List<TlsEvent.Evidence> evidence =
        evidence(
            memory.get(at + Binding.METHOD),
            memory.getShort(at + Binding.CALL),
            memory.get(at + Binding.DIRECTIONS));
    for (TlsEvent.Evidence proof : evidence) {
      sink.accept(new TlsEvent.Binding(stamp, session, proof, descriptor, connection));
    }
    return !evidence.isEmpty();
  }

  private static List<TlsEvent.Evidence> evidence(int method, int call, int directions) {
    if (method == Binding.METHOD_SET_FD) {
      return switch (call) {
        case EventLayout.Call.SSL_SET_RFD -> List.of(TlsEvent.Evidence.SET_RFD);
        case EventLayout.Call.SSL_SET_WFD -> List.of(TlsEvent.Evidence.SET_WFD);
        default -> List.of(TlsEvent.Evidence.SET_FD);
      };
    }
    if (method == Binding.METHOD_BIO) {
      return List.of(TlsEvent.Evidence.BIO);
    }
    if (method != Binding.METHOD_NESTED) {
      return List.of();
    }
    return switch (directions) {
      case 1 -> List.of(TlsEvent.Evidence.NESTED_SEND);
      case 2 -> List.of(TlsEvent.Evidence.NESTED_RECEIVE);
      case 3 -> List.of(TlsEvent.Evidence.NESTED_SEND, TlsEvent.Evidence.NESTED_RECEIVE);
      default -> List.of();
    };
  }
}
