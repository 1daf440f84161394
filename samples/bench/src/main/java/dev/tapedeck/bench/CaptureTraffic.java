// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventOrigin;
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
import java.util.SplittableRandom;

/**
 * Captures of a server with keep-alive connections side by side, one call a message, written as
 * they are made. The same for the same shape and size.
 */
final class CaptureTraffic {
  private static final int CONNECTIONS = 64;
  private static final long HOST_ID = 1;
  private static final ProcessKey PROCESS = new ProcessKey(HOST_ID, 4242, 1);

  /** What browsers and frameworks add to a message. */
  private static final String MORE_FIELDS =
      "Cache-Control: no-cache, no-store, must-revalidate\r\n"
          + "Content-Security-Policy: default-src 'self'; img-src 'self' https://img.example; "
          + "script-src 'self' https://cdn.example\r\nX-Content-Type-Options: nosniff\r\n"
          + "X-Request-Id: 7f9c2ba4-e88f-4a2b-9c41-22d9cd6c9c3e\r\nVary: Accept-Encoding\r\n"
          + "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";

  private final SplittableRandom random = new SplittableRandom(7);
  private final CaptureWriter writer;
  private final Shape shape;
  private final long[] received = new long[CONNECTIONS];
  private final long[] sent = new long[CONNECTIONS];
  private long nanos = 1_000_000_000L;
  private long sequence;
  private long payloadBytes;

  /** What messages look like. */
  enum Shape {
    SMALL("small messages", "", 60, 1),
    USUAL("usual messages", MORE_FIELDS, 60, 2),
    PAGES("bodies of 1.5 KiB", "", 3072, 4),
    BODIES("bodies of 8 KiB", "", 16_384, 8);

    private final String title;
    private final String moreFields;
    private final int maxBodyBytes;
    private final int divisor;

    Shape(String title, String moreFields, int maxBodyBytes, int divisor) {
      this.title = title;
      this.moreFields = moreFields;
      this.maxBodyBytes = maxBodyBytes;
      this.divisor = divisor;
    }

    String title() {
      return title;
    }

    /** Returns how many times fewer messages make as large a capture, about. */
    int divisor() {
      return divisor;
    }
  }

  private CaptureTraffic(CaptureWriter writer, Shape shape) {
    this.writer = writer;
    this.shape = shape;
  }

  /** Writes a capture of so many messages; returns how many bytes they have. */
  static long write(Path file, Shape shape, int messages) throws IOException {
    CaptureHeader header =
        CaptureHeader.newBuilder().fileId(Bytes.latin1("benchmark file..")).build();
    try (CaptureWriter writer = CaptureWriter.create(file, header, WriterOptions.defaults())) {
      CaptureTraffic traffic = new CaptureTraffic(writer, shape);
      for (int i = 0; i < CONNECTIONS; i++) {
        FlowKey flow =
            new FlowKey(new Endpoint("10.0.0.2", 80), new Endpoint("10.0.0.1", 40_000 + i), 1);
        writer.write(
            new SocketEvent.Accept(
                traffic.stamp(), id(i), new DescriptorRef(PROCESS, 5 + i), flow));
      }
      for (int i = 0; i < messages / 2; i++) {
        traffic.exchange();
      }
      return traffic.payloadBytes;
    }
  }

  private static ConnectionId id(int connection) {
    return new ConnectionId(HOST_ID, 7_000L + connection, 1);
  }

  private EventStamp stamp() {
    nanos += 20_000;
    return new EventStamp(
        PROCESS, PROCESS.pid(), nanos - 5_000, nanos, new EventOrigin(0, 0, sequence++));
  }

  private void exchange() throws IOException {
    int connection = random.nextInt(CONNECTIONS);
    String request =
        "GET /api/v1/orders/"
            + random.nextInt(100_000)
            + "?page=2 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n"
            + "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n"
            + "Connection: keep-alive\r\nCookie: session="
            + Long.toHexString(random.nextLong())
            + "\r\n"
            + shape.moreFields
            + "\r\n";
    StringBuilder body = new StringBuilder("{\"items\": [1, 2, 3]");
    int bodyBytes = random.nextInt(24, shape.maxBodyBytes);
    while (body.length() < bodyBytes) {
      body.append(", \"").append(Long.toString(random.nextLong(), 36)).append("\": 0");
    }
    body.append('}');
    String response =
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
            + "Content-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + shape.moreFields
            + "\r\n"
            + body;
    data(connection, Direction.INGRESS, received, request);
    data(connection, Direction.EGRESS, sent, response);
  }

  private void data(int connection, Direction direction, long[] positions, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    EventStamp stamp = stamp();
    writer.write(
        new StreamEvent.Data(
            stamp,
            new StreamId(id(connection), direction),
            positions[connection],
            bytes.length,
            bytes.length,
            Bytes.wrap(bytes, 0, bytes.length),
            new CallRef(
                direction == Direction.EGRESS ? CallKind.WRITE : CallKind.READ,
                sequence,
                0,
                16_384,
                bytes.length)));
    positions[connection] += bytes.length;
    payloadBytes += bytes.length;
  }
}
