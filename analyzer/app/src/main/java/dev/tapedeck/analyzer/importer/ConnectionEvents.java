// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.analyzer.importer.tcp.TcpConnection;
import dev.tapedeck.analyzer.importer.tcp.TcpSink;
import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import java.io.IOException;

/**
 * Tells connections as the recorder would have on the server.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class ConnectionEvents implements TcpSink {
  private final ImportedHost host;
  private final EventSink sink;
  private long sockets;
  private long kept;
  private long tls;
  private long other;
  private long withoutContent;
  private long keptBytes;
  private long tlsBytes;
  private long otherBytes;
  private long missingBytes;
  private long cutBytes;

  ConnectionEvents(ImportedHost host, EventSink sink) {
    this.host = host;
    this.sink = sink;
  }

  @Override
  public void opened(TcpConnection connection, long epochNanos) throws IOException {
    connection.setNumber(++sockets);
    EventStamp stamp = host.stamp(epochNanos);
    FlowKey flow = new FlowKey(connection.server(), connection.client(), 0);
    if (connection.isFromStart() && connection.isRoleKnown()) {
      sink.write(new SocketEvent.Accept(stamp, id(connection), descriptor(connection), flow));
    } else {
      sink.write(
          new SocketEvent.Existing(
              stamp,
              id(connection),
              descriptor(connection),
              flow,
              connection.isRoleKnown() ? Role.SERVER : null));
    }
  }

  @Override
  public void data(
      TcpConnection connection,
      boolean fromClient,
      long position,
      Bytes bytes,
      long length,
      long epochNanos,
      long packetNumber)
      throws IOException {
    keptBytes += bytes.length();
    sink.write(
        new StreamEvent.Data(
            host.stamp(epochNanos),
            stream(connection, fromClient),
            position,
            length,
            bytes.length(),
            bytes,
            new CallRef(CallKind.IMPORT, packetNumber, 0, 0, length)));
  }

  @Override
  public void ended(TcpConnection connection, long epochNanos) throws IOException {
    count(connection);
    if (!connection.isOpened()) {
      return;
    }
    StreamEnds ends = new StreamEnds(-1, -1, 0, 0, connection.isClosed());
    if (connection.carries() == TcpConnection.Carries.KEPT) {
      lost(connection, true, epochNanos);
      lost(connection, false, epochNanos);
      ends =
          new StreamEnds(
              connection.end(false),
              connection.end(true),
              connection.missingBytes(false),
              connection.missingBytes(true),
              connection.isServerDone(),
              connection.isCutShort());
    } else if (connection.carries() == TcpConnection.Carries.TLS) {
      sink.write(
          new BlindSpotEvent(
              host.stamp(epochNanos),
              BlindSpotEvent.What.UNHOOKED_TLS,
              id(connection),
              0,
              connection.serverBytes(),
              connection.clientBytes()));
    }
    sink.write(
        new SocketEvent.Close(
            host.stamp(epochNanos), id(connection), new DescriptorRef(host.process(), -1), ends));
  }

  /** Packets that the input lacks, as the numbers of others prove. */
  private void lost(TcpConnection connection, boolean ofClient, long epochNanos)
      throws IOException {
    long cut = connection.cutBytes(ofClient);
    long lost = connection.missingBytes(ofClient) - cut;
    cutBytes += cut;
    missingBytes += lost;
    if (lost > 0) {
      sink.write(
          new LossEvent(
              host.stamp(epochNanos),
              LossEvent.Cause.UNKNOWN,
              -1,
              lost,
              stream(connection, ofClient)));
    }
  }

  private void count(TcpConnection connection) {
    long bytes = connection.clientBytes() + connection.serverBytes();
    switch (connection.carries()) {
      case KEPT -> kept++;
      case TLS -> {
        tls++;
        tlsBytes += bytes;
      }
      case OTHER -> {
        other++;
        otherBytes += bytes;
      }
      default -> withoutContent++;
    }
  }

  private ConnectionId id(TcpConnection connection) {
    return new ConnectionId(host.process().hostId(), connection.number(), 0);
  }

  /** A synthetic one: descriptors of one process are unique while they are open. */
  private DescriptorRef descriptor(TcpConnection connection) {
    return new DescriptorRef(host.process(), (int) (connection.number() & Integer.MAX_VALUE));
  }

  private StreamId stream(TcpConnection connection, boolean fromClient) {
    return new StreamId(id(connection), fromClient ? Direction.INGRESS : Direction.EGRESS);
  }

  /** Returns what connections carried so far. */
  PcapImportStats.Connections connections() {
    return new PcapImportStats.Connections(
        kept, keptBytes, tls, tlsBytes, other, otherBytes, withoutContent, missingBytes, cutBytes);
  }
}
