// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes captures that are hard on memory, of any size.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class ScaleTraffic {
  private static final int CALL_BYTES = 16_384;
  private static final EventScript NOTHING = EventScript.parse("# only a header");
  private static final ProcessKey PROCESS =
      new ProcessKey(NOTHING.header().hostId(), 4242, 1_000_000);

  private final CaptureWriter writer;
  private final byte[] filler = new byte[CALL_BYTES];
  private long nanos = 1_000_000_000L;
  private long sequence;
  private long payloadBytes;
  private long exchanges;

  private ScaleTraffic(CaptureWriter writer) {
    this.writer = writer;
    for (int i = 0; i < filler.length; i++) {
      filler[i] = (byte) ('a' + i % 23);
    }
  }

  /** What is hard. */
  enum Case {
    /** So many connections open at once that each may keep little; none ever closes. */
    MANY_OPEN,
    /** One connection with all the exchanges, and one of a lower number that never ends. */
    ONE_LONG,
    /** Bodies larger than the memory, on connections side by side. */
    LARGE_BODIES,
    /** Requests that nobody answers. */
    UNANSWERED
  }

  /** A connection's state. */
  private static final class Connection {
    final ConnectionId id;
    long sent;
    long received;

    Connection(int number) {
      id = new ConnectionId(PROCESS.hostId(), 100_000L + number, 1);
    }
  }

  /**
   * Writes a capture.
   *
   * @param bytes of payload, about
   * @return how many exchanges are in it
   */
  static long write(Path file, Case kind, long bytes) throws IOException {
    WriterOptions options = WriterOptions.newBuilder().zstdLevel(1).build();
    try (CaptureWriter writer = CaptureWriter.create(file, NOTHING.header(), options)) {
      ScaleTraffic traffic = new ScaleTraffic(writer);
      switch (kind) {
        case MANY_OPEN -> traffic.many(bytes);
        case ONE_LONG -> traffic.oneLong(bytes);
        case LARGE_BODIES -> traffic.largeBodies(bytes);
        case UNANSWERED -> traffic.unanswered(bytes);
      }
      return traffic.exchanges;
    }
  }

  /** Writes a capture of so many small exchanges on connections that last. */
  static void writeSmall(Path file, int count) throws IOException {
    WriterOptions options = WriterOptions.newBuilder().zstdLevel(1).build();
    try (CaptureWriter writer = CaptureWriter.create(file, NOTHING.header(), options)) {
      ScaleTraffic traffic = new ScaleTraffic(writer);
      Connection[] connections = new Connection[64];
      for (int i = 0; i < connections.length; i++) {
        connections[i] = traffic.open(i);
      }
      for (int i = 0; i < count; i++) {
        Connection connection = connections[i % connections.length];
        traffic.request(connection, "/items/" + i);
        traffic.response(connection, i % 7);
      }
    }
  }

  private void many(long bytes) throws IOException {
    int count = (int) Math.max(100, Math.min(100_000, bytes / 20_000));
    Connection[] connections = new Connection[count];
    for (int i = 0; i < count; i++) {
      connections[i] = open(i);
    }
    for (long round = 0; payloadBytes < bytes || round % 2 != 0; round++) {
      for (Connection connection : connections) {
        // Requests wait while all other connections have their turn.
        if (round % 2 == 0) {
          request(connection, "/many/" + round);
        } else {
          response(connection, 600);
        }
      }
    }
  }

  private void oneLong(long bytes) throws IOException {
    Connection silent = open(0);
    Connection busy = open(1);
    request(silent, "/never-answered");
    exchanges++;
    for (long i = 0; payloadBytes < bytes; i++) {
      request(busy, "/long/" + i);
      response(busy, (int) (i % 900));
    }
    moved(silent, Direction.EGRESS, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab");
  }

  private void largeBodies(long bytes) throws IOException {
    Connection[] connections = new Connection[8];
    long each = bytes / connections.length;
    for (int i = 0; i < connections.length; i++) {
      connections[i] = open(i);
      request(connections[i], "/large");
      moved(
          connections[i],
          Direction.EGRESS,
          "HTTP/1.1 200 OK\r\ncontent-length: " + each / CALL_BYTES * CALL_BYTES + "\r\n\r\n");
      exchanges++;
    }
    for (long part = 0; part < each / CALL_BYTES; part++) {
      for (Connection connection : connections) {
        moved(connection, Direction.EGRESS, Bytes.wrap(filler, 0, CALL_BYTES));
      }
    }
  }

  private void unanswered(long bytes) throws IOException {
    Connection[] connections = new Connection[16];
    for (int i = 0; i < connections.length; i++) {
      connections[i] = open(i);
    }
    for (long i = 0; payloadBytes < bytes; i++) {
      request(connections[(int) (i % connections.length)], "/unanswered/" + i);
      exchanges++;
    }
  }

  private Connection open(int number) throws IOException {
    Connection connection = new Connection(number);
    FlowKey flow =
        new FlowKey(
            new Endpoint("10.0.0.2", 80),
            new Endpoint("10.0." + (1 + number / 50_000) + ".1", 10_000 + number % 50_000),
            1);
    DescriptorRef descriptor = new DescriptorRef(PROCESS, 5 + number);
    writer.write(new SocketEvent.Accept(stamp(), connection.id, descriptor, flow));
    return connection;
  }

  private void request(Connection connection, String target) throws IOException {
    moved(
        connection,
        Direction.INGRESS,
        "GET "
            + target
            + " HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n"
            + "Accept: application/json\r\nCookie: session="
            + Long.toHexString(sequence * 0x9e3779b97f4a7c15L)
            + "\r\n\r\n");
  }

  private void response(Connection connection, int bodyBytes) throws IOException {
    moved(
        connection,
        Direction.EGRESS,
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/plain\r\nContent-Length: "
            + bodyBytes
            + "\r\n\r\n"
            + "x".repeat(bodyBytes));
    exchanges++;
  }

  private void moved(Connection connection, Direction direction, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    moved(connection, direction, Bytes.wrap(bytes, 0, bytes.length));
  }

  private void moved(Connection connection, Direction direction, Bytes bytes) throws IOException {
    boolean out = direction == Direction.EGRESS;
    long position = out ? connection.sent : connection.received;
    int length = bytes.length();
    writer.write(
        new StreamEvent.Data(
            stamp(),
            new StreamId(connection.id, direction),
            position,
            length,
            length,
            bytes,
            new CallRef(out ? CallKind.WRITE : CallKind.READ, sequence, 0, CALL_BYTES, length)));
    connection.sent += out ? length : 0;
    connection.received += out ? 0 : length;
    payloadBytes += length;
  }

  private EventStamp stamp() {
    nanos += 20_000;
    return new EventStamp(
        PROCESS, PROCESS.pid(), nanos - 5_000, nanos, new EventOrigin(0, 0, sequence++));
  }
}
