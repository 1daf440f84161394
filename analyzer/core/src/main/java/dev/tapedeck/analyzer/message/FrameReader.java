// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one sender of a WebSocket connection from bytes, gaps and an end.
 *
 * <p>Sans-IO: any split of the same bytes gives the same messages.
 *
 * <pre>
 * state    bytes                           gap
 * HEADER   until it is whole; LOST when    LOST
 *          it cannot be one
 * PAYLOAD  counted                         counted; LOST beyond the frame, or of unknown length
 * LOST     held until frames are found     held bytes belong to nothing, LOST
 * </pre>
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> messages keep copies.
 */
final class FrameReader implements AutoCloseable {
  private static final int STEP_BYTES = 8 << 10;

  private enum State {
    HEADER,
    PAYLOAD,
    LOST
  }

  private final Role sender;
  private final DeflateParameters extensions;
  private final MessageLimits limits;
  private final LongUnaryOperator toEpochNanos;
  private final Consumer<StreamMessage> sink;
  private final FrameSearch search;
  private final @Nullable MessageInflater inflater;
  private final byte[] header = new byte[FrameHeader.MAX_HEADER_BYTES];
  private final byte[] step = new byte[STEP_BYTES];
  private State state;
  private int headerLength;
  private long headerPosition;
  private long headerNanos;
  private @Nullable FrameHeader frame;
  private @Nullable OpenMessage message;
  private @Nullable OpenMessage fragmented;
  private long remaining;
  private int maskOffset;
  private boolean startLost;
  private long reached;
  private long lastNanos;
  private long inMessages;
  private long outsideMessages;
  private boolean closed;

  /**
   * Makes a reader.
   *
   * @param fromStart whether the first byte begins a frame
   */
  FrameReader(
      Role sender,
      boolean fromStart,
      DeflateParameters extensions,
      MessageLimits limits,
      LongUnaryOperator toEpochNanos,
      Consumer<StreamMessage> sink) {
    this.sender = sender;
    this.extensions = extensions;
    this.limits = limits;
    this.toEpochNanos = toEpochNanos;
    this.sink = sink;
    this.search = new FrameSearch(sender == Role.CLIENT, extensions);
    this.inflater =
        extensions.mayDeflate()
            ? new MessageInflater(
                extensions.keepsWindow(sender), !fromStart, limits.maxDecodedBytes())
            : null;
    this.state = fromStart ? State.HEADER : State.LOST;
    this.startLost = !fromStart;
  }

  /** Takes bytes in; see {@link WebSocketConversation#data}. */
  void feed(Bytes run, long position, long startNanos, long endNanos) {
    int at = 0;
    while (at < run.length()) {
      switch (state) {
        case HEADER -> at = header(run, at, position, startNanos, endNanos);
        case PAYLOAD -> {
          int count = (int) Math.min(remaining, run.length() - at);
          payload(run, at, count);
          at += count;
          lastNanos = endNanos;
          reached = position + at;
          if (remaining == 0) {
            endFrame();
          }
        }
        case LOST -> {
          Bytes rest = run.slice(at, run.length());
          if (search.add(new FrameSearch.Run(rest, position + at, startNanos, endNanos))) {
            found();
          }
          at = run.length();
        }
      }
    }
  }

  private void found() {
    outsideMessages += search.skippedBytes();
    state = State.HEADER;
    headerLength = 0;
    for (FrameSearch.Run held : search.take()) {
      feed(held.bytes(), held.position(), held.startNanos(), held.endNanos());
    }
  }

  private int header(Bytes run, int from, long position, long startNanos, long endNanos) {
    if (headerLength == 0) {
      headerPosition = position + from;
      headerNanos = startNanos;
    }
    int at = from;
    FrameHeader read = null;
    while (at < run.length() && read == null) {
      header[headerLength++] = run.get(at++);
      read = FrameHeader.read(header, 0, headerLength);
    }
    reached = position + at;
    lastNanos = endNanos;
    if (read != null) {
      headerLength = 0;
      if (FrameSearch.isPossible(read, extensions)) {
        inMessages += read.headerBytes();
        begin(read);
      } else {
        outsideMessages += read.headerBytes();
        lose(false);
      }
    }
    return at;
  }

  private void begin(FrameHeader read) {
    frame = read;
    remaining = read.payloadBytes();
    maskOffset = 0;
    state = State.PAYLOAD;
    OpenMessage target = target(read);
    message = target;
    target.frame();
    target.raw(header, read.headerBytes());
    if (read.masked() != (sender == Role.CLIENT)) {
      target.odd(read.masked() ? "masked by the server" : "not masked by the client");
    }
    if (read.isLengthPadded()) {
      target.odd("length not minimal");
    }
    if (closed && !read.isControl()) {
      target.odd("message after close");
    }
    if (read.isControl()) {
      closed |= read.opcode() == FrameHeader.CLOSE;
      if (!read.fin()) {
        target.odd("fragmented control frame");
      }
      if (remaining > FrameHeader.MAX_CONTROL_BYTES) {
        target.odd("long control frame");
      }
    }
    if (remaining == 0) {
      endFrame();
    }
  }

  private OpenMessage target(FrameHeader read) {
    if (read.opcode() == FrameHeader.CONTINUATION) {
      if (fragmented == null) {
        fragmented = continuationOfNothing();
      }
      if (read.reserved() != 0) {
        fragmented.odd("reserved bits");
      }
      return fragmented;
    }
    boolean compressed =
        inflater != null && !read.isControl() && (read.reserved() & FrameHeader.RSV1) != 0;
    OpenMessage opened = open(kind(read.opcode()), compressed);
    if (read.reserved() != 0 && !(compressed && read.reserved() == FrameHeader.RSV1)) {
      opened.odd("reserved bits");
    }
    if (!read.isKnownOpcode()) {
      opened.odd("opcode " + read.opcode());
    }
    if (read.isControl()) {
      return opened;
    }
    startLost = false;
    if (fragmented != null) {
      fragmented.odd("ended by another message");
      finish(fragmented, false);
    }
    fragmented = opened;
    if (compressed && inflater != null) {
      inflater.begin();
    }
    return opened;
  }

  /** Behind a gap it is the rest of a message whose first frame is lost. */
  private OpenMessage continuationOfNothing() {
    OpenMessage rest = open(null, false);
    if (startLost) {
      rest.startMissing();
      if (inflater != null) {
        rest.anomaly(AnomalyKind.CONTENT_CODING, "nothing tells whether it is compressed");
        inflater.lose();
      }
      startLost = false;
    } else {
      rest.odd("continuation of nothing");
    }
    return rest;
  }

  private OpenMessage open(StreamMessage.@Nullable Kind kind, boolean compressed) {
    return new OpenMessage(
        kind,
        compressed,
        headerPosition,
        headerNanos,
        limits.maxMessageBytes(),
        sender == Role.CLIENT ? limits.maxFrameBytes() : 0);
  }

  private static StreamMessage.@Nullable Kind kind(int opcode) {
    return switch (opcode) {
      case FrameHeader.TEXT -> StreamMessage.Kind.TEXT;
      case FrameHeader.BINARY -> StreamMessage.Kind.BINARY;
      case FrameHeader.CLOSE -> StreamMessage.Kind.CLOSE;
      case FrameHeader.PING -> StreamMessage.Kind.PING;
      case FrameHeader.PONG -> StreamMessage.Kind.PONG;
      default -> null;
    };
  }

  private void payload(Bytes run, int from, int count) {
    FrameHeader current = frame;
    OpenMessage target = message;
    remaining -= count;
    inMessages += count;
    if (current == null || target == null) {
      return;
    }
    target.wire(count);
    for (int done = 0; done < count; ) {
      int length = Math.min(step.length, count - done);
      run.copyTo(from + done, step, 0, length);
      target.raw(step, length);
      if (current.masked()) {
        unmask(step, length, current.maskKey());
      }
      if (!target.isCompressed() || inflater == null) {
        target.payload().add(step, 0, length);
      } else if (!target.misses()) {
        inflater.add(step, 0, length, target.payload());
      }
      done += length;
    }
  }

  /** RFC 6455, section 5.3. */
  private void unmask(byte[] bytes, int length, int key) {
    for (int i = 0; i < length; i++) {
      bytes[i] ^= (byte) (key >> (24 - 8 * (maskOffset & 3)));
      maskOffset++;
    }
    maskOffset &= 3;
  }

  private void endFrame() {
    FrameHeader ended = frame;
    OpenMessage target = message;
    frame = null;
    message = null;
    state = State.HEADER;
    headerLength = 0;
    if (ended == null || target == null) {
      return;
    }
    if (ended.isControl()) {
      finish(target, true);
    } else if (ended.fin()) {
      fragmented = null;
      finish(target, true);
    }
  }

  private void finish(OpenMessage target, boolean ended) {
    MessageInflater.Outcome outcome = null;
    if (target.isCompressed() && inflater != null) {
      if (ended && !target.misses()) {
        outcome = inflater.finish(target.payload());
      } else {
        inflater.lose();
      }
    }
    sink.accept(target.build(sender, outcome, ended, reached, lastNanos, toEpochNanos));
  }

  /**
   * Takes a gap in.
   *
   * @param lengthBytes how many bytes are missing; −1 when not known
   */
  void gap(long lengthBytes, MissingCause cause) {
    OpenMessage target = message;
    if (state == State.PAYLOAD && target != null) {
      if (lengthBytes >= 0 && lengthBytes <= remaining) {
        target.missing(lengthBytes, cause);
        remaining -= lengthBytes;
        maskOffset = (int) ((maskOffset + lengthBytes) & 3);
        reached += lengthBytes;
        if (remaining == 0) {
          endFrame();
        }
        return;
      }
      target.missing(lengthBytes < 0 ? -1 : remaining, cause);
    } else if (state == State.HEADER) {
      outsideMessages += headerLength;
    }
    if (fragmented != null && fragmented != target) {
      fragmented.missing(-1, cause);
    }
    lose(true);
  }

  /** It is not known any more where frames begin. */
  private void lose(boolean atGap) {
    outsideMessages += search.heldBytes();
    search.restart(atGap);
    OpenMessage control = message != fragmented ? message : null;
    if (control != null) {
      finish(control, false);
    }
    if (fragmented != null) {
      finish(fragmented, false);
    }
    if (inflater != null) {
      inflater.lose();
    }
    message = null;
    fragmented = null;
    frame = null;
    headerLength = 0;
    startLost = true;
    state = State.LOST;
  }

  /** Says that nothing follows. */
  void end() {
    if (state == State.LOST && search.end()) {
      found();
    }
    outsideMessages += headerLength;
    lose(false);
  }

  /** Lets go of the runs that were fed: copies what is held of them. */
  void detach() {
    search.detach();
  }

  /** Returns how many bytes are kept for what is open. */
  long keptBytes() {
    long kept = search.keptBytes();
    kept += fragmented == null ? 0 : fragmented.keptBytes();
    return message == null || message == fragmented ? kept : kept + message.keptBytes();
  }

  /** Keeps so many bytes of the messages that are open. */
  void keepAtMost(int bytes) {
    if (fragmented != null) {
      fragmented.keepAtMost(bytes);
    }
    if (message != null) {
      message.keepAtMost(bytes);
    }
  }

  /** Returns whether it is not known where frames begin. */
  boolean isLost() {
    return state == State.LOST;
  }

  long inMessages() {
    return inMessages;
  }

  long outsideMessages() {
    return outsideMessages;
  }

  @Override
  public void close() {
    if (inflater != null) {
      inflater.close();
    }
  }
}
