// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsSessionId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What exchanges say of their connection, as bytes: all but the evidence for its link, the process
 * at the other end and what a proxy said.
 */
final class ConnectionCodec {
  private static final int MAX_TEXT = 4096;

  private ConnectionCodec() {}

  /** Returns what a session's streams belong to; null when nothing names it. */
  static @Nullable StreamOwner owner(ConnectionInfo connection) {
    return connection.tlsSession() != null ? connection.tlsSession() : connection.connection();
  }

  static void write(ConnectionInfo connection, DataOutput out) throws IOException {
    out.writeUTF(connection.role().name());
    ConnectionId socket = connection.connection();
    out.writeBoolean(socket != null);
    if (socket != null) {
      out.writeLong(socket.hostId());
      out.writeLong(socket.socket());
      out.writeLong(socket.generation());
    }
    TlsSessionId session = connection.tlsSession();
    out.writeBoolean(session != null);
    if (session != null) {
      out.writeLong(session.process().hostId());
      out.writeInt(session.process().pid());
      out.writeLong(session.process().startNanos());
      out.writeLong(session.pointer());
      out.writeLong(session.generation());
    }
    ProcessInfo process = connection.process();
    out.writeInt(process.pid());
    text(process.comm(), out);
    text(process.exe(), out);
    text(process.containerId(), out);
    endpoint(connection.client(), out);
    endpoint(connection.server(), out);
    out.writeLong(connection.netns());
    Link link = connection.link();
    out.writeUTF(link.method().name());
    out.writeUTF(link.confidence().name());
    text(link.explanation(), out);
    time(connection.openedEpochNanos(), out);
    time(connection.closedEpochNanos(), out);
    TlsInfo tls = connection.tls();
    out.writeBoolean(tls != null);
    if (tls != null) {
      text(tls.version(), out);
      text(tls.cipher(), out);
      text(tls.sni(), out);
      text(tls.alpn(), out);
    }
  }

  static ConnectionInfo read(DataInput in) throws IOException {
    ConnectionInfo.Builder builder = ConnectionInfo.newBuilder(of(Role.class, in));
    if (in.readBoolean()) {
      builder.connection(new ConnectionId(in.readLong(), in.readLong(), in.readLong()));
    }
    if (in.readBoolean()) {
      ProcessKey process = new ProcessKey(in.readLong(), Math.max(0, in.readInt()), in.readLong());
      builder.tlsSession(new TlsSessionId(process, in.readLong(), in.readLong()));
    }
    builder.process(new ProcessInfo(in.readInt(), known(in), known(in), known(in)));
    builder.client(endpoint(in)).server(endpoint(in)).netns(in.readLong());
    builder.link(new Link(of(Link.Method.class, in), of(Link.Confidence.class, in), known(in)));
    builder.openedEpochNanos(time(in)).closedEpochNanos(time(in));
    if (in.readBoolean()) {
      builder.tls(new TlsInfo(text(in), text(in), text(in), text(in), null));
    }
    return builder.build();
  }

  private static <T extends Enum<T>> T of(Class<T> type, DataInput in) throws IOException {
    try {
      return Enum.valueOf(type, in.readUTF());
    } catch (IllegalArgumentException e) {
      throw new IOException("the index is damaged: remove it", e);
    }
  }

  private static void endpoint(Endpoint end, DataOutput out) throws IOException {
    text(end.address(), out);
    out.writeInt(end.port());
  }

  private static Endpoint endpoint(DataInput in) throws IOException {
    return new Endpoint(known(in), in.readInt());
  }

  private static void time(@Nullable Long epochNanos, DataOutput out) throws IOException {
    out.writeLong(epochNanos == null ? Long.MIN_VALUE : epochNanos);
  }

  private static @Nullable Long time(DataInput in) throws IOException {
    long nanos = in.readLong();
    return nanos == Long.MIN_VALUE ? null : Long.valueOf(nanos);
  }

  private static void text(@Nullable String text, DataOutput out) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text);
    }
  }

  private static @Nullable String text(DataInput in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }

  private static String known(DataInput in) throws IOException {
    String text = text(in);
    return text == null ? "" : text;
  }
}
