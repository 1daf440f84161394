// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteAccounting;
import dev.tapedeck.analyzer.ByteAccounting.Account;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.TlsSessionId;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Exchanges made by hand, with a message of each kind that exports have to tell apart. */
public final class TestObjects {
  /** 2001-09-09T01:46:40Z. */
  public static final long EPOCH = 1_000_000_000_000_000_000L;

  public static final long MILLI = 1_000_000;

  private static final ProcessKey NGINX = new ProcessKey(7, 1234, 99);

  private TestObjects() {}

  /** Returns the server's side of a TLS connection. */
  public static ConnectionInfo tlsServer() {
    return ConnectionInfo.newBuilder(Role.SERVER)
        .connection(new ConnectionId(7, 4711, 1))
        .tlsSession(new TlsSessionId(NGINX, 0x7f00_dead_beefL, 1))
        .process(new ProcessInfo(1234, "nginx", "/usr/sbin/nginx"))
        .client(new Endpoint("192.0.2.1", 40000))
        .server(new Endpoint("192.0.2.2", 8443))
        .link(new Link(Link.Method.SET_FD, Link.Confidence.PROVEN, "SSL_set_fd named descriptor 5"))
        .openedEpochNanos(EPOCH)
        .build();
  }

  /** Returns a plain connection of which little is known. */
  public static ConnectionInfo barelyKnown() {
    return ConnectionInfo.newBuilder(Role.CLIENT)
        .link(new Link(Link.Method.NONE, Link.Confidence.NONE, ""))
        .build();
  }

  /** Returns a form with a password, answered with JSON, a cookie and compressed content. */
  public static Exchange login() {
    HttpRequest request =
        request(
            """
            POST /login?next=%2Fhome&api_key=QUERYSECRET HTTP/1.1
            Host: shop.example
            content-type: application/x-www-form-urlencoded
            Cookie: sid=COOKIESECRET; theme=dark
            Authorization: Bearer HEADERSECRET

            """,
            body(Bytes.utf8("user=ann&password=FORMSECRET")));
    Bytes json = Bytes.utf8("{\"name\": \"Ann\u00e9\"}");
    Body compressed =
        new Body(
            Body.Framing.CONTENT_LENGTH,
            rope(Bytes.latin1("0123456789")),
            rope(Bytes.latin1("0123456789")),
            rope(json.slice(0, 5), json.slice(5, json.length())),
            List.of());
    HttpResponse response =
        response(
            """
            HTTP/1.1 200 OK
            Content-Type: application/json; charset=utf-8
            Set-Cookie: sid=NEWSECRET; Path=/; HttpOnly; Secure; Expires=Wed, 21 Oct 2015 07:28:00 GMT
            Content-Encoding: gzip

            """,
            200,
            "OK",
            compressed,
            Completeness.COMPLETE);
    return exchange(1, 0, tlsServer(), request, response, Completeness.COMPLETE);
  }

  /** Returns an image of which bytes were lost. */
  public static Exchange imageWithGap() {
    HttpResponse response =
        response(
            """
            HTTP/1.1 200 OK
            Content-Type: image/png
            Content-Length: 100

            """,
            200,
            "OK",
            body(Bytes.latin1("\u0089PNG\r\n\u001a\n\u0000\u00ff")),
            Completeness.GAP);
    return exchange(1, 1, tlsServer(), get("/logo.png"), response, Completeness.GAP);
  }

  /** Returns a request that nobody answered. */
  public static Exchange unanswered() {
    HttpRequest request = get("/slow");
    return Exchange.newBuilder(1, 2, tlsServer())
        .request(request)
        .times(EPOCH + MILLI, null, EPOCH + 2 * MILLI)
        .pipelined(true)
        .alsoSeenBy(Set.of(Role.CLIENT))
        .completeness(Completeness.TRUNCATED_END)
        .build();
  }

  /** Returns an exchange with a message of every kind inside, two of them damaged. */
  public static Exchange conversation() {
    MessageSpan span = new MessageSpan(130, 160, EPOCH + 7 * MILLI, EPOCH + 8 * MILLI);
    return login().toBuilder()
        .messages(
            List.of(
                StreamMessage.newBuilder(Role.CLIENT, StreamMessage.Kind.TEXT, span)
                    .payload(rope(Bytes.utf8("caf\u00e9 \u001b[31m\r\ntwo")), 9, true)
                    .frames(2)
                    .build(),
                StreamMessage.newBuilder(Role.SERVER, StreamMessage.Kind.BINARY, span)
                    .payload(rope(Bytes.latin1("\u0000\u00ff")))
                    .completeness(Completeness.GAP)
                    .anomalies(List.of(Anomaly.missingBytes(3)))
                    .build(),
                StreamMessage.newBuilder(Role.SERVER, null, span)
                    .payload(rope(Bytes.latin1("tail")))
                    .completeness(Completeness.TRUNCATED_START)
                    .build(),
                StreamMessage.newBuilder(Role.SERVER, StreamMessage.Kind.EVENT, span)
                    .payload(rope(Bytes.utf8("{}")))
                    .eventName("tick\u0007")
                    .eventId("7")
                    .retryMillis(1500L)
                    .build(),
                StreamMessage.newBuilder(Role.CLIENT, StreamMessage.Kind.PING, span).build(),
                StreamMessage.newBuilder(Role.CLIENT, StreamMessage.Kind.CLOSE, span)
                    .payload(rope(Bytes.utf8("bye")))
                    .closeCode(1001)
                    .build()))
        .build();
  }

  /** Returns an answer whose request was not captured. */
  public static Exchange answerOnly() {
    HttpResponse response =
        response(
            "HTTP/1.1 204 No Content\n\n", 204, "No Content", Body.NONE, Completeness.COMPLETE);
    return exchange(2, 0, barelyKnown(), null, response, Completeness.TRUNCATED_START);
  }

  /** Returns a session of what one connection carried. */
  public static Session session() {
    return Session.newBuilder(1, tlsServer())
        .exchanges(List.of(login(), imageWithGap(), unanswered()))
        .accounting(new ByteAccounting(new Account(300, 0, 90, 0), new Account(400, 5, 0, 1)))
        .anomalies(List.of(new Anomaly(AnomalyKind.STRAY_BYTES, "5")))
        .build();
  }

  /** Returns a request without body. */
  public static HttpRequest get(String target) {
    return request("GET " + target + " HTTP/1.1\nHost: shop.example\n\n", Body.NONE);
  }

  /** Returns an exchange of a form that was sent. */
  public static Exchange posted(Body body) {
    String type = "Content-Type: application/x-www-form-urlencoded\n\n";
    HttpRequest request = request("POST /form HTTP/1.1\nHost: shop.example\n" + type, body);
    HttpResponse response =
        response(
            "HTTP/1.1 204 No Content\n\n", 204, "No Content", Body.NONE, Completeness.COMPLETE);
    return exchange(7, 0, tlsServer(), request, response, Completeness.COMPLETE);
  }

  /** Returns a request with that head, whose lines end in LF here. */
  public static HttpRequest request(String head, Body body) {
    Bytes bytes = Bytes.latin1(head.replace("\n", "\r\n"));
    HeaderFields headers = headers(bytes);
    String[] line = head.substring(0, head.indexOf('\n')).split(" ", -1);
    return new HttpRequest(
        line[0],
        line[1],
        line[2],
        headers.first("host") == null ? null : headers.first("host").value(),
        bytes,
        headers,
        HeaderFields.NONE,
        body,
        new MessageSpan(0, 10, EPOCH + MILLI, EPOCH + 2 * MILLI),
        Completeness.COMPLETE,
        List.of());
  }

  /** Returns an answer with that head, whose lines end in LF here. */
  public static HttpResponse response(
      String head, int status, String reason, Body body, Completeness completeness) {
    Bytes bytes = Bytes.latin1(head.replace("\n", "\r\n"));
    return new HttpResponse(
        status,
        reason,
        "HTTP/1.1",
        bytes,
        headers(bytes),
        HeaderFields.NONE,
        body,
        new MessageSpan(0, 10, EPOCH + 5 * MILLI, EPOCH + 6 * MILLI + 500_001),
        completeness,
        completeness == Completeness.GAP ? List.of(Anomaly.missingBytes(90)) : List.of());
  }

  /** Returns a body that is sent as it is. */
  public static Body body(Bytes content) {
    ByteRope rope = rope(content);
    return new Body(Body.Framing.CONTENT_LENGTH, rope, rope, rope, List.of());
  }

  /** Returns an exchange that began at {@link #EPOCH} + 1 ms. */
  public static Exchange exchange(
      int session,
      int index,
      ConnectionInfo connection,
      HttpRequest request,
      HttpResponse response,
      Completeness completeness) {
    return Exchange.newBuilder(session, index, connection)
        .request(request)
        .response(response)
        .times(EPOCH + MILLI, response.span().firstEpochNanos(), response.span().lastEpochNanos())
        .completeness(completeness)
        .build();
  }

  private static ByteRope rope(Bytes... segments) {
    return new ByteRope(List.of(segments));
  }

  private static HeaderFields headers(Bytes head) {
    String text = head.toLatin1();
    int[] spans = new int[0];
    int from = text.indexOf("\r\n") + 2;
    while (text.indexOf("\r\n", from) > from) {
      int end = text.indexOf("\r\n", from);
      int colon = text.indexOf(": ", from);
      int at = spans.length;
      spans = Arrays.copyOf(spans, at + 4);
      spans[at] = from;
      spans[at + 1] = colon;
      spans[at + 2] = colon + 2;
      spans[at + 3] = end;
      from = end + 2;
    }
    return HeaderFields.ofSpans(head, spans);
  }
}
