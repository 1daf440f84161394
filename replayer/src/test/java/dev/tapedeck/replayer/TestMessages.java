// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.RecordedCapture;
import java.util.ArrayList;
import java.util.List;

/** Recorded messages, exchanges and sessions, made by hand from text. */
public final class TestMessages {
  public static final Endpoint CLIENT = new Endpoint("192.0.2.1", 40000);
  public static final Endpoint SERVER = new Endpoint("192.0.2.2", 80);
  private static final MessageSpan SPAN = new MessageSpan(0, 0, 0, 0);

  private TestMessages() {}

  /** A complete request; its body is whatever follows the empty line. */
  public static HttpRequest request(String raw) {
    return request(raw, Completeness.COMPLETE);
  }

  public static HttpRequest request(String raw, Completeness completeness) {
    int end = raw.indexOf("\r\n\r\n") + 4;
    Bytes head = Bytes.latin1(raw.substring(0, end));
    String[] line = raw.substring(0, raw.indexOf("\r\n")).split(" ", -1);
    HeaderFields headers = fields(head);
    HeaderField host = headers.first("host");
    return new HttpRequest(
        line[0],
        line[1],
        line[2],
        host == null ? null : host.value(),
        head,
        headers,
        HeaderFields.NONE,
        body(raw.substring(end)),
        SPAN,
        completeness,
        List.of());
  }

  /** A complete response; its body is whatever follows the empty line, without coding. */
  public static HttpResponse response(String raw) {
    return response(raw, Completeness.COMPLETE);
  }

  public static HttpResponse response(String raw, Completeness completeness) {
    int end = raw.indexOf("\r\n\r\n") + 4;
    Bytes head = Bytes.latin1(raw.substring(0, end));
    String[] line = raw.substring(0, raw.indexOf("\r\n")).split(" ", 3);
    return new HttpResponse(
        Integer.parseInt(line[1]),
        line.length > 2 ? line[2] : "",
        line[0],
        head,
        fields(head),
        HeaderFields.NONE,
        body(raw.substring(end)),
        SPAN,
        completeness,
        List.of());
  }

  private static Body body(String text) {
    if (text.isEmpty()) {
      return Body.NONE;
    }
    ByteRope rope = new ByteRope(List.of(Bytes.latin1(text)));
    return new Body(Body.Framing.CONTENT_LENGTH, rope, rope, rope, List.of());
  }

  private static HeaderFields fields(Bytes head) {
    String text = head.toLatin1();
    List<Integer> spans = new ArrayList<>();
    int from = text.indexOf("\r\n") + 2;
    while (!text.startsWith("\r\n", from)) {
      int colon = text.indexOf(':', from);
      int end = text.indexOf("\r\n", from);
      int value = colon + 1;
      while (value < end && text.charAt(value) == ' ') {
        value++;
      }
      spans.addAll(List.of(from, colon, value, end));
      from = end + 2;
    }
    return HeaderFields.ofSpans(head, spans.stream().mapToInt(Integer::intValue).toArray());
  }

  /** A connection that a server accepted. */
  public static ConnectionInfo connection(int pid, Endpoint client, Endpoint server) {
    return connection(Role.SERVER, pid, client, server);
  }

  public static ConnectionInfo connection(Role role, int pid, Endpoint client, Endpoint server) {
    return ConnectionInfo.newBuilder(role)
        .process(new ProcessInfo(pid, "server", "/usr/bin/server"))
        .client(client)
        .server(server)
        .link(new Link(Link.Method.SOCKET, Link.Confidence.PROVEN, "the socket itself"))
        .build();
  }

  /** An exchange that began at a time and ended at another. */
  public static Exchange exchange(
      int session,
      int index,
      ConnectionInfo connection,
      long startedNanos,
      long endedNanos,
      HttpRequest request,
      HttpResponse response) {
    return Exchange.newBuilder(session, index, connection)
        .request(request)
        .response(response)
        .times(startedNanos, null, endedNanos)
        .build();
  }

  public static Exchange pipelined(Exchange exchange) {
    return exchange.toBuilder().pipelined(true).build();
  }

  public static Session session(int number, ConnectionInfo connection, Exchange... exchanges) {
    return Session.newBuilder(number, connection).exchanges(List.of(exchanges)).build();
  }

  /** A capture of another host than the one the tests run on. */
  public static RecordedCapture capture(Session... sessions) {
    return RecordedCapture.inMemory("test.tape", 0x5eedL, "recorded-host", 0, List.of(sessions));
  }
}
