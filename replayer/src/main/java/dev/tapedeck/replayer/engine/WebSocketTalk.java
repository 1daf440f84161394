// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.analyzer.message.WebSocketConversation;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.websocket.WebSocketFrames;
import dev.tapedeck.replayer.websocket.WebSocketScript;
import dev.tapedeck.replayer.websocket.WebSocketTurn;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says behind an upgrade to WebSocket what the recorded client said: each frame as it was sent,
 * when it is due and as many messages of the server have come as had in the recording.
 *
 * <p>Messages that do not come are waited for as long as for an answer, once: then the rest is said
 * without them, and what is missing shows in the comparison. A second such silence is a failure.
 *
 * <pre>
 * ends                      when
 * both closed               the close handshake is done
 * server closed first       at once, answered; what was not said is counted
 * recorded without a close  all is said, as many messages have come, and the recorded time is over
 * </pre>
 *
 * <p><b>Threads:</b> confined to the connection's event loop.
 */
final class WebSocketTalk {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NORMAL_CLOSURE = 1000;

  /** A recorded conversation of which as much is kept is not sent. */
  private static final long MAX_KEPT_BYTES = 2 * AnalyzerOptions.DEFAULT_MAX_MESSAGES_BYTES;

  private static final long VALUE_POLL_NANOS = 2_000_000;

  /** Is told how a talk ends, once. */
  interface Owner {
    /** All is said and done. */
    void talkOver(HttpResponse answer, List<StreamMessage> messages);

    /** The talk cannot go on. */
    void talkFailed(FailureReason reason);
  }

  private final ReplayRun run;
  private final LoopRunner loop;
  private final PlannedRequest request;
  private final WebSocketScript script;
  private final HttpResponse answer;
  private final Consumer<Bytes> out;
  private final Owner owner;
  private final WebSocketConversation heard;
  private long position;
  private int seen;
  private int came;
  private int forgiven;
  private int next;
  private int pongs;
  private boolean timerSet;
  private boolean clientClosed;
  private boolean serverClosed;
  private boolean over;
  private boolean waitedInVain;
  private boolean awaitingValue;
  private boolean uncompressed;

  /** The message that was last sent in one frame of ours. */
  private int rewritten = -1;

  private long movedNanos;

  /**
   * Makes one.
   *
   * @param out takes what is sent; when that fails the wire is told
   */
  WebSocketTalk(
      ReplayRun run,
      LoopRunner loop,
      PlannedRequest request,
      WebSocketScript script,
      HttpResponse answer,
      Consumer<Bytes> out,
      Owner owner) {
    this.run = run;
    this.loop = loop;
    this.request = request;
    this.script = script;
    this.answer = answer;
    this.out = out;
    this.owner = owner;
    this.heard =
        new WebSocketConversation(
            AnalyzerOptions.newBuilder().maxMessagesBytes(run.options().maxAnswerBytes()).build(),
            true,
            DeflateParameters.of(answer.headers()),
            nanos -> nanos);
    this.movedNanos = run.now();
  }

  /** Begins to talk; bytes that came with the answer follow by {@link #receive}. */
  void begin() {
    advance();
  }

  /** Takes what the server sent. */
  void receive(Bytes bytes) {
    if (over) {
      return;
    }
    movedNanos = run.now();
    heard.data(Role.SERVER, bytes, position, movedNanos, movedNanos);
    position += bytes.length();
    while (seen < heard.count()) {
      take(heard.message(seen++));
    }
    if (heard.outsideMessages(Role.SERVER) > 0) {
      fail(FailureReason.MALFORMED_ANSWER);
    } else if (position > run.options().maxAnswerBytes() || heard.keptBytes() > MAX_KEPT_BYTES) {
      fail(FailureReason.ANSWER_TOO_LARGE);
    } else {
      advance();
    }
  }

  private void take(StreamMessage message) {
    if (WebSocketScript.counts(message)) {
      run.heard(request, came, message);
      came++;
      serverClosed |= message.kind() == StreamMessage.Kind.CLOSE;
    } else if (message.kind() == StreamMessage.Kind.PING && !clientClosed) {
      List<Integer> keys = script.pongKeys();
      int key = pongs < keys.size() ? keys.get(pongs) : RANDOM.nextInt();
      pongs++;
      write(WebSocketFrames.pong(message.payload().toBytes(), key));
    }
  }

  private void write(Bytes frame) {
    movedNanos = run.now();
    out.accept(frame);
  }

  private long dueNanos(long afterNanos) {
    return request.dueNanos() + Math.round(afterNanos * run.plan().timeScale());
  }

  /** Says what is due and ready, and sees to being called again for the rest. */
  private void advance() {
    while (!over && next < script.turns().size()) {
      WebSocketTurn turn = script.turns().get(next);
      if (serverClosed && turn.kind() != StreamMessage.Kind.CLOSE) {
        end(); // nobody listens any more
        return;
      }
      if (!hasCome(turn.awaited())) {
        return;
      }
      if (!isDue(dueNanos(turn.afterNanos()))) {
        return;
      }
      Bytes frame = frame(turn);
      if (frame == null) {
        return;
      }
      next++;
      clientClosed |= turn.kind() == StreamMessage.Kind.CLOSE;
      if (!frame.isEmpty()) {
        write(frame);
      }
    }
    if (!over && isDone()) {
      end();
    }
  }

  /**
   * Returns what is sent for a frame: itself, or the whole message in one when it holds another
   * value now; nothing for the frames behind that. Null while a value is awaited.
   */
  private @Nullable Bytes frame(WebSocketTurn turn) {
    StreamMessage whole = turn.whole();
    if (turn.message() < 0) {
      return turn.frame();
    } else if (whole == null) {
      return turn.message() == rewritten ? Bytes.empty() : turn.frame();
    } else if (whole.anomalies().stream().anyMatch(one -> one.kind() == AnomalyKind.LIMIT)) {
      return turn.frame(); // of what it holds only the begin is known
    }
    Bytes recorded = whole.payload().toBytes();
    Bytes now = run.message(request, turn.message(), recorded);
    if (now == null) {
      awaitValue();
      return null;
    }
    awaitingValue = false;
    if (now.equals(recorded) && !(uncompressed && whole.compressed())) {
      return turn.frame();
    }
    // What was compressed later may refer to what this message was (RFC 7692, section 7.2.1).
    uncompressed = true;
    rewritten = turn.message();
    return WebSocketFrames.ofClient(turn.kind(), now, WebSocketFrames.key(turn.frame()));
  }

  /** Other conversations and answers come on other threads. */
  private void awaitValue() {
    awaitingValue = true;
    isDue(run.now() + VALUE_POLL_NANOS);
  }

  private boolean hasCome(int count) {
    return came + forgiven >= count;
  }

  private boolean isDue(long nanos) {
    if (nanos <= run.now()) {
      return true;
    }
    if (!timerSet) {
      timerSet = true;
      loop.executeAt(
          nanos,
          () -> {
            timerSet = false;
            advance();
          });
    }
    return false;
  }

  private boolean isDone() {
    if (serverClosed) {
      return true;
    }
    return hasCome(script.answers()) && isDue(dueNanos(script.endsAfterNanos()));
  }

  private void end() {
    over = true;
    if (serverClosed && !clientClosed) {
      write(WebSocketFrames.close(NORMAL_CLOSURE, RANDOM.nextInt()));
    }
    heard.end();
    owner.talkOver(answer, messages());
  }

  private List<StreamMessage> messages() {
    List<StreamMessage> messages = new ArrayList<>();
    for (int i = 0; i < heard.count(); i++) {
      messages.add(heard.message(i));
    }
    return messages;
  }

  private void fail(FailureReason reason) {
    if (!over) {
      over = true;
      heard.end();
      owner.talkFailed(reason);
    }
  }

  /** The connection has ended. */
  void closed() {
    boolean allSaid = next == script.turns().size();
    if (!over && (serverClosed || (allSaid && hasCome(script.answers())))) {
      end();
    } else {
      fail(FailureReason.CLOSED_EARLY);
    }
  }

  /** The connection failed. */
  void broken(FailureReason reason) {
    if (!over && serverClosed) {
      end();
    } else {
      fail(reason);
    }
  }

  /** Goes on without what does not come, or gives up. */
  void failIfSilent(long now, long patienceNanos) {
    if (patienceNanos < 0) {
      fail(FailureReason.TIMEOUT);
      return;
    }
    if (awaitingValue && !over && now - movedNanos > patienceNanos + quietNanos()) {
      fail(FailureReason.FLOW_MISSING);
      return;
    }
    Integer awaited = awaitedNow();
    if (awaited == null || now - movedNanos <= patienceNanos + quietNanos()) {
      return;
    }
    if (waitedInVain || came == 0) {
      fail(FailureReason.TIMEOUT);
      return;
    }
    waitedInVain = true;
    movedNanos = now;
    forgiven = Math.max(forgiven, awaited - came);
    advance();
  }

  /** What a server sends by its own clock comes no sooner at a faster pace. */
  private long quietNanos() {
    return Math.round(script.quietNanos() * Math.max(1, run.plan().timeScale()));
  }

  /** Returns how many messages are waited for now; null when it is the time that is. */
  private @Nullable Integer awaitedNow() {
    if (over) {
      return null;
    }
    int count =
        next < script.turns().size() ? script.turns().get(next).awaited() : script.answers();
    return hasCome(count) ? null : Integer.valueOf(count);
  }
}
