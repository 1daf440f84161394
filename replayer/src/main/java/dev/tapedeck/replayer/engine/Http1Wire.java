// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.AnswerReader;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.websocket.WebSocketHandshake;
import dev.tapedeck.replayer.websocket.WebSocketScript;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection to the target, from connecting to its end.
 *
 * <pre>
 * state       connected  handshake done  bytes      closed        failed
 * CONNECTING  OPEN (plain)  OPEN (TLS)   -          runner told   runner told
 * OPEN        -          -               answers    runner told   runner told
 * CLOSED      -          -               dropped    -             -
 * </pre>
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
// Writes report their failures to exceptionCaught, closing to channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http1Wire extends ChannelInboundHandlerAdapter implements Wire, WebSocketTalk.Owner {
  private static final int FIRST_FINAL_STATUS = 200;
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int MAX_BUFFER_BYTES = 64 << 10;

  private static final Pattern WEBSOCKET_KEY =
      Pattern.compile("\r\n(?i:Sec-WebSocket-Key):[ \t]*([^\r\n]*)");

  private enum State {
    CONNECTING,
    OPEN,
    CLOSED
  }

  private final ReplayRun run;
  private final WireOwner runner;
  private final LoopRunner loop;
  private final boolean tls;
  private final AnswerReader reader = new AnswerReader(AnalyzerOptions.DEFAULT_MAX_HEAD_BYTES);
  private final Deque<PlannedRequest> awaited = new ArrayDeque<>();
  private State state = State.CONNECTING;
  private @Nullable Channel channel;
  private @Nullable WebSocketTalk talk;

  /** Over the answer to the request that was sent last; null when it is no event stream. */
  private @Nullable EventWatch watch;

  private boolean lastAnswer;
  private long answerBytes;
  private long movedNanos;

  /** Of the last answer, as most repeat it; what it says of the connection. */
  private Bytes knownHead = Bytes.empty();

  private boolean knownEnd;

  /** Of the upgrade that was sent last; null when it was none. */
  private @Nullable String key;

  Http1Wire(ReplayRun run, WireOwner runner, LoopRunner loop, boolean tls) {
    this.run = run;
    this.runner = runner;
    this.loop = loop;
    this.tls = tls;
  }

  @Override
  public void install(Channel open) {
    open.pipeline().addLast(this);
  }

  @Override
  public boolean isUsable() {
    return state != State.CLOSED && !lastAnswer;
  }

  @Override
  public boolean isOpen() {
    return state == State.OPEN;
  }

  @Override
  public void send(PlannedRequest request, OutgoingRequest outgoing) {
    if (!(outgoing instanceof OutgoingRequest.Http1 message)) {
      throw new IllegalArgumentException("outgoing=" + outgoing.getClass().getSimpleName());
    }
    Channel open = requireChannel();
    if (awaited.isEmpty()) {
      movedNanos = run.now();
    }
    watch =
        awaited.isEmpty()
            ? EventWatch.of(request, run.now(), run.plan().timeScale())
            : null; // nobody sends more behind a stream that never ends
    awaited.add(request);
    reader.expect(request.exchange().method());
    key = WebSocketScript.isIn(request.exchange().exchange()) ? keyOf(message) : null;
    write(open, message);
  }

  /** Returns the key of an upgrade as it is sent (RFC 6455, section 4.1); null for none. */
  private static @Nullable String keyOf(OutgoingRequest.Http1 message) {
    StringBuilder head = new StringBuilder();
    message.runs().forEach(run -> head.append(run.toLatin1()));
    Matcher found = WEBSOCKET_KEY.matcher(head);
    return found.find() ? found.group(1) : null;
  }

  private static void write(Channel open, OutgoingRequest.Http1 message) {
    long left = message.lengthBytes();
    ByteBuf buffer = open.alloc().directBuffer((int) Math.min(left, MAX_BUFFER_BYTES));
    for (Bytes run : message.runs()) {
      int from = 0;
      while (from < run.length()) {
        if (!buffer.isWritable()) {
          left -= buffer.readableBytes();
          open.write(buffer, open.voidPromise());
          buffer = open.alloc().directBuffer((int) Math.min(left, MAX_BUFFER_BYTES));
        }
        int count = Math.min(run.length() - from, buffer.writableBytes());
        buffer.writeBytes(run.sharedArray(), run.sharedOffset() + from, count);
        from += count;
      }
    }
    open.writeAndFlush(buffer, open.voidPromise());
  }

  @Override
  public void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    loop.closed(this);
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void failIfSilent(long now, long patienceNanos) {
    if (talk != null) {
      talk.failIfSilent(now, patienceNanos);
    } else if (watch != null && !awaited.isEmpty()) {
      switch (watch.judge(now, movedNanos, patienceNanos)) {
        case CUT -> cut();
        case GIVE_UP -> lose(FailureReason.TIMEOUT);
        case GO_ON -> {}
      }
    } else if (!awaited.isEmpty() && now - movedNanos > patienceNanos) {
      lose(FailureReason.TIMEOUT);
    }
  }

  @Override
  public void connectFailed(Throwable cause) {
    if (state != State.CONNECTING) {
      return;
    }
    close();
    runner.openFailed(WireFailures.ofConnecting(cause));
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    if (state == State.CLOSED) {
      context.close();
    } else if (!tls) {
      open();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && state == State.CONNECTING) {
      if (handshake.isSuccess()) {
        open();
      } else {
        close();
        runner.openFailed(FailureReason.TLS_HANDSHAKE);
      }
    }
  }

  private void open() {
    state = State.OPEN;
    loop.opened(this);
    runner.opened();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    int length = buffer.readableBytes();
    byte[] bytes;
    try {
      bytes = new byte[length];
      buffer.readBytes(bytes);
    } finally {
      buffer.release();
    }
    if (state != State.OPEN || length == 0) {
      return;
    }
    movedNanos = run.now();
    if (talk != null) {
      talk.receive(Bytes.wrap(bytes, 0, bytes.length));
      return;
    }
    PlannedRequest first = awaited.peek();
    if (first == null) {
      // Nothing was asked: a farewell such as status 408, or noise. Either way it is over.
      lastAnswer = true;
      return;
    }
    run.timings().firstByte(first.number(), movedNanos);
    answerBytes += length;
    reader.feed(Bytes.wrap(bytes, 0, length), movedNanos);
    takeAnswers();
    if (state != State.OPEN || talk != null) {
      return;
    }
    if (watch != null && isHeard(watch)) {
      cut();
    } else if (reader.isLost()) {
      lose(FailureReason.MALFORMED_ANSWER);
    } else if (answerBytes > run.options().maxAnswerBytes()) {
      lose(FailureReason.ANSWER_TOO_LARGE);
    }
  }

  private void takeAnswers() {
    HttpResponse answer = reader.poll();
    while (answer != null && state == State.OPEN) {
      if (answer.status() == 0 || answer.completeness() != Completeness.COMPLETE) {
        lose(FailureReason.MALFORMED_ANSWER);
        return;
      }
      if (answer.status() >= FIRST_FINAL_STATUS) {
        answerBytes = 0;
        PlannedRequest request = awaited.remove();
        run.timings().ended(request.number(), movedNanos);
        lastAnswer = isLast(answer);
        PlannedRequest following = awaited.peek();
        if (following != null && !reader.atBoundary()) {
          run.timings().firstByte(following.number(), movedNanos);
        }
        runner.answered(request, answer, movedNanos);
      } else if (answer.status() == SWITCHING_PROTOCOLS && beginTalk(answer)) {
        return;
      }
      answer = reader.poll();
    }
  }

  private boolean isHeard(EventWatch events) {
    ByteRope body = reader.openEvents();
    if (body == null) {
      return false;
    }
    events.take(body);
    return events.isHeard(movedNanos);
  }

  /** Takes what has come of an event stream for the answer, as the recorded client did. */
  private void cut() {
    reader.end(false);
    HttpResponse answer = reader.poll();
    if (answer == null || answer.status() < FIRST_FINAL_STATUS) {
      lose(FailureReason.TIMEOUT);
      return;
    }
    PlannedRequest request = awaited.remove();
    run.timings().ended(request.number(), movedNanos);
    lastAnswer = true;
    close();
    runner.answered(request, answer, movedNanos);
  }

  /** Returns whether the answer is the one to an upgrade to WebSocket that was recorded. */
  private boolean beginTalk(HttpResponse answer) {
    PlannedRequest request = awaited.peek();
    if (request == null || !WebSocketScript.isIn(request.exchange().exchange())) {
      return false;
    }
    Exchange recorded = request.exchange().exchange();
    WebSocketScript script = WebSocketScript.of(recorded);
    HttpResponse baseline = recorded.response();
    if (script == null || baseline == null) {
      return false;
    }
    lastAnswer = true;
    run.timings().ended(request.number(), movedNanos);
    if (!WebSocketHandshake.accepts(key, answer)
        || (script.compresses() && !WebSocketHandshake.readsSameCompression(baseline, answer))) {
      lose(FailureReason.WEBSOCKET_HANDSHAKE);
      return true;
    }
    WebSocketTalk begun = new WebSocketTalk(run, loop, request, script, answer, this::say, this);
    talk = begun;
    begun.begin();
    Bytes rest = reader.unread();
    if (!rest.isEmpty()) {
      begun.receive(rest);
    }
    return true;
  }

  private void say(Bytes frame) {
    requireChannel()
        .writeAndFlush(
            Unpooled.wrappedBuffer(frame.sharedArray(), frame.sharedOffset(), frame.length()));
  }

  @Override
  public void talkOver(HttpResponse answer, List<StreamMessage> messages) {
    PlannedRequest request = awaited.remove();
    close();
    runner.conversed(request, answer, messages);
  }

  @Override
  public void talkFailed(FailureReason reason) {
    lose(reason);
  }

  private boolean isLast(HttpResponse answer) {
    Bytes head = answer.head();
    if (!head.equals(knownHead)) {
      knownHead = head;
      knownEnd = endsConnection(answer);
    }
    return knownEnd;
  }

  /** RFC 9112, section 9.3. */
  private static boolean endsConnection(HttpResponse answer) {
    boolean persistent = !answer.version().equals("HTTP/1.0");
    for (HeaderField field : answer.headers().all("connection")) {
      for (String option : field.value().toLowerCase(Locale.ROOT).split(",", -1)) {
        if (option.trim().equals("close")) {
          return true;
        }
        persistent |= option.trim().equals("keep-alive");
      }
    }
    return !persistent;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state == State.CONNECTING) {
      close();
      runner.openFailed(tls ? FailureReason.TLS_HANDSHAKE : FailureReason.CONNECT_FAILED);
    } else if (state == State.OPEN && talk != null) {
      talk.closed();
    } else if (state == State.OPEN) {
      // The end may complete an answer that is delimited by it.
      movedNanos = run.now();
      reader.end(true);
      HttpResponse last = reader.poll();
      boolean heard = watch != null && watch.hasAll();
      if (last != null
          && last.status() != 0
          && (heard || last.completeness() == Completeness.COMPLETE)) {
        PlannedRequest request = awaited.remove();
        run.timings().ended(request.number(), movedNanos);
        lastAnswer = true;
        runner.answered(request, last, movedNanos);
      }
      if (state == State.OPEN) {
        lose(FailureReason.CLOSED_EARLY);
      }
    }
  }

  private void lose(FailureReason reason) {
    List<PlannedRequest> unanswered = new ArrayList<>(awaited);
    awaited.clear();
    close();
    runner.lost(this, unanswered, reason);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
    // The TLS handler wraps what it cannot decode.
    Throwable cause =
        thrown instanceof DecoderException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof RuntimeException defect) {
      run.crash(defect);
      return;
    }
    if (cause instanceof OutOfMemoryError && state == State.OPEN) {
      // Letting this answer go frees what it took, so the replay can go on.
      lose(FailureReason.ANSWER_TOO_LARGE);
      return;
    }
    if (cause instanceof IOException failure) {
      if (state == State.CONNECTING) {
        close();
        runner.openFailed(tls ? FailureReason.TLS_HANDSHAKE : FailureReason.CONNECT_FAILED);
      } else if (state == State.OPEN && talk != null) {
        talk.broken(WireFailures.ofMoving(failure));
      } else if (state == State.OPEN) {
        lose(WireFailures.ofMoving(failure));
      }
      return;
    }
    context.fireExceptionCaught(thrown);
  }

  private Channel requireChannel() {
    if (channel == null) {
      throw new IllegalStateException("state=" + state);
    }
    return channel;
  }
}
