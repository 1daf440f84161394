// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Events of an HTTP service as a recorder would see them: 64 connections at once, heads with
 * cookies and ids, JSON bodies of 200 bytes to 16 KiB. The same for the same seed.
 */
final class HttpTraffic {
  private static final int CONNECTIONS = 64;
  private static final long HOST_ID = 1;
  private static final ProcessKey PROCESS = new ProcessKey(HOST_ID, 4242, 1);
  private static final String[] WORDS = {
    "amount", "basket", "customer", "delivery", "email", "first_name", "gift", "house", "item",
    "journey", "keyword", "label", "message", "number", "order", "price", "quantity", "region"
  };

  private final SplittableRandom random;
  private final long[] requestPositions = new long[CONNECTIONS];
  private final long[] responsePositions = new long[CONNECTIONS];
  private final List<CaptureEvent> events = new ArrayList<>();
  private long payloadBytes;
  private long nowNanos = 1_000_000_000L;
  private long calls;

  private HttpTraffic(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Returns at least {@code payloadBytes} of traffic. */
  static List<CaptureEvent> ofBytes(long payloadBytes, long seed) {
    HttpTraffic traffic = new HttpTraffic(seed);
    while (traffic.payloadBytes < payloadBytes) {
      traffic.exchange(traffic.random.nextInt(CONNECTIONS));
    }
    return traffic.events;
  }

  private void exchange(int connection) {
    String request =
        "GET /api/v1/"
            + word()
            + "/"
            + random.nextInt(100_000)
            + " HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
            + "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: session="
            + Long.toHexString(random.nextLong())
            + "\r\nX-Request-Id: "
            + Long.toHexString(random.nextLong())
            + "\r\n\r\n";
    requestPositions[connection] +=
        data(connection, Direction.INGRESS, requestPositions[connection], request);
    String body = json(200 + (1 << random.nextInt(6, 14)));
    String head =
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\nETag: \""
            + Long.toHexString(random.nextLong())
            + "\"\r\n\r\n";
    responsePositions[connection] +=
        data(connection, Direction.EGRESS, responsePositions[connection], head + body);
  }

  private String json(int length) {
    StringBuilder text = new StringBuilder(length + 64).append("{\"items\":[");
    while (text.length() < length) {
      text.append("{\"")
          .append(word())
          .append("\":")
          .append(random.nextInt(1_000_000))
          .append(",\"")
          .append(word())
          .append("\":\"")
          .append(word())
          .append(' ')
          .append(Integer.toString(random.nextInt(), 36))
          .append("\"},");
    }
    return text.append("{}]}").toString();
  }

  private String word() {
    return WORDS[random.nextInt(WORDS.length)];
  }

  private int data(int connection, Direction direction, long position, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    nowNanos += random.nextInt(1_000, 50_000);
    EventStamp stamp =
        new EventStamp(
            PROCESS,
            PROCESS.pid() + connection % 4,
            nowNanos - random.nextInt(500, 20_000),
            nowNanos,
            new EventOrigin(0, connection % 2, calls));
    events.add(
        new StreamEvent.Data(
            stamp,
            new StreamId(new ConnectionId(HOST_ID, 7_000L + connection, 1), direction),
            position,
            bytes.length,
            bytes.length,
            Bytes.wrap(bytes, 0, bytes.length),
            new CallRef(
                direction == Direction.EGRESS ? CallKind.SSL_WRITE : CallKind.SSL_READ,
                ++calls,
                0,
                16_384,
                bytes.length)));
    payloadBytes += bytes.length;
    return bytes.length;
  }
}
