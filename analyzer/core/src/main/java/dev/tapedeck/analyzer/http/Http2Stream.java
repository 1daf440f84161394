// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.message.ByteTimes;
import dev.tapedeck.analyzer.message.EventStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 stream: one exchange whose messages are still coming. */
final class Http2Stream {
  private static final int MAX_INTERIM = 64;

  /** What an open stream needs besides the bytes of its messages, about. */
  private static final int OVERHEAD_BYTES = 1024;

  final int id;
  private final long maxBodyBytes;
  final Http2Message request;
  Http2Message response;
  private final List<Http2Message> interim = new ArrayList<>(0);
  private final List<Anomaly> anomalies = new ArrayList<>(0);

  /** The exchange of HTTP/1 that turned to HTTP/2; null in any other stream. */
  final @Nullable OpenExchange upgraded;

  /** Nothing more of the answer comes, or nothing that is known to. */
  boolean done;

  /** When the server last needed more of the request, or some came; monotonic. */
  long neededUntilNanos;

  /** Frames of the answer may be missing that came before any that is here. */
  boolean responseMayBeLost;

  /**
   * Makes a stream.
   *
   * @param maxBodyBytes most bytes of a body that are kept
   */
  Http2Stream(int id, @Nullable OpenExchange upgraded, long maxBodyBytes) {
    this.id = id;
    this.maxBodyBytes = maxBodyBytes;
    this.request = new Http2Message(maxBodyBytes);
    this.response = new Http2Message(maxBodyBytes);
    this.upgraded = upgraded;
  }

  void anomaly(AnomalyKind kind, String detail) {
    Anomaly anomaly = new Anomaly(kind, detail);
    if (!anomalies.contains(anomaly)) {
      anomalies.add(anomaly);
    }
  }

  /** The answer so far was an interim one: another follows. */
  boolean nextResponse() {
    if (interim.size() == MAX_INTERIM) {
      anomaly(AnomalyKind.LIMIT, "interim answers");
      return false;
    }
    response.end();
    interim.add(response);
    response = new Http2Message(maxBodyBytes);
    return true;
  }

  /** Keeps what a protocol inside the stream needs (RFC 8441, section 4). */
  void follow() {
    if (Http2WebSocket.PROTOCOL.equals(request.protocol())) {
      request.keepPieces();
      response.keepPieces();
    }
  }

  /** Lets go of the blocks that the messages lie in. */
  void detach() {
    request.detach();
    response.detach();
    for (Http2Message early : interim) {
      early.detach();
    }
  }

  /** Returns how many bytes the messages keep. */
  long heldBytes() {
    long held = OVERHEAD_BYTES + request.heldBytes() + response.heldBytes();
    for (Http2Message early : interim) {
      held += early.heldBytes();
    }
    return held;
  }

  /** Keeps so many bytes of what a body is made of, as recorded and as decoded. */
  void cutBodies(long bytes) {
    request.cutBody(bytes);
    response.cutBody(bytes);
  }

  boolean hasMessages() {
    return request.hasBegun() || response.hasBegun() || !interim.isEmpty();
  }

  private boolean isBodiless() {
    return request.method().equals("HEAD");
  }

  /** Finishes the exchange of the upgrade: 101 was an interim answer, the final one came here. */
  void answer(OpenExchange exchange, Http2Bodies bodies, SessionContext session) {
    for (Http2Message early : interim) {
      exchange.addInterim(early.response(bodies, session.toEpochNanos(), true));
    }
    if (response.hasBegun()) {
      boolean head = exchange.request != null && exchange.request.method().equals("HEAD");
      exchange.response = response.response(bodies, session.toEpochNanos(), head);
    }
    for (Anomaly anomaly : anomalies) {
      exchange.anomaly(anomaly.kind(), anomaly.detail());
    }
    exchange.responseDone = true;
  }

  Exchange build(
      SessionContext session,
      Http2Bodies bodies,
      int index,
      boolean requestsHadGap,
      @Nullable Exchange previous) {
    HttpRequest sent = request.hasBegun() ? request.request(bodies, session.toEpochNanos()) : null;
    HttpResponse answer =
        response.hasBegun()
            ? response.response(bodies, session.toEpochNanos(), isBodiless())
            : null;
    List<HttpResponse> early = new ArrayList<>(interim.size());
    for (Http2Message message : interim) {
      early.add(message.response(bodies, session.toEpochNanos(), true));
    }
    if (sent == null) {
      anomaly(AnomalyKind.UNPAIRED_RESPONSE, "no request");
    }
    Http2WebSocket webSocket = Http2WebSocket.of(this, bodies.options(), session.toEpochNanos());
    if (webSocket != null) {
      webSocket.anomalies().forEach(odd -> anomaly(odd.kind(), odd.detail()));
    }
    List<StreamMessage> messages =
        webSocket != null ? webSocket.messages() : messages(bodies, session, sent, answer);
    long started = Long.MAX_VALUE;
    long ended = Long.MIN_VALUE;
    Long firstByte = null;
    if (answer != null) {
      firstByte = answer.span().firstEpochNanos();
      started = firstByte;
      ended = answer.span().lastEpochNanos();
    }
    for (HttpResponse message : early) {
      started = Math.min(started, message.span().firstEpochNanos());
      ended = Math.max(ended, message.span().lastEpochNanos());
    }
    if (sent != null) {
      started = sent.span().firstEpochNanos();
      ended = Math.max(ended, sent.span().lastEpochNanos());
    }
    HttpResponse before = previous == null ? null : previous.response();
    return Exchange.newBuilder(session.sessionNumber(), index, session.connection())
        .request(sent)
        .response(answer)
        .interim(early)
        .times(started, firstByte, ended)
        .pipelined(sent != null && before != null && started < before.span().lastEpochNanos())
        .completeness(
            completeness(
                sent,
                answer,
                requestsHadGap,
                webSocket == null ? Completeness.COMPLETE : webSocket.completeness()))
        .anomalies(anomalies)
        .messages(messages)
        .streamId(id)
        .build();
  }

  private List<StreamMessage> messages(
      Http2Bodies bodies,
      SessionContext session,
      @Nullable HttpRequest sent,
      @Nullable HttpResponse answer) {
    ByteTimes eventTimes = response.eventTimes();
    if (answer == null || eventTimes == null) {
      return new GrpcView(bodies.decoder(), session.toEpochNanos())
          .messages(
              sent == null ? null : request.part(sent),
              answer == null ? null : response.part(answer));
    }
    EventStream.Events events =
        EventStream.read(answer.body(), eventTimes, bodies.options(), session.toEpochNanos());
    events.anomalies().forEach(odd -> anomaly(odd.kind(), odd.detail()));
    return events.messages();
  }

  private Completeness completeness(
      @Nullable HttpRequest sent,
      @Nullable HttpResponse answer,
      boolean requestsHadGap,
      Completeness carried) {
    if (sent == null) {
      return requestsHadGap ? Completeness.GAP : Completeness.TRUNCATED_START;
    }
    if (sent.completeness() != Completeness.COMPLETE) {
      return sent.completeness();
    }
    if (answer == null) {
      return responseMayBeLost ? Completeness.GAP : Completeness.TRUNCATED_END;
    }
    return answer.completeness() == Completeness.COMPLETE ? carried : answer.completeness();
  }
}
