// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.Arrays;

/**
 * Reads the messages of one direction of an HTTP/1 connection from bytes, gaps and an end.
 *
 * <p>Sans-IO: any split of the same bytes gives the same messages. Gaps are input like bytes:
 * inside a body whose framing is known the body goes on behind them, anywhere else the message ends
 * and the parser looks for the next start that the evidence allows. {@link MessageState} has the
 * table.
 *
 * <p><b>Lifecycle:</b> {@link #feed}, {@link #gap}, {@link #turn} and {@link #otherMoved} in any
 * order, then {@link #end}.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> messages keep views of the runs that were
 * fed.
 */
public abstract class MessageParser extends MessageFeed {
  private static final int CARRY_STEP_BYTES = 4096;

  private final MessageSink sink;
  private final MessageRules rules;
  private final int maxHeadBytes;
  private MessageState state;
  private boolean startAllowed;
  private long headEndNanos;
  private long turnNanos;
  private boolean firstMessage;
  private boolean junkBefore;
  private MessageSink.BodyEvidence bodyEvidence = MessageSink.BodyEvidence.CERTAIN;
  private boolean behindGap;

  /** Nothing has come of a connection that was open before. */
  private boolean joins;

  MessageParser(
      MessageSink sink,
      MessageRules rules,
      int maxHeadBytes,
      boolean fromStart,
      ByteCounts counts) {
    super(counts);
    this.sink = sink;
    this.rules = rules;
    this.maxHeadBytes = maxHeadBytes;
    this.state = fromStart ? MessageState.START : MessageState.SKIP;
    this.startAllowed = true;
    this.firstMessage = fromStart;
    this.joins = !fromStart;
  }

  /** Returns whether another parser can take its place that begins at {@link #goOnAt}. */
  public final boolean isAtRest() {
    return state == MessageState.START
        && !firstMessage
        && !behindGap
        && !junkBefore
        && holdsNothing();
  }

  /** Returns the position after what was read. */
  public final long reached() {
    return reached;
  }

  /** Goes on where another parser was at rest; asked before the first byte. */
  public final void goOnAt(long position) {
    reached = position;
    firstMessage = false;
  }

  /** Lets go of the runs that were fed: copies what is kept of them, and what no message needs. */
  public final void detach() {
    detach(
        state == MessageState.START || state == MessageState.SKIP || state == MessageState.OPAQUE);
  }

  @Override
  final int step(int at, int end) {
    joins = false;
    return switch (state) {
      case START -> start(at, end);
      case HEAD, TRY -> head(at, end);
      case JUNK -> junk(at, end);
      case BODY -> body(at, end);
      case DOUBTED -> doubted(at, end);
      case SKIP -> skip(at, end);
      case OPAQUE -> outside(at, end);
    };
  }

  /** Puts a part of what is carried back, to be read before all others. */
  private void unread(int from, int to, long partPosition) {
    if (to > from) {
      unread.putBefore(carry.copy(from, to), partPosition);
    }
  }

  private int outside(int from, int to) {
    counts.addOutside(to - from);
    return to;
  }

  /** Empty lines before a start line are skipped (RFC 9112, section 2.2). */
  private int start(int from, int end) {
    int at = from;
    while (at < end && (array[at] == '\r' || array[at] == '\n')) {
      at++;
    }
    blankLines(from, at);
    if (at < end && resumption.isUnproven() && !sink.goesOn()) {
      withdraw();
    } else if (at < end) {
      begin(at, MessageState.HEAD);
    }
    return at;
  }

  private void withdraw() {
    leftOut = true;
    counts.withdraw(resumption.withdraw(sink));
    sink.untold();
    state = MessageState.SKIP;
    startAllowed = false;
  }

  private void begin(int at, MessageState next) {
    if (next == MessageState.HEAD && !sink.ready()) {
      paused = true;
      return;
    }
    sitDown(rules, maxHeadBytes);
    sink.begins();
    beginMessage(positionAt(at), startNanos);
    carry.clear();
    head.begin(message.startLine, next == MessageState.TRY, behindGap && next == MessageState.TRY);
    startAllowed = false;
    behindGap = false;
    state = next;
  }

  private int skip(int from, int end) {
    if (startAllowed) {
      begin(from, MessageState.TRY);
      return from;
    }
    resumption.passed();
    int found = ByteScan.indexOfLineFeed(array, from, end);
    if (found < 0) {
      return outside(from, end);
    }
    startAllowed = mayResume();
    return outside(from, found + 1);
  }

  /** On a line of its own a start may be quoted: behind lost bytes that is no evidence. */
  private boolean mayResume() {
    return !resumption.isMissing() && sink.mayResume();
  }

  private int head(int at, int end) {
    if (carry.isEmpty()) {
      boolean mayBeRegular = state == MessageState.HEAD && !junkBefore;
      int length = mayBeRegular ? RegularHead.read(rules, source, at, end, message) : -1;
      if (length >= 0) {
        afterHead(source, at - base + length, positionAt(at + length));
        return at + length;
      }
      length = head.scan(array, at, end);
      if (length == HeadScanner.MORE) {
        if (end - at > maxHeadBytes) {
          return overLimit(at, end);
        }
        carry.append(array, at, end);
        return end;
      }
      if (length >= 0) {
        completeHead(source, at - base, at - base + length, positionAt(at + length));
        return at + length;
      }
      return at + endHead(array, at, length, positionAt(at));
    }
    int count = Math.min(end - at, CARRY_STEP_BYTES);
    if (carry.length() > maxHeadBytes - count) {
      return overLimit(at, at + count);
    }
    carry.append(array, at, at + count);
    int length = head.scan(carry.array(), 0, carry.length());
    if (length == HeadScanner.MORE) {
      return at + count;
    }
    int before = carry.length() - count;
    int taken = foundInCarry(length);
    unread(taken, before, message.from + taken);
    return at + Math.max(0, taken - before);
  }

  /** Ends what is carried; returns how many bytes of it were taken. */
  private int foundInCarry(int verdict) {
    if (verdict < 0) {
      return endHead(carry.array(), 0, verdict, message.from);
    }
    Bytes bytes = carry.copy(0, verdict);
    completeHead(bytes, 0, verdict, message.from + verdict);
    return verdict;
  }

  /** Deals with a head that has no end, or with what is none; returns how many bytes were taken. */
  private int endHead(byte[] inArray, int from, int verdict, long at) {
    int length = head.at();
    if (verdict == HeadScanner.CUT) {
      byte[] partial = Arrays.copyOfRange(inArray, from, from + length);
      cutHead(Bytes.wrap(partial, 0, length), at + length, MessageState.START, turnNanos);
      return length;
    }
    return reject(inArray, from, from + length);
  }

  /** Takes bytes that are no head; returns how many. */
  private int reject(byte[] inArray, int from, int to) {
    MessageRules.Headless headless =
        state == MessageState.HEAD ? rules.headless(firstMessage) : MessageRules.Headless.NO;
    firstMessage = false;
    if (headless == MessageRules.Headless.NO) {
      counts.addOutside(to - from);
      state = MessageState.SKIP;
      resumption.passed();
      startAllowed = inArray[to - 1] == '\n' && mayResume();
      return to - from;
    }
    if (inArray != carry.array()) {
      carry.clear();
      carry.append(inArray, from, to);
    }
    int taken = carry.length();
    state = MessageState.JUNK;
    settleJunk(headless == MessageRules.Headless.YES || !sink.waitsForEvidence());
    return taken;
  }

  private int junk(int from, int end) {
    int count = Math.min(end - from, CARRY_STEP_BYTES);
    carry.append(array, from, from + count);
    settleJunk(false);
    return from + count;
  }

  /** Looks for a head behind what is none; without one it is the body of a message. */
  private void settleJunk(boolean isBody) {
    int found =
        isBody ? JunkSearch.NEVER : JunkSearch.find(rules, carry.array(), 0, carry.length());
    if (found == JunkSearch.MORE) {
      return;
    }
    int length = carry.length();
    carry.clear();
    if (found >= 0) {
      counts.addOutside(found);
      junkBefore = true;
      state = MessageState.START;
      unread(found, length, message.from + found);
      return;
    }
    message.framing = Body.Framing.CLOSE;
    message.anomaly(AnomalyKind.START_LINE, "no head");
    state = MessageState.BODY;
    body.begin();
    sink.head(message);
    unread(0, length, message.from);
  }

  private int overLimit(int from, int to) {
    carry.append(array, from, to);
    if (state == MessageState.HEAD && head.hasStartLine()) {
      message.anomaly(AnomalyKind.LIMIT, "head");
      reached = positionAt(to);
      cutCarriedHead();
    } else {
      counts.addOutside(carry.length());
    }
    state = MessageState.SKIP;
    startAllowed = false;
    return to;
  }

  private void completeHead(Bytes run, int from, int end, long to) {
    readHead(run, from, end, to);
    if (state == MessageState.TRY && resumption.isMissing() && !resumption.begins(sink, message)) {
      leftOut = true;
      counts.addOutside(end - from);
      message.discard();
      firstMessage = false;
      state = MessageState.SKIP;
      startAllowed = false;
      return;
    }
    message.simple = head.isSimple();
    if (head.isSimpleWithFields()) {
      message.anomaly(
          AnomalyKind.AMBIGUOUS_FRAMING,
          "fields without a version or HTTP/0.9 and bytes behind it");
    }
    afterHead(run, end, to);
  }

  private void afterHead(Bytes run, int end, long to) {
    message.to = to;
    firstMessage = false;
    message.framing = rules.frame(message);
    headEndNanos = endNanos;
    sink.head(message);
    if (message.simple) {
      finish(MessageState.SKIP, to);
      startAllowed = run.get(end - 1) == '\n';
      return;
    }
    beginBody(to);
    if (state == MessageState.BODY && message.framing != Body.Framing.CLOSE) {
      bodyEvidence = sink.bodyEvidence();
      if (bodyEvidence != MessageSink.BodyEvidence.CERTAIN) {
        doubtBody();
      }
    }
  }

  private void beginBody(long to) {
    boolean forbidden = false;
    if (message.framing == Body.Framing.NONE && sink.waitsForEvidence()) {
      message.framing = rules.forbiddenBody(message);
      forbidden = message.framing != Body.Framing.NONE;
    }
    state = MessageState.BODY;
    if (body.begin() == BodyReader.Progress.WHOLE) {
      finish(MessageState.START, to);
    } else if (forbidden) {
      bodyEvidence = MessageSink.BodyEvidence.UNLIKELY;
      doubtBody();
    }
  }

  private void readHead(Bytes run, int from, int end, long to) {
    message.head(run, from, end);
    message.to = to;
    if (junkBefore) {
      message.anomaly(AnomalyKind.START_LINE, "bytes before");
      junkBefore = false;
    }
    message.startLine.report(message);
    message.headers = fields.readHead(message, run.sharedArray(), run.sharedOffset() + from, head);
  }

  private void cutCarriedHead() {
    head.cut();
    cutHead(carry.copy(0, carry.length()), reached, MessageState.SKIP, endNanos);
  }

  /** Ends a message inside its head, keeping what has come. */
  private void cutHead(Bytes partial, long to, MessageState next, long nanos) {
    readHead(partial, 0, partial.length(), to);
    message.framing = Body.Framing.NONE;
    message.truncated = true;
    firstMessage = false;
    finish(next, to, nanos);
  }

  private int body(int from, int end) {
    BodyReader.Progress progress = body.feed(source, from, end);
    message.mark(endNanos);
    int at = body.at();
    afterBody(progress, positionAt(at));
    return at;
  }

  private void afterBody(BodyReader.Progress progress, long to) {
    switch (progress) {
      case OPEN -> {
        // The body goes on with the next run.
      }
      case WHOLE -> finish(MessageState.START, to);
      case LOST -> finish(MessageState.SKIP, to);
      case AGAIN -> {
        Bytes read = body.takeBack();
        beginBody(to - read.length());
        unread.putBefore(read, to - read.length());
      }
    }
  }

  /**
   * Reads behind a head whose body the other side refused (RFC 9110, section 10.1.1), which may
   * answer HEAD, or which must not have one: either the body comes all the same, or the next
   * message does.
   */
  private int doubted(int from, int end) {
    int found = ByteScan.indexOfLineFeed(array, from, end);
    if (carry.isEmpty()) {
      if (bodyEvidence == MessageSink.BodyEvidence.LIKELY
          && sink.mayFollow() == MessageSink.Following.NO) {
        settleDoubt(false, positionAt(from));
        return from;
      }
      if (found < 0
          && end - from <= maxHeadBytes
          && evidence.mayBeNext(array, from, end, bodyEvidence)) {
        carry.append(array, from, end);
        return end;
      }
      settleDoubt(evidence.isNext(array, from, found, bodyEvidence), positionAt(from));
      return from;
    }
    int to = found < 0 ? end : found + 1;
    int before = carry.length();
    carry.append(array, from, to);
    byte[] held = carry.array();
    int length = carry.length();
    if (found < 0 && length <= maxHeadBytes && evidence.mayBeNext(held, 0, length, bodyEvidence)) {
      return to;
    }
    boolean isNext = found >= 0 && evidence.isNext(held, 0, length - 1, bodyEvidence);
    carry.clear();
    long at = positionAt(from) - before;
    settleDoubt(isNext, at);
    unread(0, before, at);
    return from;
  }

  private void settleDoubt(boolean isNext, long to) {
    if (isNext
        && bodyEvidence == MessageSink.BodyEvidence.LIKELY
        && sink.mayFollow() != MessageSink.Following.YES) {
      // What looks like a message is one, or the body is: nothing tells.
      message.missing(-1, MissingCause.LOST);
      resumption.gap(-1, false, false, false);
      finish(MessageState.SKIP, to);
      sink.untold();
      startAllowed = false;
    } else if (isNext) {
      endWithoutBody(to);
    } else {
      state = MessageState.BODY;
      if (bodyEvidence == MessageSink.BodyEvidence.UNLIKELY) {
        message.anomaly(AnomalyKind.AMBIGUOUS_FRAMING, "body where none is allowed");
      }
    }
  }

  /** Says that the other side does not want the body of the message that is open. */
  public final void refuseBody() {
    if (state == MessageState.BODY
        && message.framing != Body.Framing.CLOSE
        && message.framed.length() == 0) {
      bodyEvidence = MessageSink.BodyEvidence.CERTAIN;
      doubtBody();
    }
  }

  private void doubtBody() {
    state = MessageState.DOUBTED;
    carry.clear();
  }

  private void endWithoutBody(long to) {
    message.framing = Body.Framing.NONE;
    finish(MessageState.START, to, headEndNanos);
  }

  private void finish(MessageState next, long to) {
    finish(next, to, endNanos);
  }

  private void finish(MessageState next, long to, long nanos) {
    message.to = to;
    message.lastNanos = nanos;
    message.noteReadings();
    counts.addMessage(message);
    resumption.told(message.length());
    state = next;
    startAllowed = next == MessageState.SKIP;
    message.handOut(sink);
  }

  /**
   * Says that bytes are missing.
   *
   * @param lengthBytes how many; −1 when not known
   * @return whether the start of the next message surely is among them, or of no use without them
   */
  public final boolean gap(long lengthBytes, MissingCause cause) {
    settleAll(false);
    boolean startMissing = false;
    boolean bodyFollows = false;
    boolean behindOthers = state == MessageState.SKIP;
    long hidden = lengthBytes;
    switch (state) {
      case START -> {
        startMissing = !resumption.isUnproven();
        state = MessageState.SKIP;
      }
      case HEAD, TRY -> {
        if (state == MessageState.HEAD && head.hasStartLine()) {
          message.missing(-1, cause);
          cutCarriedHead();
          bodyFollows = message.facts.announcesMoreThan(lengthBytes);
        } else {
          startMissing = state == MessageState.HEAD;
          hidden += startMissing && lengthBytes >= 0 ? carry.length() : 0;
          counts.addOutside(carry.length());
        }
        state = MessageState.SKIP;
      }
      case BODY -> {
        long before = reached;
        startMissing = gapInBody(lengthBytes, cause);
        hidden -= startMissing ? message.to - before : 0;
      }
      case JUNK, DOUBTED, SKIP, OPAQUE -> {
        // Nothing is open that could miss them.
      }
    }
    if (resumption.isUnproven() && state != MessageState.BODY) {
      withdraw();
    }
    if (state == MessageState.SKIP && !joins) {
      resumption.gap(hidden, startMissing, behindOthers, cause == MissingCause.CUT);
    }
    startAllowed = !bodyFollows;
    behindGap = true;
    reached += Math.max(0, lengthBytes);
    return startMissing;
  }

  /** Decides by what has come, as what comes next tells nothing; what is held may be a start. */
  private void settleAll(boolean atEnd) {
    if (state == MessageState.DOUBTED) {
      boolean refused = bodyEvidence == MessageSink.BodyEvidence.CERTAIN;
      int held = carry.length();
      boolean likely = bodyEvidence == MessageSink.BodyEvidence.LIKELY;
      boolean none = likely ? held > 0 : bodyEvidence == MessageSink.BodyEvidence.UNLIKELY;
      long from = reached - held;
      carry.clear();
      settleDoubt(none || (refused && atEnd && held == 0), from);
      unread(0, held, from);
      resume();
    }
    settleHead();
    if (state == MessageState.JUNK) {
      settleJunk(true);
    }
    if (state == MessageState.BODY && body.isUndecided()) {
      afterBody(BodyReader.Progress.AGAIN, reached);
    }
    resume();
  }

  private boolean gapInBody(long lengthBytes, MissingCause cause) {
    long missing = body.gap(lengthBytes, cause);
    if (missing < 0 && message.framing != Body.Framing.CLOSE) {
      finish(MessageState.SKIP, reached);
    } else if (body.isWhole()) {
      finish(missing == lengthBytes ? MessageState.START : MessageState.SKIP, reached + missing);
      return missing < lengthBytes;
    }
    return false;
  }

  /** Says that bytes of the other direction moved since the last call. */
  public final void turn() {
    if (state == MessageState.SKIP) {
      resumption.turned();
      startAllowed = true;
    } else if (state == MessageState.TRY && !head.hasStartLine()) {
      counts.addOutside(carry.length());
      resumption.passed();
      state = MessageState.SKIP;
      startAllowed = true;
    } else if (state == MessageState.HEAD) {
      head.turned(carry.length());
      turnNanos = endNanos;
    }
  }

  /** Says that bytes of the other direction have come, moved by then: if not before those here. */
  public final void otherMoved(long nanos) {
    if (nanos < startNanos) {
      return;
    }
    if (resumption.isUnproven() && state == MessageState.START) {
      resumption.prove(sink);
    }
    if (state == MessageState.DOUBTED
        && carry.isEmpty()
        && bodyEvidence == MessageSink.BodyEvidence.UNLIKELY) {
      endWithoutBody(reached);
    } else if (state == MessageState.HEAD) {
      settleHead();
    } else if (state == MessageState.BODY && body.mayBeNone()) {
      afterBody(BodyReader.Progress.AGAIN, reached);
    }
  }

  /** Ends a head of which it is in doubt whether it has ended. */
  private void settleHead() {
    if (state == MessageState.HEAD && !carry.isEmpty()) {
      int verdict = head.settle(carry.array(), carry.length());
      if (verdict != HeadScanner.MORE) {
        int held = carry.length();
        int taken = foundInCarry(verdict);
        unread(taken, held, message.from + taken);
        resume();
      }
    }
  }

  /**
   * Says that what follows is another protocol: {@link #feed} takes no more bytes. A body that was
   * announced ends with what has come of it.
   */
  public final void stop() {
    if (state == MessageState.HEAD || state == MessageState.TRY) {
      counts.addOutside(carry.length());
    } else if (state == MessageState.DOUBTED) {
      Bytes held = carry.copy(0, carry.length());
      carry.clear();
      endWithoutBody(reached - held.length());
      unread.putBehind(held, reached - held.length());
    } else if (state == MessageState.BODY) {
      message.truncated = true;
      finish(MessageState.OPAQUE, reached);
    }
    if (resumption.isUnproven()) {
      resumption.prove(sink);
    }
    state = MessageState.OPAQUE;
    paused = true;
  }

  /**
   * Says that nothing follows.
   *
   * @param closed whether the connection ended, rather than the recording
   */
  public final void end(boolean closed) {
    settleAll(true);
    switch (state) {
      case HEAD, TRY -> endInHead();
      case BODY -> {
        message.truncated = message.framing != Body.Framing.CLOSE || !closed;
        finish(MessageState.OPAQUE, reached);
      }
      case START, JUNK, DOUBTED, SKIP, OPAQUE -> {
        // No message is open.
      }
    }
    if (resumption.isUnproven() && sink.endProves()) {
      resumption.prove(sink);
    } else if (resumption.isUnproven()) {
      withdraw();
    }
    state = MessageState.OPAQUE;
  }

  private void endInHead() {
    boolean proven =
        (head.hasStartLine() && !(state == MessageState.TRY && resumption.isMissing()))
            || (state == MessageState.HEAD
                && rules.provesMessage(carry.array(), 0, carry.length()));
    if (!proven) {
      counts.addOutside(carry.length());
      return;
    }
    if (!head.hasStartLine()) {
      rules.readStartLine(message.startLine, carry.array(), 0, carry.length());
    }
    cutCarriedHead();
  }

  /** Returns whether no message is open and the next byte begins one. */
  public final boolean atBoundary() {
    return state == MessageState.START;
  }

  /** Returns whether a head has begun and not ended. */
  public final boolean isInHead() {
    return (state == MessageState.HEAD || state == MessageState.TRY || state == MessageState.JUNK)
        && !carry.isEmpty();
  }

  /** Returns whether it is not known what the next byte belongs to. */
  public final boolean isLost() {
    return state == MessageState.SKIP || state == MessageState.TRY;
  }
}
