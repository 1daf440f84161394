// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.InetText;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.recorder.EventLayout.Close;
import dev.tapedeck.recorder.EventLayout.Dup;
import dev.tapedeck.recorder.EventLayout.Kind;
import dev.tapedeck.recorder.EventLayout.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads records of the life of sockets.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class SocketRecords implements KindDecoder {
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int ROLE_CLIENT = 1;
  private static final int ROLE_SERVER = 2;
  private static final int ADDRESS_BYTES = 16;

  private final RecordFields fields;
  private final EventSink sink;

  SocketRecords(RecordFields fields, EventSink sink) {
    this.fields = fields;
    this.sink = sink;
  }

  @Override
  public int fixedBytes(int kind) {
    return switch (kind) {
      case Kind.CONNECT, Kind.ACCEPT, Kind.EXISTING -> Socket.BYTES;
      case Kind.DUP -> Dup.BYTES;
      case Kind.CLOSE -> Close.BYTES;
      default -> -1;
    };
  }

  @Override
  public boolean decode(int kind, ByteBuffer memory, int at, int variableBytes) throws IOException {
    return switch (kind) {
      case Kind.CLOSE -> close(memory, at);
      case Kind.DUP -> dup(memory, at);
      default -> socket(kind, memory, at, variableBytes);
    };
  }

  private boolean socket(int kind, ByteBuffer memory, int at, int variable) throws IOException {
    int pathBytes = Short.toUnsignedInt(memory.getShort(at + Socket.PATH_BYTES));
    if (pathBytes > variable || pathBytes > EventLayout.PATH_BYTES_MAX) {
      return false;
    }
    EventStamp stamp = fields.stamp(memory, at);
    ConnectionId connection =
        fields.connection(
            memory.getLong(at + Socket.SOCKET), memory.getInt(at + Socket.GENERATION));
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
    return true;
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
    String text = RecordFields.text(memory, at, length);
    return text.startsWith("\0") ? "@" + text.substring(1) : text;
  }

  private boolean dup(ByteBuffer memory, int at) throws IOException {
    EventStamp stamp = fields.stamp(memory, at);
    sink.accept(
        new SocketEvent.Dup(
            stamp,
            fields.connection(memory.getLong(at + Dup.SOCKET), memory.getInt(at + Dup.GENERATION)),
            new DescriptorRef(stamp.process(), memory.getInt(at + Dup.FD))));
    return true;
  }

  private boolean close(ByteBuffer memory, int at) throws IOException {
    EventStamp stamp = fields.stamp(memory, at);
    sink.accept(
        new SocketEvent.Close(
            stamp,
            fields.connection(
                memory.getLong(at + Close.SOCKET), memory.getInt(at + Close.GENERATION)),
            new DescriptorRef(stamp.process(), -1),
            RecordFields.ends(
                memory,
                at + Close.EGRESS,
                at + Close.INGRESS,
                true,
                memory.get(at + Close.CAUSE) == Close.CAUSE_ENDED)));
    return true;
  }
}
