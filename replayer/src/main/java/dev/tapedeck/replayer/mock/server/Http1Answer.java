// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.RecordedCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An answer as HTTP/1 bytes: those that were recorded, or written anew when HTTP/2 was recorded.
 *
 * @param head interim answers and the head
 * @param body what follows, framed
 * @param close whether the connection ends behind it
 */
record Http1Answer(List<Bytes> head, List<Bytes> body, boolean close) {
  private static final int CONTINUE = 100;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  Http1Answer {
    head = List.copyOf(head);
    body = List.copyOf(body);
  }

  static Http1Answer of(RecordedCall call, HttpRequest request) {
    HttpResponse response = call.response();
    boolean close = endsConnection(request.version(), request.headers().all("connection"));
    if (response.version().equals("HTTP/2")) {
      return rewritten(response, request, close);
    }
    List<Bytes> head = new ArrayList<>();
    for (HttpResponse interim : call.interim()) {
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
    return new Http1Answer(head, response.body().framed().segments(), last);
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
    byte[] json = MissBody.of(miss);
    String head =
        "HTTP/1.1 "
            + MissBody.STATUS
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
