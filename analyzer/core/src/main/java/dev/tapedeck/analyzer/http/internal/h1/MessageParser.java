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
 * and the parser looks for the next start that the evidence allows.
 *
 * <pre>
 * state     bytes                         gap                          turn (other direction moved)
 * START     head begins, blanks skipped   SKIP, start allowed here     -
 * HEAD      until the empty line          message ends, SKIP           version-less line is whole
 * LENGTH    counted                       counted; SKIP beyond         -
 * CHUNKED   read                          counted in data; else SKIP   -
 * CLOSE     taken until the end           counted                      -
 * DOUBTED   body, unless a strict start   as the body's state          -
 * SKIP      dropped to the next line      start allowed here           start allowed here
 * TRY       a head that must be strict    SKIP, start allowed here     SKIP unless a line is whole
 * OPAQUE    dropped                       -                            -
 * </pre>
 *
 * <p><b>Lifecycle:</b> {@link #feed}, {@link #gap} and {@link #turn} in any order, then {@link
 * #end}.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> messages keep views of the runs that were
 * fed.
 */
public abstract class MessageParser {
  private enum State {
    START,
    HEAD,
    LENGTH,
    CHUNKED,
    CLOSE,
    DOUBTED,
    SKIP,
    TRY,
    OPAQUE
  }

  private static final int REJECTED = -2;
  private static final int CARRY_STEP_BYTES = 4096;
  private static final Bytes NOTHING = Bytes.empty();

  private final MessageSink sink;
  private final int maxHeadBytes;
  private final ParsedMessage message = new ParsedMessage();
  private final LineScanner scanner = new LineScanner();
  private final FieldReader fields = new FieldReader();
  private final ChunkedBody chunked;
  private byte[] carry = new byte[0];
  private int carryLength;
  private State state;
  private boolean startAllowed;
  private long remaining;
  private int rejectedLength;
  private boolean versionless;
  private State bodyState = State.LENGTH;
  private long doubtedPosition;
  private long headEndNanos;
  private boolean firstMessage;
  private MessageSink.BodyEvidence bodyEvidence = MessageSink.BodyEvidence.CERTAIN;
  private boolean behindGap;
  private boolean wordMayBeCut;

  private Bytes source = NOTHING;
  private byte[] array = carry;
  private int base;
  private long position;
  private long startNanos;
  private long endNanos;
  private boolean paused;
  private long reached;

  private long inMessages;
  private long outsideMessages;
  private long blankLineBytes;

  MessageParser(MessageSink sink, int maxHeadBytes, boolean fromStart) {
    this.sink = sink;
    this.maxHeadBytes = maxHeadBytes;
    this.chunked = new ChunkedBody(maxHeadBytes);
    this.state = fromStart ? State.START : State.SKIP;
    this.startAllowed = true;
    this.firstMessage = fromStart;
  }

  /** Reads the first line. */
  abstract StartLine.Reading readStartLine(
      StartLine line, byte[] array, int base, int lineFeed, boolean first);

  /** Returns whether the first line is beyond doubt. */
  abstract boolean isStrict(StartLine line, byte[] array, int base);

  /** Returns whether nothing can be missing before a first line that is strict. */
  abstract boolean isWholeWord(StartLine line, byte[] array, int base);

  /** Returns whether what has come of a first line can still become one. */
  abstract boolean mayBecomeStart(byte[] array, int from, int to, boolean strict);

  /** Returns whether bytes that are no head are the body of a message without one. */
  abstract boolean isHeadless(boolean first);

  /** Returns whether a body that nothing else ends goes on to the connection's end. */
  abstract boolean endsWithConnection();

  /** Says what ends the body of a message whose head is complete. */
  abstract Body.Framing frame(ParsedMessage message);

  /**
   * Takes bytes in.
   *
   * @param run the bytes; the parser keeps views of it
   * @param runPosition of its first byte in the stream
   * @param runStartNanos when they began to move
   * @param runEndNanos when they had moved
   * @return how many bytes were taken: fewer than given when the sink was not ready for the message
   *     that begins there
   */
  public final int feed(Bytes run, long runPosition, long runStartNanos, long runEndNanos) {
    startNanos = runStartNanos;
    endNanos = runEndNanos;
    int taken = read(run, runPosition);
    reached = runPosition + taken;
    return taken;
  }

  private int read(Bytes run, long runPosition) {
    source = run;
    array = run.sharedArray();
    base = run.sharedOffset();
    position = runPosition;
    paused = false;
    int at = base;
    int end = base + run.length();
    while (at < end && !paused) {
      at =
          switch (state) {
            case START -> start(at, end);
            case HEAD, TRY -> head(at, end);
            case LENGTH -> length(at, end);
            case CHUNKED -> chunks(at, end);
            case CLOSE -> untilClose(at, end);
            case DOUBTED -> doubted(at, end);
            case SKIP -> skip(at, end);
            case OPAQUE -> outside(at, end);
          };
    }
    int taken = at - base;
    source = NOTHING;
    return taken;
  }

  private long positionAt(int at) {
    return position + (at - base);
  }

  private int outside(int from, int to) {
    outsideMessages += to - from;
    return to;
  }

  /** Empty lines before a start line are skipped (RFC 9112, section 2.2). */
  private int start(int from, int end) {
    int at = from;
    while (at < end && (array[at] == '\r' || array[at] == '\n')) {
      at++;
    }
    outside(from, at);
    blankLineBytes += at - from;
    if (at < end) {
      begin(at, State.HEAD);
    }
    return at;
  }

  private void begin(int at, State next) {
    if (next == State.HEAD && !sink.ready()) {
      paused = true;
      return;
    }
    message.begin(positionAt(at), startNanos);
    carryLength = 0;
    scanner.reset();
    versionless = false;
    startAllowed = false;
    wordMayBeCut = behindGap && next == State.TRY;
    behindGap = false;
    state = next;
  }

  private int skip(int from, int end) {
    if (startAllowed) {
      begin(from, State.TRY);
      return from;
    }
    int found = ByteScan.indexOfLineFeed(array, from, end);
    if (found < 0) {
      return outside(from, end);
    }
    startAllowed = sink.mayResume();
    return outside(from, found + 1);
  }

  private int head(int at, int end) {
    if (carryLength == 0) {
      int length = scanHead(array, at, end);
      if (length >= 0) {
        completeHead(source.slice(at - base, at - base + length), array, at, at + length);
        return at + length;
      }
      if (length == REJECTED) {
        return reject(at, at + rejectedLength);
      }
      if (end - at > maxHeadBytes) {
        return overLimit(at, end);
      }
      append(at, end);
      return end;
    }
    int count = Math.min(end - at, CARRY_STEP_BYTES);
    if (carryLength > maxHeadBytes - count) {
      return overLimit(at, at + count);
    }
    append(at, at + count);
    int length = scanHead(carry, 0, carryLength);
    if (length == LineScanner.MORE) {
      return at + count;
    }
    int taken = (length == REJECTED ? rejectedLength : length) - (carryLength - count);
    if (length == REJECTED) {
      carryLength -= count;
      return reject(at, at + taken);
    }
    byte[] whole = Arrays.copyOf(carry, length);
    completeHead(Bytes.wrap(whole, 0, length), whole, 0, at + taken);
    return at + taken;
  }

  private void append(int from, int to) {
    int needed = carryLength + to - from;
    if (needed > carry.length) {
      carry = Arrays.copyOf(carry, Math.max(needed, carry.length * 2));
    }
    System.arraycopy(array, from, carry, carryLength, to - from);
    carryLength = needed;
  }

  /** Returns the head's length, MORE when it has not come to its end, or REJECTED. */
  private int scanHead(byte[] bytes, int from, int end) {
    boolean strict = state == State.TRY;
    while (true) {
      int next = scanner.next(bytes, from, end);
      if (next == LineScanner.MORE) {
        if (scanner.lines() == 0 && !mayBecomeStart(bytes, from, end, strict)) {
          rejectedLength = end - from;
          return REJECTED;
        }
        return LineScanner.MORE;
      }
      if (scanner.lines() == 1) {
        StartLine.Reading reading =
            readStartLine(message.startLine, bytes, from, from + next - 1, firstMessage);
        if (reading == StartLine.Reading.JUNK
            || (strict && !isStrict(message.startLine, bytes, from))
            || (wordMayBeCut && !isWholeWord(message.startLine, bytes, from))) {
          rejectedLength = next;
          return REJECTED;
        }
        versionless = reading == StartLine.Reading.UNVERSIONED;
        if (versionless) {
          return next;
        }
      } else if (scanner.lastIsEmpty(bytes, from)) {
        return next;
      } else if (strict && !FieldReader.isStrictLine(bytes, from, scanner)) {
        rejectedLength = next;
        return REJECTED;
      }
    }
  }

  private int reject(int from, int to) {
    if (state == State.HEAD && isHeadless(firstMessage)) {
      message.framing = Body.Framing.CLOSE;
      message.anomaly(AnomalyKind.START_LINE, "no head");
      firstMessage = false;
      if (carryLength > 0) {
        message.framed.add(Bytes.copyOf(Arrays.copyOf(carry, carryLength)), 0, carryLength);
      }
      state = State.CLOSE;
      sink.head(message);
      return from;
    }
    outsideMessages += carryLength;
    firstMessage = false;
    state = State.SKIP;
    startAllowed = array[to - 1] == '\n' && sink.mayResume();
    return outside(from, to);
  }

  private int overLimit(int from, int to) {
    append(from, to);
    if (state == State.HEAD && scanner.lines() > 0) {
      message.anomaly(AnomalyKind.LIMIT, "head");
      cutHead(positionAt(to));
    } else {
      outsideMessages += carryLength;
    }
    state = State.SKIP;
    startAllowed = false;
    return to;
  }

  private void completeHead(Bytes head, byte[] bytes, int from, int end) {
    readHead(head, bytes, from, scanner.lines() - (versionless ? 0 : 1), positionAt(end));
    firstMessage = false;
    message.framing = frame(message);
    headEndNanos = endNanos;
    sink.head(message);
    switch (message.framing) {
      case NONE -> finish(State.START, positionAt(end));
      case CONTENT_LENGTH -> {
        remaining = message.facts.contentLength;
        state = State.LENGTH;
        if (remaining == 0) {
          finish(State.START, positionAt(end));
        }
      }
      case CHUNKED -> {
        chunked.begin();
        state = State.CHUNKED;
      }
      case CLOSE -> state = State.CLOSE;
    }
    if (state == State.LENGTH || state == State.CHUNKED) {
      bodyEvidence = sink.bodyEvidence();
      if (bodyEvidence != MessageSink.BodyEvidence.CERTAIN) {
        doubtBody();
      }
    }
  }

  private void readHead(Bytes head, byte[] bytes, int from, int lines, long to) {
    message.head = head;
    message.to = to;
    message.startLine.report(message);
    if (lines > 0 && (scanner.lineFeed(0) == 0 || bytes[from + scanner.lineFeed(0) - 1] != '\r')) {
      message.anomaly(AnomalyKind.LINE_ENDING, "LF alone");
    }
    message.headers = fields.read(head, bytes, from, scanner, 1, lines, message, message.facts);
  }

  /** Ends a message inside its head, keeping what has come. */
  private void cutHead(long to) {
    byte[] partial = Arrays.copyOf(carry, carryLength);
    readHead(Bytes.wrap(partial, 0, carryLength), partial, 0, scanner.lines(), to);
    message.framing = Body.Framing.NONE;
    message.truncated = true;
    firstMessage = false;
    finish(State.SKIP, to);
  }

  private int length(int at, int end) {
    int count = (int) Math.min(remaining, end - at);
    message.framed.add(source, at - base, at - base + count);
    remaining -= count;
    if (remaining == 0) {
      finish(State.START, positionAt(at + count));
    }
    return at + count;
  }

  private int chunks(int from, int end) {
    int at = chunked.feed(source, from, end, message, fields);
    message.framed.add(source, from - base, at - base);
    switch (chunked.progress()) {
      case MORE -> {
        // The body goes on with the next run.
      }
      case DONE -> finish(State.START, positionAt(at));
      case BROKEN -> brokenChunks(at);
    }
    return at;
  }

  /**
   * As browsers do, a response that says it is chunked and is not from its first byte on is read
   * until the connection's end.
   */
  private void brokenChunks(int at) {
    if (chunked.wholeChunks() == 0 && endsWithConnection()) {
      message.framing = Body.Framing.CLOSE;
      state = State.CLOSE;
    } else {
      message.truncated = true;
      finish(State.SKIP, positionAt(at));
    }
  }

  /**
   * Reads behind a head whose body the other side refused (RFC 9110, section 10.1.1), or which may
   * answer HEAD: either the body comes all the same, or the next message does.
   */
  private int doubted(int from, int end) {
    int found = ByteScan.indexOfLineFeed(array, from, end);
    int to = found < 0 ? end : found + 1;
    if (carryLength == 0) {
      doubtedPosition = positionAt(from);
    }
    append(from, to);
    boolean isStart = mayBecomeStart(carry, 0, carryLength, true);
    if (isStart && found < 0 && carryLength <= maxHeadBytes) {
      return to;
    }
    StartLine line = new StartLine();
    isStart =
        isStart
            && found >= 0
            && readStartLine(line, carry, 0, carryLength - 1, false) == StartLine.Reading.VERSIONED
            && isStrict(line, carry, 0);
    replayDoubted(isStart);
    return to;
  }

  private void replayDoubted(boolean isStart) {
    Bytes held = Bytes.copyOf(Arrays.copyOf(carry, carryLength));
    carryLength = 0;
    state = bodyState;
    long outerEndNanos = endNanos;
    if (isStart) {
      message.framing = Body.Framing.NONE;
      endNanos = headEndNanos;
      finish(State.START, doubtedPosition);
      endNanos = outerEndNanos;
    }
    Bytes outerSource = source;
    long outerPosition = position;
    int taken = read(held, doubtedPosition);
    outsideMessages += held.length() - taken;
    source = outerSource;
    array = outerSource.sharedArray();
    base = outerSource.sharedOffset();
    position = outerPosition;
    paused = false;
  }

  /** Says that the other side does not want the body of the message that is open. */
  public final void refuseBody() {
    if ((state == State.LENGTH || state == State.CHUNKED) && message.framed.length() == 0) {
      bodyEvidence = MessageSink.BodyEvidence.CERTAIN;
      doubtBody();
    }
  }

  private void doubtBody() {
    bodyState = state;
    state = State.DOUBTED;
    carryLength = 0;
  }

  private void endWithoutBody(State next) {
    message.framing = Body.Framing.NONE;
    endNanos = headEndNanos;
    finish(next, reached);
  }

  private int untilClose(int at, int end) {
    message.framed.add(source, at - base, end - base);
    return end;
  }

  private void finish(State next, long to) {
    message.to = to;
    message.lastNanos = endNanos;
    inMessages += message.head.length() + message.framed.length();
    state = next;
    startAllowed = next == State.SKIP;
    sink.message(message);
  }

  /**
   * Says that bytes are missing.
   *
   * @param lengthBytes how many; −1 when not known
   * @return whether the start of the next message surely is among them, or of no use without them
   */
  public final boolean gap(long lengthBytes, MissingCause cause) {
    if (state == State.DOUBTED) {
      if (carryLength == 0 && bodyEvidence == MessageSink.BodyEvidence.UNLIKELY) {
        endWithoutBody(State.START);
      } else {
        replayDoubted(false);
      }
    }
    boolean startMissing = false;
    switch (state) {
      case START -> {
        startMissing = true;
        state = State.SKIP;
      }
      case HEAD, TRY -> {
        if (state == State.HEAD && scanner.lines() > 0) {
          message.missing(-1, cause);
          cutHead(reached);
        } else {
          startMissing = state == State.HEAD;
          outsideMessages += carryLength;
        }
        state = State.SKIP;
      }
      case LENGTH -> startMissing = gapInLength(lengthBytes, cause);
      case CHUNKED -> {
        if (chunked.gap(lengthBytes)) {
          message.missing(lengthBytes, cause);
        } else {
          message.missing(-1, cause);
          finish(State.SKIP, reached);
        }
      }
      case CLOSE -> message.missing(lengthBytes, cause);
      case DOUBTED, SKIP, OPAQUE -> {
        // Nothing is open that could miss them.
      }
    }
    startAllowed = true;
    behindGap = true;
    reached += Math.max(0, lengthBytes);
    return startMissing;
  }

  private boolean gapInLength(long lengthBytes, MissingCause cause) {
    if (lengthBytes < 0) {
      message.missing(-1, cause);
      finish(State.SKIP, reached);
      return false;
    }
    long missing = Math.min(lengthBytes, remaining);
    message.missing(missing, cause);
    remaining -= missing;
    if (remaining > 0) {
      return false;
    }
    finish(missing == lengthBytes ? State.START : State.SKIP, reached + missing);
    return missing < lengthBytes;
  }

  /** Says that bytes of the other direction moved since the last call. */
  public final void turn() {
    if (state == State.SKIP) {
      startAllowed = true;
    } else if (state == State.TRY && scanner.lines() == 0) {
      outsideMessages += carryLength;
      state = State.SKIP;
      startAllowed = true;
    }
  }

  /** Says that what follows is another protocol: {@link #feed} takes no more bytes. */
  public final void stop() {
    if (state == State.HEAD || state == State.TRY) {
      outsideMessages += carryLength;
    }
    state = State.OPAQUE;
    paused = true;
  }

  /**
   * Says that nothing follows.
   *
   * @param closed whether the connection ended, rather than the recording
   */
  public final void end(boolean closed) {
    if (state == State.DOUBTED
        && (carryLength > 0 || bodyEvidence == MessageSink.BodyEvidence.LIKELY)) {
      replayDoubted(false);
    }
    switch (state) {
      case HEAD, TRY -> {
        if (scanner.lines() > 0) {
          cutHead(reached);
        } else {
          outsideMessages += carryLength;
        }
      }
      case LENGTH, CHUNKED -> {
        message.truncated = true;
        finish(State.OPAQUE, reached);
      }
      case DOUBTED -> endWithoutBody(State.OPAQUE);
      case CLOSE -> {
        message.truncated = !closed;
        finish(State.OPAQUE, reached);
      }
      case START, SKIP, OPAQUE -> {
        // No message is open.
      }
    }
    state = State.OPAQUE;
  }

  /** Returns whether no message is open and the next byte begins one. */
  public final boolean atBoundary() {
    return state == State.START;
  }

  /** Returns whether a head has begun and not ended. */
  public final boolean isInHead() {
    return (state == State.HEAD || state == State.TRY) && carryLength > 0;
  }

  /** Returns whether it is not known what the next byte belongs to. */
  public final boolean isLost() {
    return state == State.SKIP || state == State.TRY;
  }

  /** Returns how many bytes became part of messages that have ended. */
  public final long inMessages() {
    return inMessages;
  }

  /** Returns how many bytes belong to no message. */
  public final long outsideMessages() {
    return outsideMessages;
  }

  /** Returns how many of these are not the empty lines that may stand between messages. */
  public final long strayBytes() {
    return outsideMessages - blankLineBytes;
  }
}
