// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.internal.h1.MessageParser;
import dev.tapedeck.analyzer.http.internal.h1.MessageSink;
import dev.tapedeck.analyzer.http.internal.h1.ParsedMessage;
import dev.tapedeck.analyzer.http.internal.h1.RequestContext;
import dev.tapedeck.analyzer.http.internal.h1.RequestParser;
import dev.tapedeck.analyzer.http.internal.h1.ResponseParser;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads both directions of an HTTP/1 connection and pairs requests with their answers.
 *
 * <p>Answers belong to requests in order (RFC 9112, section 9.3.2). An answer that comes when no
 * request is open waits for one, because calls on two threads may be recorded in either order; it
 * stays alone when the next request began only after it. After lost bytes an answer is paired only
 * where times leave one request and what follows does not speak against it ({@link PairingDoubt}).
 *
 * <p><b>Lifecycle:</b> {@link #data} and {@link #gap} in the order of the events, {@link #end}
 * once.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> exchanges keep views of the runs.
 */
final class ExchangeParser implements ProtocolParser {
  private final Consumer<Exchange> sink;
  private final AnalyzerOptions options;
  private final SessionContext session;
  private @Nullable MessageFactory factory;
  private final RequestParser requests;
  private final MessageParser responses;
  private final HeldBytes heldRequests;
  private final HeldBytes heldResponses;
  private final OpenExchanges open;
  private final UnansweredRequests unanswered = new UnansweredRequests();
  private final PairingDoubt doubt = new PairingDoubt();
  private final Course course;
  private final StartProof proof;
  private @Nullable OpenExchange receiving;
  private @Nullable OpenExchange answering;
  private @Nullable OpenExchange waitingForSwitch;
  private boolean forced;
  private @Nullable ProtocolParser following;

  /**
   * Makes a parser.
   *
   * @param options bounds
   * @param session what all exchanges share
   * @param sink takes the exchanges, in order
   * @param course how far the connection has come: the start, or where a parser before was at rest
   */
  ExchangeParser(
      AnalyzerOptions options, SessionContext session, Consumer<Exchange> sink, Course course) {
    this.course = course;
    this.proof = course.proof;
    this.options = options;
    this.session = session;
    this.sink = sink;
    this.open = new OpenExchanges(options, session, course, this::isFinishedWith, sink);
    this.requests =
        new RequestParser(
            new RequestSink(), options.maxHeadBytes(), session.fromStart(), course.requestBytes);
    this.responses =
        new ResponseParser(
            new ResponseSink(),
            this::context,
            options.maxHeadBytes(),
            session.fromStart(),
            course.answerBytes);
    requests.keepAtMost(options.maxBodyBytes());
    responses.keepAtMost(options.maxBodyBytes());
    this.heldRequests = new HeldBytes(options.maxHeldBytes());
    this.heldResponses = new HeldBytes(options.maxHeldBytes());
    if (course.requestsReached > 0) {
      requests.goOnAt(course.requestsReached);
      responses.goOnAt(course.answersReached);
    }
  }

  @Override
  public void data(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    HeldBytes held = request ? heldRequests : heldResponses;
    boolean turn = course.turns.moved(request, endNanos);
    course.requestsMoved |= request;
    course.requestsSeen |= request;
    if (following == null) {
      (request ? responses : requests).otherMoved(endNanos);
    }
    if (held.isEmpty()) {
      int taken = feed(request, run, turn, position, startNanos, endNanos);
      if (taken < run.length()) {
        held.add(run.slice(taken, run.length()), false, position + taken, startNanos, endNanos);
      }
    } else {
      held.add(run, turn, position, startNanos, endNanos);
      if (held.isFull()) {
        forced = true;
        drain(request);
        forced = false;
      }
    }
    settle();
  }

  @Override
  public void gap(boolean request, long lengthBytes, MissingCause cause) {
    HeldBytes held = request ? heldRequests : heldResponses;
    course.missing(request, lengthBytes);
    if (held.isEmpty() && !(request ? requests : responses).isWaiting()) {
      feedGap(request, lengthBytes, cause, Long.MAX_VALUE);
    } else {
      held.addGap(lengthBytes, cause);
    }
    settle();
  }

  @Override
  public void end(boolean closed) {
    forced = true;
    drainAll(true);
    course.requestsEndLost = requests.isLost();
    requests.end(closed);
    drainAll(false);
    responses.end(closed);
    if (following != null) {
      ProtocolSwitch.forwardWaiting(following, requests, responses, course.answerBeganNanos);
      following.end(closed);
    }
    settle(PairingDoubt.Verdict.TOGETHER);
    unanswered.end();
    open.end();
  }

  /** Returns whether nothing of HTTP/1 was found so far. */
  boolean foundNothing() {
    return open.begun() == 0 && following == null;
  }

  /**
   * Returns whether nothing is open and nothing is in doubt, so that the course alone, as it is
   * then, tells another parser how to go on.
   */
  boolean rests() {
    boolean rests =
        course.isComplete()
            && session.fromStart()
            && following == null
            && open.size() == 0
            && unanswered.isAtRest()
            && !isAnythingHeld()
            && requests.isAtRest()
            && responses.isAtRest();
    course.requestsReached = requests.reached();
    course.answersReached = responses.reached();
    return rests;
  }

  /** Returns whether a message was left out for want of proof. */
  boolean hasLeftOut() {
    return requests.hasLeftOut() || responses.hasLeftOut();
  }

  /** Returns whether the connection turned to another protocol. */
  boolean isSwitched() {
    return following != null;
  }

  @Override
  public long inMessages(boolean request) {
    long later = following == null ? 0 : following.inMessages(request);
    return (request ? requests : responses).counts().inMessages() + later;
  }

  @Override
  public long outsideMessages(boolean request) {
    long later = following == null ? 0 : following.outsideMessages(request);
    return (request ? requests : responses).counts().outsideMessages() + later;
  }

  @Override
  public long strayBytes(boolean request) {
    long later = following == null ? 0 : following.strayBytes(request);
    return (request ? requests : responses).counts().stray() + later;
  }

  @Override
  public void detach() {
    requests.detach();
    responses.detach();
    factory = null;
    heldRequests.detach();
    heldResponses.detach();
    open.detach();
    if (following != null) {
      following.detach();
    }
  }

  @Override
  public long heldBytes() {
    return requests.heldBytes()
        + responses.heldBytes()
        + heldRequests.bytes()
        + heldResponses.bytes()
        + (following == null ? 0 : following.heldBytes())
        + open.heldBytes();
  }

  /** What waits is read without the other direction; requests wait for their answers no longer. */
  @Override
  public void relieve(long keptBytes) {
    requests.cutBody(keptBytes / 2);
    responses.cutBody(keptBytes / 2);
    forced = true;
    drainAll(true);
    drainAll(false);
    forced = false;
    if (open.size() > 1 && heldBytes() > keptBytes) {
      unanswered.loseAll();
    }
    if (following != null) {
      following.relieve(keptBytes);
    }
    settle();
    open.emit();
  }

  private int feed(
      boolean request, Bytes run, boolean turn, long position, long startNanos, long endNanos) {
    if (following != null) {
      ProtocolSwitch.forwardWaiting(following, requests, responses, endNanos);
      following.data(request, run, position, startNanos, endNanos);
      return run.length();
    }
    MessageParser parser = request ? requests : responses;
    if (turn) {
      noteTurn(request);
      parser.turn();
    }
    if (!request) {
      unanswered.answerMoved();
      course.answerNanos = endNanos;
      if (!responses.isInHead()) {
        course.answerBeganNanos = endNanos;
      }
    }
    return parser.feed(run, position, startNanos, endNanos);
  }

  private MessageFactory factory() {
    MessageFactory made = factory;
    if (made == null) {
      made = new MessageFactory(options, session.toEpochNanos());
      factory = made;
    }
    return made;
  }

  private void noteTurn(boolean request) {
    if (!request) {
      proof.answersTurn();
      return;
    }
    if (requests.isLost()) {
      // What was held for the requests that are lost is no answer to one that begins only now.
      forced = true;
      drainAll(false);
      forced = false;
      course.requestsMoved = true;
    }
    boolean quiet = responses.atBoundary() && heldResponses.isEmpty() && unanswered.isEmpty();
    proof.requestsTurn(quiet);
  }

  /** Requests that began only after some time may have come behind the gap. */
  private void feedGap(boolean request, long lengthBytes, MissingCause cause, long nanos) {
    if (following != null) {
      ProtocolSwitch.forwardWaiting(following, requests, responses, course.answerBeganNanos);
      following.gap(request, lengthBytes, cause);
      return;
    }
    MessageParser parser = request ? requests : responses;
    boolean startMissing = parser.gap(lengthBytes, cause);
    open.missing(cause);
    if (request) {
      proof.requestsMissing(lengthBytes, startMissing);
      course.requestWasBodyless &= !startMissing;
      if (parser.isLost()) {
        unanswered.requestsMissing();
      }
    } else if (parser.isLost()) {
      proof.answersMissing(unanswered.size());
      unanswered.answersMissing(startMissing, nanos);
      open.emit();
    }
    if (parser.isLost()) {
      settle(doubt.loss(request));
    }
  }

  private void settle(PairingDoubt.Verdict verdict) {
    OpenExchange pair = doubt.pair();
    if (pair == null || verdict == PairingDoubt.Verdict.KEEP) {
      return;
    }
    doubt.settle(verdict);
    pair.inDoubt = false;
    if (verdict == PairingDoubt.Verdict.APART) {
      takeApart(pair);
    }
    open.emit();
  }

  private void takeApart(OpenExchange pair) {
    OpenExchange apart = pair.takeApart();
    unanswered.remove(pair);
    open.addAfter(pair, apart);
    if (answering == pair) {
      answering = apart;
      apart.responseDone = false;
    }
  }

  /** Feeds what waits for as long as one direction lets the other go on. */
  private void settle() {
    boolean moved = true;
    while (moved && isAnythingHeld()) {
      moved = drain(true);
      moved |= drain(false);
    }
  }

  private boolean isAnythingHeld() {
    return !heldRequests.isEmpty()
        || !heldResponses.isEmpty()
        || requests.isWaiting()
        || responses.isWaiting();
  }

  /** A switch of protocols makes reading stop in the middle of a run. */
  private void drainAll(boolean request) {
    boolean moved = true;
    while (moved) {
      moved = drain(request);
    }
  }

  private boolean drain(boolean request) {
    HeldBytes held = request ? heldRequests : heldResponses;
    MessageParser parser = request ? requests : responses;
    boolean moved = following == null && parser.isWaiting() && parser.resume();
    while (!held.isEmpty()) {
      HeldBytes.Item item = held.peek();
      if (item.run() == null) {
        held.remove();
        feedGap(request, item.length(), item.cause(), course.answerNanos);
      } else {
        int taken =
            feed(
                request,
                item.run(),
                item.turn(),
                item.position(),
                item.startNanos(),
                item.endNanos());
        held.take(taken);
        if (taken < item.run().length()) {
          return moved || taken > 0;
        }
      }
      moved = true;
    }
    return moved;
  }

  /** An exchange that went as nearly all do is known to nobody else. */
  private boolean isFinishedWith(OpenExchange done) {
    return done.response != null
        && !done.responseLost
        && !done.waitsForSwitch
        && following == null
        && done != receiving
        && done != answering
        && done != doubt.pair();
  }

  private RequestContext context() {
    answerBegins();
    OpenExchange next = unanswered.next(course.answerBeganNanos);
    if (next == null || (next.kind == RequestContext.HEAD && doubt.concerns(next))) {
      return RequestContext.UNKNOWN;
    }
    return next.kind;
  }

  /** An answer begins: settles what that proves and drops the requests that it cannot answer. */
  private void answerBegins() {
    unanswered.next(course.answerBeganNanos);
    int waiting = unanswered.waiting(course.answerBeganNanos);
    if (!unanswered.isFirst(doubt.pair())) {
      settle(doubt.answerBegins(waiting));
    }
    if (waiting > 1) {
      unanswered.loseWhile(doubt::concerns, course.answerBeganNanos);
    }
  }

  private void switchProtocol(OpenExchange exchange) {
    boolean tunnel = exchange.kind == RequestContext.CONNECT;
    exchange.anomaly(AnomalyKind.PROTOCOL_SWITCH, tunnel ? "tunnel" : "upgrade");
    // It must not leave before who goes on with it has it.
    exchange.unproven++;
    requests.stop();
    responses.stop();
    exchange.unproven--;
    int nextIndex = open.begun();
    following =
        new ProtocolSwitch(options, session, sink, exchange, tunnel, nextIndex, open::emit)
            .parser();
  }

  /** Takes an exchange out whose request was none; what was taken for its answer stays. */
  private void withdraw(OpenExchange exchange) {
    unanswered.remove(exchange);
    if (exchange == doubt.pair()) {
      doubt.settle(PairingDoubt.Verdict.APART);
    }
    exchange.inDoubt = false;
    if (exchange == answering || exchange.hasAnswer()) {
      takeApart(exchange);
    }
    open.remove(exchange);
    if (exchange == waitingForSwitch) {
      waitingForSwitch = null;
    }
    open.emit();
  }

  /** Takes requests. */
  private final class RequestSink implements MessageSink {
    private final ResumedExchange resumed = new ResumedExchange();

    @Override
    public boolean begins(ParsedMessage message, long hiddenBytes, boolean boundary) {
      return resumed.begins(
          proof.beginsRequest(message.facts().hostLineBytes(), hiddenBytes, boundary));
    }

    @Override
    public void proven() {
      resumed.release();
      open.emit();
    }

    @Override
    public void withdrawn() {
      OpenExchange exchange = resumed.release();
      receiving = receiving == exchange ? null : receiving;
      if (exchange != null) {
        withdraw(exchange);
      }
    }

    @Override
    public void untold() {
      unanswered.requestsMissing();
      settle(doubt.loss(true));
    }

    /** Its answer would have come. */
    @Override
    public boolean endProves() {
      return false;
    }

    @Override
    public void head(ParsedMessage message) {
      RequestContext kind = factory().context(message);
      boolean waits = kind == RequestContext.CONNECT || message.facts().upgrade();
      OpenExchange exchange = open.begin(kind, message.firstNanos(), waits);
      exchange.waitsForContinue = message.facts().expectContinue();
      receiving = exchange;
      resumed.take(exchange);
      course.begunSinceAnswerHead++;
      proof.requestBegan(
          message.facts().hostLineBytes(), !unanswered.isEmpty(), message.firstNanos());
      doubt.requestBegins(exchange);
      open.add(exchange);
      unanswered.add(exchange);
    }

    @Override
    public void message(ParsedMessage message) {
      if (receiving == null) {
        head(message);
      }
      OpenExchange exchange = receiving;
      receiving = null;
      if (exchange == null) {
        return;
      }
      exchange.request = factory().request(message);
      exchange.grpcRequest = GrpcView.Part.ofHttp1(message, exchange.request);
      exchange.requestDone = true;
      course.requestWasBodyless = MessageFactory.isBodyless(exchange.request.method());
      if (exchange.waitsForSwitch && !exchange.responseDone) {
        waitingForSwitch = exchange;
      }
      open.emit();
    }

    @Override
    public boolean ready() {
      return waitingForSwitch == null || forced;
    }

    @Override
    public boolean mayResume() {
      return course.requestWasBodyless;
    }
  }

  /** Takes responses. */
  private final class ResponseSink implements MessageSink {
    private final ResumedExchange resumed = new ResumedExchange();

    @Override
    public boolean begins(ParsedMessage message, long hiddenBytes, boolean boundary) {
      boolean resumes = proof.beginsAnswer(requests.isLost(), hiddenBytes, boundary);
      if (resumes && hiddenBytes == 0 && !requests.isLost()) {
        unanswered.keepNewest(proof.begunAtTurn());
      }
      return resumed.begins(resumes);
    }

    @Override
    public boolean endProves() {
      return proof.mayBeLast();
    }

    @Override
    public void proven() {
      resumed.release();
      open.emit();
    }

    @Override
    public void withdrawn() {
      OpenExchange exchange = resumed.release();
      answering = null;
      if (exchange == null) {
        return;
      }
      if (exchange == doubt.pair()) {
        doubt.settle(PairingDoubt.Verdict.APART);
      }
      exchange.inDoubt = false;
      exchange.withdrawAnswer();
      unanswered.remove(exchange);
      if (exchange.kind == RequestContext.UNKNOWN) {
        open.remove(exchange);
      }
      open.emit();
    }

    @Override
    public void untold() {
      proof.answersMissing(unanswered.size());
      unanswered.answersMissing(false, course.answerNanos);
      settle(doubt.loss(false));
    }

    @Override
    public boolean goesOn() {
      return course.lastWasInterim;
    }

    @Override
    public void begins() {
      course.answerBeganNanos = course.answerNanos;
    }

    @Override
    public void head(ParsedMessage message) {
      answerBegins();
      OpenExchange exchange = unanswered.next(course.answerBeganNanos);
      unanswered.answered(!ResponseParser.isInterim(message), exchange);
      if (exchange == null) {
        exchange = open.addUnpaired(course.answerBeganNanos);
      } else {
        doubt.paired(exchange);
      }
      if (exchange.waitsForContinue
          && !exchange.requestDone
          && !ResponseParser.isInterim(message)) {
        requests.refuseBody();
      }
      resumed.take(exchange);
      answering = exchange;
      if (exchange.kind == RequestContext.UNKNOWN || exchange.afterMissing) {
        proof.answeredHidden();
      }
      course.requestsMoved = false;
      course.begunSinceAnswerHead = 0;
    }

    @Override
    public void message(ParsedMessage message) {
      if (answering == null) {
        head(message);
      }
      OpenExchange exchange = answering;
      answering = null;
      if (exchange == null) {
        return;
      }
      HttpResponse response = factory().response(message);
      boolean interim = ResponseParser.isInterim(message);
      if (interim && message.framing() != Body.Framing.NONE) {
        // What has a body is the answer, whatever its status says.
        unanswered.answered(true, exchange);
        interim = false;
      }
      course.lastWasInterim = interim;
      if (interim) {
        exchange.addInterim(response);
        exchange.responseDone = exchange.kind == RequestContext.UNKNOWN;
      } else {
        exchange.response = response;
        proof.answered(
            response.completeness() == Completeness.COMPLETE,
            exchange.kind != RequestContext.UNKNOWN);
        exchange.grpcResponse = GrpcView.Part.ofHttp1(message, response);
        exchange.responseDone = true;
        exchange.events(message.times(), options, session.toEpochNanos());
        if (exchange == waitingForSwitch) {
          waitingForSwitch = null;
        }
        if (ResponseParser.switchesProtocol(response.status(), exchange.kind)) {
          switchProtocol(exchange);
        }
      }
      open.emit();
    }

    @Override
    public boolean ready() {
      return !unanswered.isEmpty() || forced;
    }

    @Override
    public boolean mayResume() {
      return unanswered.next(course.answerBeganNanos) != null;
    }

    @Override
    public boolean waitsForEvidence() {
      return true;
    }

    /** Where the request is not known for sure, nothing tells whether it was HEAD. */
    @Override
    public BodyEvidence bodyEvidence() {
      if (answering == null || !(answering.inDoubt || answering.kind == RequestContext.UNKNOWN)) {
        return BodyEvidence.CERTAIN;
      }
      return answering.kind == RequestContext.HEAD ? BodyEvidence.UNLIKELY : BodyEvidence.LIKELY;
    }

    /** Without a request that could have one, another answer is rather quoted in a body. */
    @Override
    public Following mayFollow() {
      if (course.begunSinceAnswerHead > 0) {
        return Following.YES;
      }
      boolean requestsKnown =
          course.knowsRequests()
              && session.fromStart()
              && !requests.isLost()
              && !requests.isUnproven();
      return requestsKnown && !course.requestsMoved && !unanswered.mayBeAnswered(course.answerNanos)
          ? Following.NO
          : Following.UNKNOWN;
    }
  }
}
