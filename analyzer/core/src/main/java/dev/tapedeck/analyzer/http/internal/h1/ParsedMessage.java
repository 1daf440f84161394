// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.MessageBuilder;
import dev.tapedeck.analyzer.message.ByteTimes;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The message a parser is working on.
 *
 * <p><b>Ownership:</b> the parser's, used again for its next message; sinks copy what they keep.
 *
 * <p><b>Units and encoding:</b> positions in the stream; times in monotonic nanoseconds; offsets of
 * the start line's parts from the head's first byte.
 */
public final class ParsedMessage {
  long from;
  long to;
  long firstNanos;
  long lastNanos;

  /** The run that the head lies in, and where it does. */
  private Bytes headRun = Bytes.empty();

  private Bytes blankLines = Bytes.empty();

  private int headFrom;
  private int headTo;

  /** Null when nothing is odd about the head, so that they are found in it again. */
  @Nullable HeaderFields headers = HeaderFields.NONE;

  final StartLine startLine = new StartLine();
  final HeadFacts facts = new HeadFacts();
  final HeadMemory memory = new HeadMemory();
  Body.Framing framing = Body.Framing.NONE;
  final RopeBuilder framed = new RopeBuilder();
  final RopeBuilder wire = new RopeBuilder();
  HeaderFields trailers = HeaderFields.NONE;
  private @Nullable ByteTimes times;
  private long missingBytes;
  private boolean missingUnknown;
  private long intactWireBytes;
  private boolean lost;
  private boolean capped;
  boolean truncated;

  /** Whether the first chunk tells if the body is chunked. */
  boolean chunkedInDoubt;

  /** Whether the start line is one of HTTP/0.9. */
  boolean simple;

  private @Nullable List<Anomaly> anomalies;
  private long maxBodyBytes = Long.MAX_VALUE;
  private boolean handedOut = true;
  private boolean headDetached;

  /** Gives the message, which has ended, to the sink. */
  void handOut(MessageSink sink) {
    handedOut = true;
    sink.message(this);
  }

  /** Returns whether no message is open. */
  boolean isHandedOut() {
    return handedOut;
  }

  /** Forgets the message, which was none. */
  void discard() {
    handedOut = true;
    release();
  }

  /** Keeps so many bytes of each body from the next message on. */
  void keepAtMost(long bodyBytes) {
    maxBodyBytes = bodyBytes;
  }

  /** Lets go of the runs that it came in: copies what is kept of them. */
  void detach() {
    memory.forget();
    if (handedOut) {
      release();
      return;
    }
    if (!headDetached && headTo > headFrom) {
      Bytes own = head().detached();
      head(own, 0, own.length());
      headers = headers == null ? null : headers.over(own);
      headDetached = true;
    }
    framed.detach();
    wire.detach();
  }

  private void release() {
    head(Bytes.empty(), 0, 0);
    headers = HeaderFields.NONE;
    framed.clear(maxBodyBytes);
    wire.clear(maxBodyBytes);
    trailers = HeaderFields.NONE;
    anomalies = null;
  }

  /** Returns how many bytes the message keeps; none when it was handed out. */
  long heldBytes() {
    return handedOut ? 0 : headLength() + framed.keptBytes() + wire.keptBytes();
  }

  /** Keeps so many bytes of this body. */
  void cutBody(long bytes) {
    framed.keepAtMost(bytes);
    wire.keepAtMost(bytes);
  }

  private boolean isCut() {
    return framed.keptBytes() < framed.length();
  }

  /** Sets the empty lines that the message begins behind. */
  void behind(Bytes emptyLines) {
    blankLines = emptyLines;
  }

  void begin(long position, long nanos) {
    blankLines = Bytes.empty();
    from = position;
    to = position;
    firstNanos = nanos;
    lastNanos = nanos;
    head(Bytes.empty(), 0, 0);
    headers = HeaderFields.NONE;
    facts.clear();
    framing = Body.Framing.NONE;
    framed.clear(maxBodyBytes);
    wire.clear(maxBodyBytes);
    trailers = HeaderFields.NONE;
    times = null;
    missingBytes = 0;
    missingUnknown = false;
    intactWireBytes = Long.MAX_VALUE;
    lost = false;
    capped = false;
    truncated = false;
    chunkedInDoubt = false;
    simple = false;
    anomalies = null;
    handedOut = false;
    headDetached = false;
  }

  /** Forgets what was read of a head whose reading begins again. */
  void forgetHead() {
    facts.clear();
    anomalies = null;
  }

  /** Returns how many bytes it has. */
  long length() {
    return headLength() + framed.length();
  }

  private long wireLength() {
    return framing == Body.Framing.CHUNKED ? wire.length() : framed.length();
  }

  /** Returns whether the head says that the body is an event stream. */
  public boolean isEventStream() {
    return facts.eventStream;
  }

  /** Returns the body as far as it has come, after transfer decoding. */
  public ByteRope bodySoFar() {
    return framing == Body.Framing.CHUNKED ? wire.build() : framed.build();
  }

  /** Notes when the body had grown to what it is, where that is of interest. */
  void mark(long nanos) {
    if (facts.eventStream) {
      if (times == null) {
        times = new ByteTimes();
      }
      times.mark(wireLength(), nanos);
    }
  }

  /** Notes that bytes of the message are missing; a negative length is not known. */
  void missing(long lengthBytes, MissingCause cause) {
    if (lengthBytes == 0) {
      return;
    }
    if (intactWireBytes == Long.MAX_VALUE) {
      intactWireBytes = wireLength();
    }
    if (times != null) {
      times.gap(wireLength());
    }
    if (lengthBytes < 0) {
      missingUnknown = true;
    } else {
      missingBytes += lengthBytes;
    }
    lost |= cause == MissingCause.LOST;
    capped |= cause != MissingCause.LOST;
  }

  /** Returns whether nothing of the message is missing so far. */
  boolean isIntact() {
    return !missingUnknown && missingBytes == 0;
  }

  /** Notes how else the end of the body could have been read, and is by others. */
  void noteReadings() {
    boolean coded = facts.transferEncoding || facts.hiddenTransferEncoding;
    if (coded && framing == Body.Framing.CHUNKED) {
      if (facts.contentLength >= 0) {
        readings("chunked", "content-length " + facts.contentLength);
      } else if (chunkedInDoubt) {
        readings("chunked", "not chunked");
      }
    } else if (coded && framing != Body.Framing.NONE) {
      boolean counted = framing == Body.Framing.CONTENT_LENGTH;
      readings(counted ? "content-length " + facts.contentLength : "not chunked", "chunked");
    }
    if (facts.otherLength >= 0 && framing == Body.Framing.CONTENT_LENGTH) {
      readings("content-length " + facts.contentLength, "content-length " + facts.otherLength);
    }
  }

  private void readings(String taken, String other) {
    anomaly(AnomalyKind.AMBIGUOUS_FRAMING, taken + " or " + other);
  }

  void anomaly(AnomalyKind kind, String detail) {
    if (anomalies == null) {
      anomalies = new ArrayList<>(2);
    }
    Anomaly anomaly = new Anomaly(kind, detail);
    if (!anomalies.contains(anomaly)) {
      anomalies.add(anomaly);
    }
  }

  /** Returns the position of the message's first byte. */
  public long from() {
    return from;
  }

  /** Returns the position after the message's last byte. */
  public long to() {
    return to;
  }

  /** Returns when the first byte moved. */
  public long firstNanos() {
    return firstNanos;
  }

  /** Returns when the last byte moved. */
  public long lastNanos() {
    return lastNanos;
  }

  /** Sets where the head lies in a run. */
  void head(Bytes run, int from, int to) {
    headRun = run;
    headFrom = from;
    headTo = to;
  }

  /** Returns the empty lines that stand before its start line, outside of it; mostly none. */
  public Bytes blankLines() {
    return blankLines;
  }

  /** Returns the head as recorded, with the empty line that ends it. */
  public Bytes head() {
    return headRun.slice(headFrom, headTo);
  }

  /** Returns the length of the head in bytes. */
  public int headLength() {
    return headTo - headFrom;
  }

  /** Returns the array that holds the head, from {@link #headOffset} on; not to be changed. */
  public byte[] headArray() {
    return headRun.sharedArray();
  }

  /** Returns the index of the head's first byte in its array. */
  public int headOffset() {
    return headRun.sharedOffset() + headFrom;
  }

  /**
   * Returns head and framed body as one run; null when they do not lie behind one another, or the
   * framing takes more bytes than {@link MessageBuilder#inOneRun} takes.
   */
  public @Nullable Bytes inOneRun() {
    int bodyBytes = (int) Math.min(framed.keptBytes(), Integer.MAX_VALUE);
    if (bodyBytes == 0) {
      return head();
    }
    byte[] array = headRun.sharedArray();
    boolean decoded = framing == Body.Framing.CHUNKED && wire.keptBytes() > 0;
    if (!framed.liesAt(array, headOffset() + headLength()) || (decoded && !wire.liesIn(array))) {
      return null;
    }
    int to = headTo + bodyBytes;
    if (framing == Body.Framing.CHUNKED
        && (wireFrom() - headLength() > MessageBuilder.MAX_FRAME_BYTES
            || to - headFrom - wireTo() > MessageBuilder.MAX_FRAME_BYTES)) {
      return null;
    }
    return to <= headRun.length()
        ? headRun.slice(headFrom, to)
        : Bytes.wrap(array, headOffset(), to - headFrom);
  }

  /** Returns where the body after transfer decoding begins in {@link #inOneRun}. */
  public int wireFrom() {
    return framing == Body.Framing.CHUNKED && wire.keptBytes() > 0
        ? wire.from() - headOffset()
        : headLength();
  }

  /** Returns where the body after transfer decoding ends in {@link #inOneRun}. */
  public int wireTo() {
    RopeBuilder decoded = framing == Body.Framing.CHUNKED ? wire : framed;
    return wireFrom() + (int) decoded.keptBytes();
  }

  /** Returns where the parts of the start line are. */
  public StartLine startLine() {
    return startLine;
  }

  /** Returns what the header fields say about framing and connection. */
  public HeadFacts facts() {
    return facts;
  }

  /** Returns whether the start line is one of HTTP/0.9. */
  public boolean isSimple() {
    return simple;
  }

  /** Returns what ends the body. */
  public Body.Framing framing() {
    return framing;
  }

  /** Returns how many bytes of the body have come, as framed. */
  public long framedLength() {
    return framed.length();
  }

  /**
   * Returns the header fields; null when nothing is odd about the head, so that {@link
   * HeaderFields#inHead} finds them again.
   */
  public @Nullable HeaderFields headers() {
    return headers;
  }

  /** Returns the trailer fields. */
  public HeaderFields trailers() {
    return trailers;
  }

  /** Returns the bytes after the head. */
  public ByteRope framed() {
    return framed.build();
  }

  /**
   * Returns the body after transfer decoding.
   *
   * @param framedRope what {@link #framed()} returned
   */
  public ByteRope wire(ByteRope framedRope) {
    return framing == Body.Framing.CHUNKED ? wire.build() : framedRope;
  }

  /** Returns when the bytes of the wire body moved; null where that is of no interest. */
  public @Nullable ByteTimes times() {
    return times;
  }

  /** Returns how many bytes of the wire body lie before the first missing one. */
  public long intactWireBytes() {
    return isCut()
        ? Math.min(
            intactWireBytes,
            framing == Body.Framing.CHUNKED ? wire.keptBytes() : framed.keptBytes())
        : intactWireBytes;
  }

  /** Returns what is odd about the message. */
  public List<Anomaly> anomalies() {
    if (missingUnknown || missingBytes > 0) {
      Anomaly missing = Anomaly.missingBytes(missingUnknown ? -1 : missingBytes);
      anomaly(missing.kind(), missing.detail());
    }
    if (isCut()) {
      anomaly(AnomalyKind.LIMIT, "body " + framed.keptBytes() + " of " + framed.length());
    }
    return anomalies == null ? List.of() : anomalies;
  }

  /** Returns how much of the message was captured. */
  public Completeness completeness() {
    if (lost) {
      return Completeness.GAP;
    }
    if (capped || isCut()) {
      return Completeness.RECORDER_CAP;
    }
    return truncated ? Completeness.TRUNCATED_END : Completeness.COMPLETE;
  }
}
