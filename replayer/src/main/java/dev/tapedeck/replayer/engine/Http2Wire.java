// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.engine.OutgoingRequest.Line;
import dev.tapedeck.replayer.engine.OutgoingRequest.Piece;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.websocket.WebSocketHandshake;
import dev.tapedeck.replayer.websocket.WebSocketScript;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection to the target, from connecting to its end.
 *
 * <p>Requests leave as HEADERS, DATA frames as long as the recorded ones, and trailers; DATA frames
 * are due as long after the head as they were in the recording, at the replay's pace, so that those
 * of several streams alternate as they did.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
// Writes report their failures to their promises, closing to ended.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Wire implements Wire {
  private static final int FIRST_REDIRECTION = 300;

  private enum State {
    CONNECTING,
    OPEN,
    CLOSED
  }

  private final ReplayRun run;
  private final WireOwner owner;
  private final LoopRunner loop;
  private final boolean tls;
  private final Map<Integer, Awaited> streams = new LinkedHashMap<>();
  private final Http2Events events = new Http2Events(this);

  /** Upgrades that wait for the target's settings. */
  private final Map<PlannedRequest, OutgoingRequest.Http2> untilGreeted = new LinkedHashMap<>();

  private long heldNanos;
  private State state = State.CONNECTING;
  private boolean goingAway;
  private @Nullable ChannelHandlerContext context;

  /** A request on its way, and what has come of its answer. */
  private static final class Awaited {
    private final PlannedRequest request;
    private final Http2Answer answer = new Http2Answer();
    private final @Nullable EventWatch watch;
    private @Nullable WebSocketTalk talk;
    private long movedNanos;

    Awaited(PlannedRequest request, @Nullable EventWatch watch, long movedNanos) {
      this.request = request;
      this.watch = watch;
      this.movedNanos = movedNanos;
    }
  }

  Http2Wire(ReplayRun run, WireOwner owner, LoopRunner loop, boolean tls) {
    this.run = run;
    this.owner = owner;
    this.loop = loop;
    this.tls = tls;
  }

  @Override
  public void install(Channel channel) {
    events.install(channel, tls);
  }

  @Override
  public boolean isUsable() {
    return state != State.CLOSED && !goingAway;
  }

  @Override
  public boolean isOpen() {
    return state == State.OPEN;
  }

  /** Requests can be sent from now on. */
  void opened(ChannelHandlerContext handlerContext) {
    if (state == State.CONNECTING) {
      context = handlerContext;
      state = State.OPEN;
      loop.opened(this);
      owner.opened();
    }
  }

  @Override
  public void send(PlannedRequest request, OutgoingRequest outgoing) {
    if (!(outgoing instanceof OutgoingRequest.Http2 message)) {
      throw new IllegalArgumentException("outgoing=" + outgoing.getClass().getSimpleName());
    }
    if (!WebSocketScript.isInStream(request.exchange().exchange())) {
      sendMessage(request, message);
    } else if (!events.isGreeted()) {
      // Only a target that says so takes them (RFC 8441, section 3).
      untilGreeted.put(request, message);
      heldNanos = run.now();
    } else {
      sendUpgrade(request, message);
    }
  }

  /** The target's settings came. */
  void greeted() {
    Map<PlannedRequest, OutgoingRequest.Http2> held = new LinkedHashMap<>(untilGreeted);
    untilGreeted.clear();
    held.forEach(this::sendUpgrade);
  }

  private void sendUpgrade(PlannedRequest request, OutgoingRequest.Http2 message) {
    if (!events.takesOtherProtocols()) {
      loop.execute(() -> owner.failed(request, FailureReason.WRONG_PROTOCOL));
      return;
    }
    int stream = events.nextStream();
    streams.put(stream, new Awaited(request, null, run.now()));
    ChannelHandlerContext open = requireContext();
    events
        .handler()
        .encoder()
        .writeHeaders(open, stream, headers(message.lines()), 0, false, promise(open, stream));
    events.flush(open);
  }

  /** Returns whether the answer began a talk. */
  private boolean beginTalk(int stream, Awaited awaited) {
    Exchange recorded = awaited.request.exchange().exchange();
    HttpResponse answer = awaited.answer.build(Completeness.COMPLETE);
    HttpResponse baseline = recorded.response();
    if (answer == null
        || baseline == null
        || answer.status() >= FIRST_REDIRECTION
        || !WebSocketScript.isInStream(recorded)) {
      return false;
    }
    WebSocketScript script = WebSocketScript.of(recorded);
    run.timings().ended(awaited.request.number(), awaited.movedNanos);
    if (script == null
        || (script.compresses() && !WebSocketHandshake.readsSameCompression(baseline, answer))) {
      fail(stream, FailureReason.WEBSOCKET_HANDSHAKE);
      return true;
    }
    WebSocketTalk talk =
        new WebSocketTalk(
            run,
            loop,
            awaited.request,
            script,
            answer,
            frame -> say(stream, frame, false),
            ends(stream));
    awaited.talk = talk;
    talk.begin();
    return true;
  }

  private void say(int stream, Bytes frame, boolean last) {
    if (state == State.OPEN) {
      ChannelHandlerContext open = requireContext();
      events
          .handler()
          .encoder()
          .writeData(open, stream, buffer(frame), 0, last, promise(open, stream));
      events.flush(open);
    }
  }

  private WebSocketTalk.Owner ends(int stream) {
    return new WebSocketTalk.Owner() {
      @Override
      public void talkOver(HttpResponse answer, List<StreamMessage> messages) {
        Awaited awaited = streams.remove(stream);
        if (awaited != null) {
          say(stream, Bytes.empty(), true);
          owner.conversed(awaited.request, answer, messages);
        }
      }

      @Override
      public void talkFailed(FailureReason reason) {
        fail(stream, reason);
      }
    };
  }

  private void sendMessage(PlannedRequest request, OutgoingRequest.Http2 message) {
    int stream = events.nextStream();
    long now = run.now();
    streams.put(
        stream, new Awaited(request, EventWatch.of(request, now, run.plan().timeScale()), now));
    boolean headOnly = message.pieces().isEmpty() && message.trailers().isEmpty();
    ChannelHandlerContext open = requireContext();
    events
        .handler()
        .encoder()
        .writeHeaders(open, stream, headers(message.lines()), 0, headOnly, promise(open, stream));
    events.flush(open);
    if (!headOnly) {
      sendPieces(stream, message, 0, run.now());
    }
  }

  /** Sends what is due of the body from that piece on, and comes back for the rest. */
  private void sendPieces(int stream, OutgoingRequest.Http2 message, int from, long beganNanos) {
    if (state != State.OPEN || !streams.containsKey(stream)) {
      return;
    }
    ChannelHandlerContext open = requireContext();
    List<Piece> pieces = message.pieces();
    for (int i = from; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      long dueNanos = beganNanos + Math.round(piece.afterNanos() * run.plan().timeScale());
      // Through the timers even when it is late: another stream's piece may have been due before.
      if (dueNanos > run.now()
          || (i > from && piece.afterNanos() > pieces.get(i - 1).afterNanos())) {
        int next = i;
        events.flush(open);
        loop.executeAt(dueNanos, () -> sendPieces(stream, message, next, beganNanos));
        return;
      }
      boolean last = i == pieces.size() - 1 && message.trailers().isEmpty();
      events
          .handler()
          .encoder()
          .writeData(open, stream, buffer(piece.bytes()), 0, last, promise(open, stream));
      events.separate();
    }
    if (!message.trailers().isEmpty()) {
      events
          .handler()
          .encoder()
          .writeHeaders(open, stream, headers(message.trailers()), 0, true, promise(open, stream));
    }
    events.flush(open);
  }

  private static ByteBuf buffer(Bytes bytes) {
    return Unpooled.wrappedBuffer(bytes.sharedArray(), bytes.sharedOffset(), bytes.length());
  }

  private static Http2Headers headers(List<Line> lines) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (Line line : lines) {
      headers.add(ascii(line.name()), ascii(line.value()));
    }
    return headers;
  }

  private static AsciiString ascii(String text) {
    return new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1), false);
  }

  private ChannelPromise promise(ChannelHandlerContext open, int stream) {
    ChannelPromise promise = open.newPromise();
    promise.addListener(
        done -> {
          if (!done.isSuccess()) {
            loop.execute(() -> fail(stream, FailureReason.IO_ERROR));
          }
        });
    return promise;
  }

  /** The head of an answer, or its trailers, came. */
  void headers(int stream, Http2Headers headers, boolean last) {
    Awaited awaited = streams.get(stream);
    if (awaited == null) {
      return;
    }
    moved(awaited);
    if (!awaited.answer.headers(headers)) {
      fail(stream, FailureReason.MALFORMED_ANSWER);
    } else if (awaited.talk != null) {
      awaited.talk.closed();
    } else if (!last && beginTalk(stream, awaited)) {
      return;
    } else if (last) {
      end(stream, awaited);
    }
  }

  /** A part of an answer's body came. */
  void data(int stream, ByteBuf data, boolean last) {
    Awaited awaited = streams.get(stream);
    if (awaited == null) {
      return;
    }
    moved(awaited);
    byte[] bytes = new byte[data.readableBytes()];
    data.getBytes(data.readerIndex(), bytes);
    Bytes content = Bytes.wrap(bytes, 0, bytes.length);
    if (awaited.talk != null) {
      awaited.talk.receive(content);
      if (last) {
        awaited.talk.closed();
      }
      return;
    }
    awaited.answer.data(content);
    if (awaited.watch != null) {
      awaited.watch.take(content);
    }
    if (awaited.answer.lengthBytes() > run.options().maxAnswerBytes()) {
      fail(stream, FailureReason.ANSWER_TOO_LARGE);
    } else if (last) {
      end(stream, awaited);
    } else if (awaited.watch != null && awaited.watch.isHeard(awaited.movedNanos)) {
      cut(stream, awaited);
    }
  }

  private void moved(Awaited awaited) {
    awaited.movedNanos = run.now();
    run.timings().firstByte(awaited.request.number(), awaited.movedNanos);
  }

  private void end(int stream, Awaited awaited) {
    HttpResponse answer = awaited.answer.build(Completeness.COMPLETE);
    if (answer == null) {
      fail(stream, FailureReason.MALFORMED_ANSWER);
      return;
    }
    streams.remove(stream);
    run.timings().ended(awaited.request.number(), awaited.movedNanos);
    owner.answered(awaited.request, answer, awaited.movedNanos);
  }

  /** Takes what has come of an event stream for the answer, as the recorded client did. */
  private void cut(int stream, Awaited awaited) {
    HttpResponse answer = awaited.answer.build(Completeness.TRUNCATED_END);
    if (answer == null) {
      fail(stream, FailureReason.TIMEOUT);
      return;
    }
    streams.remove(stream);
    cancel(stream);
    run.timings().ended(awaited.request.number(), awaited.movedNanos);
    owner.answered(awaited.request, answer, awaited.movedNanos);
  }

  private void cancel(int stream) {
    if (state == State.OPEN) {
      ChannelHandlerContext open = requireContext();
      events
          .handler()
          .encoder()
          .writeRstStream(open, stream, Http2Error.CANCEL.code(), open.newPromise());
      events.flush(open);
    }
  }

  /** The target ended a stream early (RFC 9113, section 6.4). */
  void reset(int stream, long errorCode) {
    if (errorCode == Http2Error.REFUSED_STREAM.code()) {
      refuse(stream);
    } else {
      reset(stream);
    }
  }

  private void reset(int stream) {
    Awaited talking = streams.get(stream);
    if (talking != null && talking.talk != null) {
      talking.talk.broken(FailureReason.RESET);
      return;
    }
    Awaited awaited = streams.remove(stream);
    if (awaited != null) {
      owner.failed(awaited.request, FailureReason.RESET);
    }
  }

  /** Looked at later: the end of the whole connection closes streams first. */
  void streamClosed(int stream) {
    if (streams.containsKey(stream)) {
      loop.execute(() -> reset(stream));
    }
  }

  private void fail(int stream, FailureReason reason) {
    Awaited awaited = streams.remove(stream);
    if (awaited != null) {
      cancel(stream);
      owner.failed(awaited.request, reason);
    }
  }

  /**
   * The target takes no more streams; it did not look at those beyond the last one (RFC 9113,
   * section 6.8).
   */
  void goAway(int lastStream) {
    goingAway = true;
    for (Integer stream : List.copyOf(streams.keySet())) {
      if (stream > lastStream) {
        refuse(stream);
      }
    }
  }

  private void refuse(int stream) {
    Awaited awaited = streams.remove(stream);
    if (awaited != null) {
      owner.refused(awaited.request);
    }
  }

  @Override
  public void failIfSilent(long now, long patienceNanos) {
    if (!untilGreeted.isEmpty() && now - heldNanos > patienceNanos) {
      List<PlannedRequest> held = List.copyOf(untilGreeted.keySet());
      untilGreeted.clear();
      held.forEach(request -> owner.failed(request, FailureReason.TIMEOUT));
    }
    new LinkedHashMap<>(streams)
        .forEach(
            (stream, awaited) -> {
              EventWatch watch = awaited.watch;
              if (awaited.talk != null) {
                awaited.talk.failIfSilent(now, patienceNanos);
              } else if (watch != null) {
                listen(stream, awaited, watch.judge(now, awaited.movedNanos, patienceNanos));
              } else if (now - awaited.movedNanos > patienceNanos) {
                fail(stream, FailureReason.TIMEOUT);
              }
            });
  }

  private void listen(int stream, Awaited awaited, EventWatch.Verdict verdict) {
    switch (verdict) {
      case CUT -> cut(stream, awaited);
      case GIVE_UP -> fail(stream, FailureReason.TIMEOUT);
      case GO_ON -> {}
    }
  }

  @Override
  public void connectFailed(Throwable cause) {
    failOpening(WireFailures.ofConnecting(cause));
  }

  /** The connection cannot be used. */
  void failOpening(FailureReason reason) {
    if (state == State.CONNECTING) {
      close();
      owner.openFailed(reason);
    }
  }

  /** The connection is gone. */
  void ended(FailureReason reason) {
    if (state == State.CONNECTING) {
      failOpening(tls ? FailureReason.TLS_HANDSHAKE : FailureReason.CONNECT_FAILED);
    } else if (state == State.OPEN) {
      for (Awaited awaited : List.copyOf(streams.values())) {
        if (awaited.talk != null) {
          awaited.talk.broken(reason);
        }
      }
      List<PlannedRequest> unanswered = new ArrayList<>(untilGreeted.keySet());
      untilGreeted.clear();
      Iterator<Awaited> all = streams.values().iterator();
      while (all.hasNext()) {
        unanswered.add(all.next().request);
      }
      streams.clear();
      close();
      owner.lost(this, unanswered, reason);
    }
  }

  /** Something failed that is a defect of ours. */
  void crash(RuntimeException defect) {
    run.crash(defect);
  }

  @Override
  public void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      loop.closed(this);
      events.close();
    }
  }

  private ChannelHandlerContext requireContext() {
    if (context == null) {
      throw new IllegalStateException("state=" + state);
    }
    return context;
  }
}
