// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
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
import dev.tapedeck.recorder.EventLayout.Account;
import dev.tapedeck.recorder.EventLayout.Binding;
import dev.tapedeck.recorder.EventLayout.Close;
import dev.tapedeck.recorder.EventLayout.Data;
import dev.tapedeck.recorder.EventLayout.Header;
import dev.tapedeck.recorder.EventLayout.Kind;
import dev.tapedeck.recorder.EventLayout.ProcessLife;
import dev.tapedeck.recorder.EventLayout.Socket;
import dev.tapedeck.recorder.EventLayout.Tls;
import dev.tapedeck.recorder.bpf.RingRecordHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns ring records, laid out as in {@link EventLayout}, into events.
 *
 * <p>Nothing is believed: lengths, kinds and numbers are checked before they are used, and a record
 * that does not hold what it says is counted and left out.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class RecordDecoder implements RingRecordHandler {
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int ROLE_CLIENT = 1;
  private static final int ROLE_SERVER = 2;
  private static final int ADDRESS_BYTES = 16;
  private static final int PATH_BYTES_MAX = 256;

  private final ProcessKeys keys;
  private final EventSink sink;
  private long malformed;
  private long extraSequence;

  RecordDecoder(ProcessKeys keys, EventSink sink) {
    this.keys = keys;
    this.sink = sink;
  }

  /** Returns how many records were left out because they are not what they say. */
  long malformed() {
    return malformed;
  }

  @Override
  public void record(ByteBuffer memory, int offset, int lengthBytes) throws IOException {
    if (lengthBytes < Header.BYTES) {
      malformed++;
      return;
    }
    int size = memory.getInt(offset + Header.SIZE);
    int kind = Short.toUnsignedInt(memory.getShort(offset + Header.KIND));
    int fixed = fixedBytes(kind);
    if (memory.get(offset + Header.VERSION) != EventLayout.VERSION
        || fixed < 0
        || size < fixed
        || size > lengthBytes
        || memory.getLong(offset + Header.ENTER_NS) < 0
        || memory.getLong(offset + Header.EXIT_NS) < 0
        || memory.getInt(offset + Header.TGID) < 0) {
      malformed++;
      return;
    }
    int variable = size - fixed;
    switch (kind) {
      case Kind.DATA -> data(memory, offset, variable);
      case Kind.TRANSFER -> transfer(memory, offset);
      case Kind.CONNECT, Kind.ACCEPT, Kind.EXISTING -> socket(kind, memory, offset, variable);
      case Kind.CLOSE -> close(memory, offset);
      case Kind.TLS_BINDING -> binding(memory, offset);
      case Kind.PROCESS_EXEC, Kind.PROCESS_FORK, Kind.PROCESS_EXIT ->
          process(kind, memory, offset, variable);
      default -> tls(kind, memory, offset);
    }
  }

  private static int fixedBytes(int kind) {
    return switch (kind) {
      case Kind.DATA, Kind.TRANSFER -> Data.BYTES;
      case Kind.CONNECT, Kind.ACCEPT, Kind.EXISTING -> Socket.BYTES;
      case Kind.CLOSE -> Close.BYTES;
      case Kind.TLS_NEW, Kind.TLS_CLEAR, Kind.TLS_SHUTDOWN, Kind.TLS_FREE -> Tls.BYTES;
      case Kind.TLS_BINDING -> Binding.BYTES;
      case Kind.PROCESS_EXEC, Kind.PROCESS_FORK, Kind.PROCESS_EXIT -> ProcessLife.BYTES;
      default -> -1;
    };
  }

  private void data(ByteBuffer memory, int at, int variable) throws IOException {
    long length = memory.getLong(at + Data.LENGTH_BYTES);
    StreamId stream = stream(memory, at);
    long position = memory.getLong(at + Data.POSITION);
    if (stream == null
        || position < 0
        || length < 1
        || length > EventLayout.PART_BYTES_MAX
        || length > variable) {
      malformed++;
      return;
    }
    byte[] payload = new byte[(int) length];
    memory.get(at + Data.BYTES, payload);
    sink.accept(
        new StreamEvent.Data(
            stamp(memory, at),
            stream,
            position,
            length,
            payload.length,
            Bytes.wrap(payload, 0, payload.length),
            call(memory, at)));
  }

  private void transfer(ByteBuffer memory, int at) throws IOException {
    long length = memory.getLong(at + Data.LENGTH_BYTES);
    StreamId stream = stream(memory, at);
    long position = memory.getLong(at + Data.POSITION);
    if (stream == null || position < 0 || length < 1) {
      malformed++;
      return;
    }
    EventStamp stamp = stamp(memory, at);
    CallRef call = call(memory, at);
    boolean cut = memory.get(at + Data.CAUSE) == Data.CAUSE_CAP;
    sink.accept(
        cut
            ? new StreamEvent.Data(stamp, stream, position, length, 0, Bytes.empty(), call)
            : new StreamEvent.Transfer(stamp, stream, position, length, call));
  }

  private @Nullable StreamId stream(ByteBuffer memory, int at) {
    long id = memory.getLong(at + Data.STREAM_ID);
    long generation = Integer.toUnsignedLong(memory.getInt(at + Data.STREAM_GENERATION));
    int direction = memory.get(at + Data.STREAM_DIRECTION);
    StreamOwner owner =
        switch (memory.get(at + Data.STREAM_OWNER)) {
          case Data.OWNER_TLS -> new TlsSessionId(processKey(memory, at), id, generation);
          case Data.OWNER_SOCKET -> new ConnectionId(keys.hostId(), id, generation);
          default -> null;
        };
    if (owner == null || direction < 0 || direction > 1) {
      return null;
    }
    return new StreamId(owner, direction == 0 ? Direction.EGRESS : Direction.INGRESS);
  }

  private static CallRef call(ByteBuffer memory, int at) {
    return new CallRef(
        callKind(memory.getShort(at + Data.CALL)),
        memory.getLong(at + Data.CALL_SEQUENCE),
        memory.getInt(at + Data.PART_INDEX),
        memory.getLong(at + Data.ASKED_BYTES),
        memory.getLong(at + Data.RETURNED_BYTES));
  }

  private static CallKind callKind(int call) {
    return switch (call) {
      case EventLayout.Call.SSL_READ -> CallKind.SSL_READ;
      case EventLayout.Call.SSL_WRITE -> CallKind.SSL_WRITE;
      case EventLayout.Call.SSL_READ_EX -> CallKind.SSL_READ_EX;
      case EventLayout.Call.SSL_WRITE_EX -> CallKind.SSL_WRITE_EX;
      case EventLayout.Call.SSL_WRITE_EX2 -> CallKind.SSL_WRITE_EX2;
      case EventLayout.Call.READ -> CallKind.READ;
      case EventLayout.Call.WRITE -> CallKind.WRITE;
      case EventLayout.Call.READV -> CallKind.READV;
      case EventLayout.Call.WRITEV -> CallKind.WRITEV;
      case EventLayout.Call.RECVFROM -> CallKind.RECVFROM;
      case EventLayout.Call.SENDTO -> CallKind.SENDTO;
      case EventLayout.Call.RECVMSG -> CallKind.RECVMSG;
      case EventLayout.Call.SENDMSG -> CallKind.SENDMSG;
      case EventLayout.Call.RECVMMSG -> CallKind.RECVMMSG;
      case EventLayout.Call.SENDMMSG -> CallKind.SENDMMSG;
      case EventLayout.Call.SENDFILE -> CallKind.SENDFILE;
      case EventLayout.Call.SPLICE -> CallKind.SPLICE;
      default -> CallKind.UNKNOWN;
    };
  }

  private void socket(int kind, ByteBuffer memory, int at, int variable) throws IOException {
    int pathBytes = Short.toUnsignedInt(memory.getShort(at + Socket.PATH_BYTES));
    if (pathBytes > variable || pathBytes > PATH_BYTES_MAX) {
      malformed++;
      return;
    }
    EventStamp stamp = stamp(memory, at);
    ConnectionId connection =
        connection(memory.getLong(at + Socket.SOCKET), memory.getInt(at + Socket.GENERATION));
    DescriptorRef descriptor = new DescriptorRef(stamp.process(), memory.getInt(at + Socket.FD));
    Role role =
        switch (memory.get(at + Socket.ROLE)) {
          case ROLE_CLIENT -> Role.CLIENT;
          case ROLE_SERVER -> Role.SERVER;
          default -> null;
        };
    FlowKey flow = flow(memory, at, pathBytes, kind == Kind.CONNECT || role == Role.CLIENT);
    sink.accept(
        switch (kind) {
          case Kind.CONNECT -> new SocketEvent.Connect(stamp, connection, descriptor, flow);
          case Kind.ACCEPT -> new SocketEvent.Accept(stamp, connection, descriptor, flow);
          default -> new SocketEvent.Existing(stamp, connection, descriptor, flow, role);
        });
  }

  private static FlowKey flow(ByteBuffer memory, int at, int pathBytes, boolean client) {
    long netns = Integer.toUnsignedLong(memory.getInt(at + Socket.NETNS));
    int family = Short.toUnsignedInt(memory.getShort(at + Socket.FAMILY));
    if (family == AF_UNIX) {
      // A client's socket is unnamed as a rule; the path is the server's.
      Endpoint named = new Endpoint(path(memory, at + Socket.BYTES, pathBytes), 0);
      return client
          ? new FlowKey(Endpoint.UNKNOWN, named, netns)
          : new FlowKey(named, Endpoint.UNKNOWN, netns);
    }
    if (family != AF_INET && family != AF_INET6) {
      return FlowKey.UNKNOWN;
    }
    return new FlowKey(
        endpoint(memory, at + Socket.LOCAL_ADDRESS, at + Socket.LOCAL_PORT, family),
        endpoint(memory, at + Socket.REMOTE_ADDRESS, at + Socket.REMOTE_PORT, family),
        netns);
  }

  private static Endpoint endpoint(ByteBuffer memory, int addressAt, int portAt, int family) {
    byte[] address = new byte[ADDRESS_BYTES];
    memory.get(addressAt, address);
    return new Endpoint(
        family == AF_INET ? InetText.ipv4(address, 0) : InetText.ipv6(address),
        Short.toUnsignedInt(memory.getShort(portAt)));
  }

  /** Abstract names (unix(7)) begin with a NUL, which everybody writes as {@code @}. */
  private static String path(ByteBuffer memory, int at, int length) {
    String text = text(memory, at, length);
    return text.startsWith("\0") ? "@" + text.substring(1) : text;
  }

  private void close(ByteBuffer memory, int at) throws IOException {
    EventStamp stamp = stamp(memory, at);
    sink.accept(
        new SocketEvent.Close(
            stamp,
            connection(memory.getLong(at + Close.SOCKET), memory.getInt(at + Close.GENERATION)),
            new DescriptorRef(stamp.process(), -1),
            ends(memory, at + Close.EGRESS, at + Close.INGRESS, true)));
  }

  private void tls(int kind, ByteBuffer memory, int at) throws IOException {
    EventStamp stamp = stamp(memory, at);
    TlsSessionId session =
        new TlsSessionId(
            stamp.process(),
            memory.getLong(at + Tls.SSL),
            Integer.toUnsignedLong(memory.getInt(at + Tls.GENERATION)));
    switch (kind) {
      case Kind.TLS_NEW -> sink.accept(new TlsEvent.New(stamp, session));
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
  }

  private static TlsEvent.Free free(
      EventStamp stamp, TlsSessionId session, ByteBuffer memory, int at) {
    return new TlsEvent.Free(stamp, session, ends(memory, at + Tls.EGRESS, at + Tls.INGRESS, true));
  }

  /** Reads two accounts. */
  static StreamEnds ends(ByteBuffer memory, int egressAt, int ingressAt, boolean last) {
    return new StreamEnds(
        memory.getLong(egressAt + Account.NEXT_POSITION),
        memory.getLong(ingressAt + Account.NEXT_POSITION),
        notCaptured(memory, egressAt),
        notCaptured(memory, ingressAt),
        last);
  }

  private static long notCaptured(ByteBuffer memory, int at) {
    return memory.getLong(at + Account.LOST_BYTES) + memory.getLong(at + Account.SKIPPED_BYTES);
  }

  private void binding(ByteBuffer memory, int at) throws IOException {
    EventStamp stamp = stamp(memory, at);
    TlsSessionId session =
        new TlsSessionId(
            stamp.process(),
            memory.getLong(at + Binding.SSL),
            Integer.toUnsignedLong(memory.getInt(at + Binding.TLS_GENERATION)));
    DescriptorRef descriptor = new DescriptorRef(stamp.process(), memory.getInt(at + Binding.FD));
    long socket = memory.getLong(at + Binding.SOCKET);
    ConnectionId connection =
        socket == 0 ? null : connection(socket, memory.getInt(at + Binding.SOCKET_GENERATION));
    List<TlsEvent.Evidence> evidence =
        evidence(
            memory.get(at + Binding.METHOD),
            memory.getShort(at + Binding.CALL),
            memory.get(at + Binding.DIRECTIONS));
    if (evidence.isEmpty()) {
      malformed++;
    }
    for (TlsEvent.Evidence proof : evidence) {
      sink.accept(new TlsEvent.Binding(stamp, session, proof, descriptor, connection));
    }
  }

  private static List<TlsEvent.Evidence> evidence(int method, int call, int directions) {
    if (method == Binding.METHOD_SET_FD) {
      return switch (call) {
        case EventLayout.Call.SSL_SET_RFD -> List.of(TlsEvent.Evidence.SET_RFD);
        case EventLayout.Call.SSL_SET_WFD -> List.of(TlsEvent.Evidence.SET_WFD);
        default -> List.of(TlsEvent.Evidence.SET_FD);
      };
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

  private void process(int kind, ByteBuffer memory, int at, int variable) throws IOException {
    int pathBytes = memory.getInt(at + ProcessLife.PATH_BYTES);
    int parent = memory.getInt(at + ProcessLife.PARENT_TGID);
    if (pathBytes < 0 || pathBytes > variable || pathBytes > PATH_BYTES_MAX || parent < 0) {
      malformed++;
      return;
    }
    EventStamp stamp = stamp(memory, at);
    switch (kind) {
      case Kind.PROCESS_EXEC ->
          sink.accept(
              new ProcessEvent.Exec(
                  stamp,
                  new ProcessEvent.ProgramInfo(
                      text(memory, at + ProcessLife.COMM, EventLayout.COMM_BYTES),
                      text(memory, at + ProcessLife.BYTES, pathBytes),
                      parent,
                      "",
                      List.of()),
                  false));
      case Kind.PROCESS_FORK -> {
        ProcessKey parentKey = keys.of(parent, memory.getLong(at + ProcessLife.PARENT_START_NS));
        sink.accept(
            new ProcessEvent.Fork(
                new EventStamp(parentKey, 0, stamp.enterNanos(), stamp.exitNanos(), stamp.origin()),
                stamp.process()));
      }
      default ->
          sink.accept(
              new ProcessEvent.Exit(stamp, exitCode(memory.getInt(at + ProcessLife.EXIT_CODE))));
    }
  }

  /** wait(2): the low seven bits are the signal, the byte above them what exit(3) was given. */
  static int exitCode(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? status >> 8 & 0xff : -signal;
  }

  private EventStamp stamp(ByteBuffer memory, int at) {
    return new EventStamp(
        processKey(memory, at),
        memory.getInt(at + Header.TID),
        memory.getLong(at + Header.ENTER_NS),
        memory.getLong(at + Header.EXIT_NS),
        new EventOrigin(
            memory.getInt(at + Header.RING),
            memory.getInt(at + Header.CPU),
            memory.getLong(at + Header.SEQUENCE) - 1));
  }

  private ProcessKey processKey(ByteBuffer memory, int at) {
    return keys.of(memory.getInt(at + Header.TGID), memory.getLong(at + Header.PROCESS_START_NS));
  }

  private ConnectionId connection(long socket, int generation) {
    return new ConnectionId(keys.hostId(), socket, Integer.toUnsignedLong(generation));
  }

  /** Reads text up to its end or its first NUL; a leading NUL is kept. */
  private static String text(ByteBuffer memory, int at, int length) {
    byte[] bytes = new byte[length];
    memory.get(at, bytes);
    int end = Math.min(1, length);
    while (end < length && bytes[end] != 0) {
      end++;
    }
    return length > 0 && bytes[0] == 0 && end <= 1 ? "" : new String(bytes, 0, end, UTF_8);
  }
}
