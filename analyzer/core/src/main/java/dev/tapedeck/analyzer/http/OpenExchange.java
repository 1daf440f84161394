// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.internal.h1.RequestContext;
import dev.tapedeck.analyzer.message.ByteTimes;
import dev.tapedeck.analyzer.message.EventStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** An exchange whose messages are still coming. */
final class OpenExchange {
  /** What an open exchange needs besides the bytes of its messages, about. */
  private static final int OVERHEAD_BYTES = 512;

  RequestContext kind;
  long requestStartNanos;
  boolean waitsForSwitch;
  private List<HttpResponse> interim = List.of();
  private List<Anomaly> anomalies = List.of();

  /** What it carries inside itself, and how much of that the capture holds. */
  List<StreamMessage> messages = List.of();

  Completeness carried = Completeness.COMPLETE;

  /** Where gRPC messages are looked for; null where the heads do not say that there are any. */
  GrpcView.@Nullable Part grpcRequest;

  GrpcView.@Nullable Part grpcResponse;
  @Nullable HttpRequest request;
  @Nullable HttpResponse response;
  private boolean requestDetached;
  private boolean responseDetached;
  private int detachedInterim;
  boolean requestDone;
  boolean waitsForContinue;
  boolean responseDone;

  /** The capture lost the answer, or nothing tells which one it is. */
  boolean responseLost;

  /** Requests before it are missing while others waited: no answer can be told to be its. */
  boolean unpairable;

  /** Requests before it are missing, and none waited. */
  boolean afterMissing;

  /** Order was in doubt when it began. */
  boolean begunInDoubt;

  /** How often answers had been lost when it began. */
  int answerLossesBefore;

  /** Whether the answer is the one to this request is not known yet. */
  boolean inDoubt;

  /** How many of its messages were found behind lost bytes and have no proof yet. */
  int unproven;

  OpenExchange(RequestContext kind, long requestStartNanos, boolean waitsForSwitch) {
    this.kind = kind;
    this.requestStartNanos = requestStartNanos;
    this.waitsForSwitch = waitsForSwitch;
  }

  /** Forgets everything, so that it may become another exchange. */
  void clear() {
    interim = List.of();
    anomalies = List.of();
    messages = List.of();
    carried = Completeness.COMPLETE;
    grpcRequest = null;
    grpcResponse = null;
    request = null;
    response = null;
    requestDetached = false;
    responseDetached = false;
    detachedInterim = 0;
    requestDone = false;
    waitsForContinue = false;
    responseDone = false;
    responseLost = false;
    unpairable = false;
    afterMissing = false;
    begunInDoubt = false;
    answerLossesBefore = 0;
    inDoubt = false;
    unproven = 0;
  }

  /** Makes it another exchange, after {@link #clear}. */
  void begin(RequestContext itsKind, long startNanos, boolean waits) {
    kind = itsKind;
    requestStartNanos = startNanos;
    waitsForSwitch = waits;
  }

  /** Makes one for an answer whose request is not there. */
  static OpenExchange unpaired() {
    OpenExchange open = new OpenExchange(RequestContext.UNKNOWN, 0, false);
    open.requestDone = true;
    open.anomaly(AnomalyKind.UNPAIRED_RESPONSE, "no request");
    return open;
  }

  void anomaly(AnomalyKind kind, String detail) {
    anomalies = with(anomalies, new Anomaly(kind, detail));
  }

  void addInterim(HttpResponse early) {
    interim = with(interim, early);
  }

  /**
   * Reads the answer's events.
   *
   * @param times when the bytes of its body moved; null when it is no event stream
   */
  void events(@Nullable ByteTimes times, AnalyzerOptions options, LongUnaryOperator toEpochNanos) {
    if (times != null && response != null) {
      EventStream.Events events = EventStream.read(response.body(), times, options, toEpochNanos);
      messages = events.messages();
      for (Anomaly anomaly : events.anomalies()) {
        anomalies = with(anomalies, anomaly);
      }
    }
  }

  /** Nearly all exchanges have none: a list is made for the first, and takes the others. */
  private static <T> List<T> with(List<T> before, T added) {
    List<T> list = before.isEmpty() ? new ArrayList<>(1) : before;
    list.add(added);
    return list;
  }

  /** Gives the answers to an exchange of their own. */
  OpenExchange takeApart() {
    OpenExchange apart = unpaired();
    apart.response = response;
    apart.interim = interim;
    apart.responseDetached = responseDetached;
    apart.detachedInterim = detachedInterim;
    responseDetached = false;
    detachedInterim = 0;
    apart.responseDone = responseDone || response == null;
    apart.messages = messages;
    apart.grpcResponse = grpcResponse;
    grpcResponse = null;
    apart.carried = carried;
    response = null;
    interim = List.of();
    messages = List.of();
    carried = Completeness.COMPLETE;
    responseDone = false;
    responseLost = true;
    return apart;
  }

  boolean hasAnswer() {
    return response != null || !interim.isEmpty();
  }

  /** Takes the answers back. */
  void withdrawAnswer() {
    response = null;
    interim = List.of();
    messages = List.of();
    grpcResponse = null;
    carried = Completeness.COMPLETE;
    responseDetached = false;
    detachedInterim = 0;
    responseDone = false;
    responseLost = true;
  }

  /** Lets go of the blocks that the messages lie in. */
  void detach() {
    if (request != null && !requestDetached) {
      request = request.detached();
      requestDetached = true;
    }
    if (response != null && !responseDetached) {
      response = response.detached();
      responseDetached = true;
    }
    for (; detachedInterim < interim.size(); detachedInterim++) {
      interim.set(detachedInterim, interim.get(detachedInterim).detached());
    }
  }

  /** Returns how many bytes of the streams its messages keep. */
  long heldBytes() {
    return heldBytes(request) + heldBytes(response);
  }

  private static long heldBytes(@Nullable HttpMessage message) {
    return message == null ? 0 : OVERHEAD_BYTES + message.keptBytes();
  }

  boolean isDone() {
    return requestDone && (responseDone || responseLost) && !inDoubt && unproven == 0;
  }

  /**
   * Makes the exchange.
   *
   * @param previousEndNanos when the answer before it had ended; the smallest number when there is
   *     none
   * @param capped whether what is missing of the connection was left out rather than lost
   */
  Exchange build(
      AnalyzerOptions options,
      SessionContext session,
      int index,
      long previousEndNanos,
      boolean capped) {
    if (grpcRequest != null || grpcResponse != null) {
      GrpcView grpc = new GrpcView(new ContentDecoder(options), session.toEpochNanos());
      messages = grpc.messages(grpcRequest, grpcResponse);
    }
    HttpMessage first = firstMessage();
    long started = first.firstEpochNanos();
    long ended = first.lastEpochNanos();
    long firstByte = Exchange.NO_TIME;
    if (response != null) {
      firstByte = response.firstEpochNanos();
      if (request != null && firstByte < request.lastEpochNanos()) {
        anomaly(AnomalyKind.EARLY_RESPONSE, "before request end");
      }
      ended = Math.max(ended, response.lastEpochNanos());
    }
    // By index: nearly all lists are empty, and an iterator over nothing is an object all the same.
    for (int i = 0; i < interim.size(); i++) {
      ended = Math.max(ended, interim.get(i).lastEpochNanos());
    }
    for (int i = 0; i < messages.size(); i++) {
      ended = Math.max(ended, messages.get(i).span().lastEpochNanos());
    }
    return new Exchange(
        session.sessionNumber(),
        index,
        session.connection(),
        request,
        response,
        interim,
        started,
        firstByte,
        ended,
        request != null && started < previousEndNanos,
        Set.of(),
        null,
        completeness(!session.fromStart() && index == 0, capped),
        anomalies,
        messages,
        null);
  }

  private HttpMessage firstMessage() {
    if (request != null) {
      return request;
    }
    if (response != null) {
      return response;
    }
    return interim.get(0);
  }

  private Completeness completeness(boolean joinedLate, boolean capped) {
    Completeness missing = capped ? Completeness.RECORDER_CAP : Completeness.GAP;
    if (request == null) {
      return joinedLate ? Completeness.TRUNCATED_START : missing;
    }
    if (request.completeness() != Completeness.COMPLETE) {
      return request.completeness();
    }
    if (response == null) {
      return responseLost ? missing : Completeness.TRUNCATED_END;
    }
    return response.completeness() == Completeness.COMPLETE ? carried : response.completeness();
  }
}
