// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.Verdict;
import dev.tapedeck.replayer.websocket.WebSocketHandshake;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An answer as HTTP/1 bytes: those that were recorded, or written anew when HTTP/2 was recorded.
 *
 * @param head interim answers and the head
 * @param body what follows, framed
 * @param close whether the connection ends behind it
 * @param open whether it has no end, because the recorded client stopped listening
 */
record Http1Answer(List<Bytes> head, List<Bytes> body, boolean close, boolean open) {
  private static final int BAD_GATEWAY = 502;
  private static final int CONTINUE = 100;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  Http1Answer {
    head = List.copyOf(head);
    body = List.copyOf(body);
  }

  Http1Answer(List<Bytes> head, List<Bytes> body, boolean close) {
    this(head, body, close, false);
  }

  static Http1Answer of(Verdict.Hit hit, HttpRequest request) {
    HttpResponse response = hit.response();
    if (hit.conversation() != null) {
      return upgraded(response, request);
    }
    boolean close = endsConnection(request.version(), request.headers().all("connection"));
    if (response.version().equals("HTTP/2")) {
      return rewritten(response, request, close);
    }
    List<Bytes> head = new ArrayList<>();
    for (HttpResponse interim : hit.call().interim()) {
      // Status 100 is given to those who wait for it, before their request is whole.
      if (interim.status() != CONTINUE) {
        head.add(interim.head());
      }
    }
    head.add(response.head());
    boolean last =
        close
            || response.body().framing() == Body.Framing.CLOSE
            || endsConnection(response.version(), response.headers().all("connection"));
    boolean open = response.completeness() != Completeness.COMPLETE;
    return new Http1Answer(head, response.body().framed().segments(), last && !open, open);
  }

  /**
   * The answer to an upgrade proves that it is one to this request's key (RFC 6455, section 4.2.2).
   * Compression is agreed on with clients that offer it, though the mock does not compress.
   */
  private static Http1Answer upgraded(HttpResponse response, HttpRequest request) {
    HeaderField key = request.headers().first("sec-websocket-key");
    StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    for (HeaderField field : response.headers().toList()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      boolean accept = name.equals("sec-websocket-accept");
      if (!name.equals("sec-websocket-extensions") || offersCompression(request)) {
        head.append(field.name()).append(": ");
        head.append(
            accept && key != null ? WebSocketHandshake.accept(key.value().strip()) : field.value());
        head.append("\r\n");
      }
    }
    if (response.version().equals("HTTP/2")) {
      head.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ");
      head.append(key == null ? "" : WebSocketHandshake.accept(key.value().strip()));
      head.append("\r\n");
    }
    return new Http1Answer(List.of(Bytes.latin1(head.append("\r\n").toString())), List.of(), false);
  }

  static boolean offersCompression(HttpRequest request) {
    return request.headers().all("sec-websocket-extensions").stream()
        .anyMatch(field -> field.value().toLowerCase(Locale.ROOT).contains("permessage-deflate"));
  }

  /** RFC 9112, section 9.3. */
  private static boolean endsConnection(String version, List<HeaderField> connection) {
    boolean persistent = !version.equals("HTTP/1.0");
    for (HeaderField field : connection) {
      for (String option : field.value().toLowerCase(Locale.ROOT).split(",", -1)) {
        if (option.trim().equals("close")) {
          return true;
        }
        persistent |= option.trim().equals("keep-alive");
      }
    }
    return !persistent;
  }

  private static Http1Answer rewritten(HttpResponse response, HttpRequest request, boolean close) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ");
    head.append(response.status()).append(" \r\n");
    boolean sized = false;
    for (HeaderField field : response.headers().toList()) {
      if (!field.name().startsWith(":")) {
        head.append(field.name()).append(": ").append(field.value()).append("\r\n");
        sized |= field.name().equalsIgnoreCase("content-length");
      }
    }
    boolean bodiless =
        request.method().equals("HEAD")
            || response.status() == NO_CONTENT
            || response.status() == NOT_MODIFIED;
    Bytes wire = bodiless ? Bytes.empty() : response.body().wire().toBytes();
    boolean chunked = !bodiless && response.trailers().size() > 0;
    if (chunked && !sized) {
      head.append("Transfer-Encoding: chunked\r\n");
    } else if (!bodiless && !sized) {
      head.append("Content-Length: ").append(wire.length()).append("\r\n");
    }
    head.append(close ? "Connection: close\r\n\r\n" : "\r\n");
    List<Bytes> body = new ArrayList<>();
    if (chunked && !sized) {
      if (!wire.isEmpty()) {
        body.add(Bytes.latin1(Integer.toHexString(wire.length()) + "\r\n"));
        body.add(wire);
        body.add(Bytes.latin1("\r\n"));
      }
      StringBuilder end = new StringBuilder("0\r\n");
      for (HeaderField field : response.trailers().toList()) {
        end.append(field.name()).append(": ").append(field.value()).append("\r\n");
      }
      body.add(Bytes.latin1(end.append("\r\n").toString()));
    } else if (!wire.isEmpty()) {
      body.add(wire);
    }
    return new Http1Answer(List.of(Bytes.latin1(head.toString())), body, close);
  }

  /** Returns what a request without a recorded answer gets. */
  static Http1Answer of(Miss miss, String method, boolean close) {
    return of(miss, MissBody.STATUS, method, close);
  }

  /** Returns what a CONNECT to what was not recorded gets. */
  static Http1Answer ofTunnel(Miss miss) {
    return of(miss, BAD_GATEWAY, "CONNECT", true);
  }

  private static Http1Answer of(Miss miss, int status, String method, boolean close) {
    byte[] json = MissBody.of(miss);
    String head =
        "HTTP/1.1 "
            + status
            + " No Recorded Answer\r\nContent-Type: application/json\r\nContent-Length: "
            + json.length
            + "\r\nCache-Control: no-store\r\nX-Tapedeck-Mock: "
            + miss.reason().jsonName()
            + (close ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
    return new Http1Answer(
        List.of(Bytes.latin1(head)),
        method.equals("HEAD") ? List.of() : List.of(Bytes.wrap(json, 0, json.length)),
        close);
  }

  /** Returns what a request without a recorded answer gets on a connection that may go on. */
  static Http1Answer of(Miss miss, HttpRequest request) {
    boolean close = endsConnection(request.version(), request.headers().all("connection"));
    return of(miss, request.method(), close);
  }
}
