// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.http.internal.h1.RopeBuilder;
import dev.tapedeck.analyzer.http.internal.h2.FieldBlock;
import dev.tapedeck.analyzer.http.internal.h2.Frame;
import dev.tapedeck.analyzer.message.ByteTimes;
import dev.tapedeck.analyzer.message.EventStream;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** One direction of an HTTP/2 stream: a message whose frames are still coming. */
final class Http2Message {
  static final String VERSION = "HTTP/2";

  private static final int NO_CONTENT_LENGTH = -1;
  private static final int NOT_MODIFIED = 304;

  private final long maxBodyBytes;
  private final RopeBuilder head = new RopeBuilder();
  private final RopeBuilder framed = new RopeBuilder();
  private final RopeBuilder wire = new RopeBuilder();
  private @Nullable DataTimes times;
  private @Nullable DataPieces pieces;
  private String method = "";
  private String target = "";
  private @Nullable String authority;
  private @Nullable String protocol;
  private @Nullable ByteTimes eventTimes;
  private int status;
  private HeaderFields headers = HeaderFields.NONE;
  private HeaderFields trailers = HeaderFields.NONE;
  private List<Anomaly> anomalies = List.of();
  private boolean begun;
  private boolean headSeen;
  private boolean ended;

  /** Fields are open that were sent before the recording; or the head was. */
  private boolean startMissing;

  private boolean lost;
  private boolean capped;
  private boolean truncated;
  private boolean missingUnknown;
  private long missingBytes;
  private long intactWireBytes = Long.MAX_VALUE;
  private long from;
  private long to;
  private long firstNanos;
  private long lastNanos;

  /**
   * Makes a message.
   *
   * @param maxBodyBytes most bytes of the body that are kept
   */
  Http2Message(long maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
    framed.clear(maxBodyBytes);
    wire.clear(maxBodyBytes);
  }

  /** Lets go of the blocks that it lies in. */
  void detach() {
    head.detach();
    framed.detach();
    wire.detach();
    if (pieces != null) {
      pieces.detach();
    }
  }

  /** Returns how many bytes it keeps. */
  long heldBytes() {
    long held = head.keptBytes() + framed.keptBytes() + wire.keptBytes();
    return pieces == null ? held : held + pieces.keptBytes();
  }

  /** Keeps so many bytes of what the body is made of, as recorded and as decoded. */
  void cutBody(long bytes) {
    framed.keepAtMost(bytes);
    wire.keepAtMost(bytes);
    if (pieces != null) {
      pieces.keepAtMost(bytes);
    }
  }

  private boolean isCut() {
    return framed.keptBytes() < framed.length();
  }

  private long intactWireBytes() {
    return isCut() ? Math.min(intactWireBytes, wire.keptBytes()) : intactWireBytes;
  }

  boolean hasBegun() {
    return begun;
  }

  boolean hasHead() {
    return headSeen;
  }

  boolean hasData() {
    return framed.length() > 0;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Returns whether frames of it may be missing, its end among them. */
  boolean mayHaveEnded() {
    return ended || missingUnknown;
  }

  int status() {
    return status;
  }

  String method() {
    return method;
  }

  /** Returns the {@code :protocol} of an extended CONNECT (RFC 8441); null when there is none. */
  @Nullable String protocol() {
    return protocol;
  }

  long firstNanos() {
    return firstNanos;
  }

  void end() {
    ended = true;
  }

  void anomaly(AnomalyKind kind, String detail) {
    Anomaly anomaly = new Anomaly(kind, detail);
    if (!anomalies.contains(anomaly)) {
      List<Anomaly> list = new ArrayList<>(anomalies);
      list.add(anomaly);
      anomalies = list;
    }
  }

  private void moved(Frame frame) {
    if (!begun) {
      begun = true;
      from = frame.position();
      firstNanos = frame.firstNanos();
    }
    to = frame.position() + Frame.HEADER_BYTES + frame.lengthBytes();
    lastNanos = Math.max(lastNanos, frame.lastNanos());
  }

  private static void addTo(RopeBuilder rope, ByteRope bytes) {
    for (Bytes run : bytes.segments()) {
      rope.add(run, 0, run.length());
    }
  }

  /**
   * Takes the head.
   *
   * @param frames that it came in
   * @param late whether what is not known of it was sent before the recording
   */
  void head(List<Frame> frames, FieldBlock block, boolean late) {
    for (Frame frame : frames) {
      moved(frame);
      addTo(head, frame.raw());
    }
    headSeen = true;
    headers = block.snapshot();
    for (int i = 0; i < block.size(); i++) {
      if (block.isPseudo(i) && block.isValueKnown(i)) {
        pseudo(block.name(i), block.value(i));
      }
    }
    HeaderField type = headers.first("content-type");
    if (type != null && type.isValueKnown() && EventStream.isNamedBy(type.value())) {
      eventTimes = new ByteTimes();
    }
    note(block, late);
  }

  private void pseudo(String name, String value) {
    switch (name) {
      case ":method" -> method = value;
      case ":path" -> target = value;
      case ":authority" -> authority = value;
      case ":protocol" -> protocol = value;
      case ":status" -> status = status(value);
      case ":scheme" -> {
        // The connection's is known from how its bytes were taken.
      }
      default -> anomaly(AnomalyKind.HEADER_SYNTAX, "pseudo-header field");
    }
  }

  private int status(String value) {
    if (value.length() == 3 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Integer.parseInt(value);
    }
    anomaly(AnomalyKind.START_LINE, ":status");
    return 0;
  }

  private void note(FieldBlock block, boolean late) {
    if (block.isMalformed()) {
      anomaly(AnomalyKind.HPACK, "malformed");
      lost = true;
    }
    if (block.isOverLimit()) {
      anomaly(AnomalyKind.LIMIT, "header fields");
    }
    if (block.unknownFields() > 0) {
      anomaly(AnomalyKind.HPACK, block.unknownFields() + " fields not captured");
      startMissing |= late;
      lost |= !late;
    }
  }

  /** Takes the trailers. */
  void trailers(List<Frame> frames, FieldBlock block, boolean late) {
    for (Frame frame : frames) {
      moved(frame);
      addTo(framed, frame.raw());
    }
    trailers = block.snapshot();
    for (int i = 0; i < block.size(); i++) {
      if (block.isPseudo(i)) {
        anomaly(AnomalyKind.HEADER_SYNTAX, "pseudo-header field in trailers");
      }
    }
    note(block, late);
  }

  /**
   * Takes a frame of the body.
   *
   * @param ending whether what is missing of it had not moved when the capture ended
   */
  void data(Frame frame, boolean ending) {
    moved(frame);
    addTo(framed, frame.raw());
    ByteRope content = frame.content();
    if (content == null) {
      anomaly(AnomalyKind.FRAME, "padding");
      return;
    }
    if (!frame.isWhole() && intactWireBytes == Long.MAX_VALUE) {
      intactWireBytes = wire.length() + Math.min(frame.intactBytes(), content.length());
    }
    if (eventTimes != null && !frame.isWhole() && !ending) {
      eventTimes.gap(wire.length() + Math.min(frame.intactBytes(), content.length()));
    }
    addTo(wire, content);
    if (eventTimes != null) {
      eventTimes.mark(wire.length(), frame.lastNanos());
    }
    if (times != null) {
      times.add(wire.length(), frame.firstNanos(), frame.lastNanos());
    }
    long missing = 0;
    if (!frame.isWhole() && ending) {
      truncated = true;
    } else if (!frame.isWhole()) {
      int bytes = frame.dataBytes();
      missing = bytes < 0 ? -1 : bytes - content.length();
      lose(missing, frame.capped());
    }
    if (pieces != null) {
      addPieces(pieces, frame, content, missing);
    }
  }

  /** A frame's bytes are put together where others of it are missing. */
  private static void addPieces(
      DataPieces pieces, Frame frame, ByteRope content, long missingBytes) {
    int intact =
        (int) Math.min(frame.isWhole() ? content.length() : frame.intactBytes(), content.length());
    boolean inside = intact < content.length();
    Bytes bytes = content.toBytes();
    pieces.add(bytes.slice(0, intact), frame.firstNanos(), frame.lastNanos());
    if (missingBytes != 0) {
      pieces.gap(inside ? -1 : missingBytes, cause(frame.capped()));
    }
    pieces.add(bytes.slice(intact, bytes.length()), frame.firstNanos(), frame.lastNanos());
  }

  private static MissingCause cause(boolean byLimit) {
    return byLimit ? MissingCause.CAPPED : MissingCause.LOST;
  }

  /** Keeps from now on the pieces that the body comes in. */
  void keepPieces() {
    if (pieces == null) {
      pieces = new DataPieces(maxBodyBytes);
      if (missingUnknown || missingBytes > 0) {
        pieces.gap(-1, MissingCause.LOST);
      }
      pieces.add(wire.build().toBytes(), firstNanos, lastNanos);
    }
  }

  /** Returns the body's pieces; null when they are not kept. */
  @Nullable DataPieces pieces() {
    return pieces;
  }

  /** Keeps from now on when which bytes of the body moved. */
  void keepTimes() {
    times = new DataTimes();
  }

  /** Returns what is needed to find messages inside the body. */
  GrpcView.Part part(HttpMessage message) {
    return new GrpcView.Part(message, times, intactWireBytes());
  }

  /** Returns when the bytes of the body moved, if it is an event stream; else null. */
  @Nullable ByteTimes eventTimes() {
    return eventTimes;
  }

  /** Says that bytes of the message are missing; a negative length is not known. */
  void missing(long lengthBytes, boolean byLimit) {
    if (eventTimes != null) {
      eventTimes.gap(wire.length());
    }
    if (pieces != null) {
      pieces.gap(lengthBytes, cause(byLimit));
    }
    lose(lengthBytes, byLimit);
  }

  private void lose(long lengthBytes, boolean byLimit) {
    if (lengthBytes == 0) {
      return;
    }
    if (intactWireBytes == Long.MAX_VALUE) {
      intactWireBytes = wire.length();
    }
    if (lengthBytes < 0) {
      missingUnknown = true;
    } else {
      missingBytes += lengthBytes;
    }
    lost |= !byLimit;
    capped |= byLimit;
  }

  /** Says that the capture or the connection ends in the message's middle. */
  void truncate() {
    truncated = true;
  }

  HeaderFields headers() {
    return headers;
  }

  HttpRequest request(Http2Bodies bodies, LongUnaryOperator toEpochNanos) {
    Body body = body(bodies, false);
    String host = authority;
    if (host == null) {
      HeaderField field = headers.first("host");
      host = field == null ? null : field.value();
    }
    // RFC 9113, section 8.5: CONNECT has no path, its authority is what it is for.
    String path = method.equals("CONNECT") && protocol == null && host != null ? host : target;
    return new HttpRequest(
        method,
        path,
        VERSION,
        host,
        head.build().toBytes(),
        headers,
        trailers,
        body,
        span(toEpochNanos),
        completeness(),
        anomalies());
  }

  HttpResponse response(Http2Bodies bodies, LongUnaryOperator toEpochNanos, boolean bodiless) {
    Body body = body(bodies, bodiless || status == NOT_MODIFIED);
    return new HttpResponse(
        status,
        "",
        VERSION,
        head.build().toBytes(),
        headers,
        trailers,
        body,
        span(toEpochNanos),
        completeness(),
        anomalies());
  }

  private MessageSpan span(LongUnaryOperator toEpochNanos) {
    return new MessageSpan(
        from, to, toEpochNanos.applyAsLong(firstNanos), toEpochNanos.applyAsLong(lastNanos));
  }

  private Body body(Http2Bodies bodies, boolean bodiless) {
    if (!bodiless && ended && !lost && !capped) {
      long announced = announcedLength();
      if (announced != NO_CONTENT_LENGTH && announced != wire.length()) {
        anomaly(AnomalyKind.CONTENT_LENGTH, announced + " announced, " + wire.length() + " came");
      }
    }
    return framed.length() == 0
        ? Body.NONE
        : bodies.body(framed.build(), wire.build(), intactWireBytes(), headers);
  }

  private long announcedLength() {
    HeaderField field = headers.first("content-length");
    if (field == null || field.value().isEmpty() || field.value().length() > 18) {
      return NO_CONTENT_LENGTH;
    }
    return field.value().chars().allMatch(c -> c >= '0' && c <= '9')
        ? Long.parseLong(field.value())
        : NO_CONTENT_LENGTH;
  }

  private List<Anomaly> anomalies() {
    if (missingUnknown || missingBytes > 0) {
      Anomaly missing = Anomaly.missingBytes(missingUnknown ? -1 : missingBytes);
      anomaly(missing.kind(), missing.detail());
    }
    if (isCut()) {
      anomaly(AnomalyKind.LIMIT, "body " + framed.keptBytes() + " of " + framed.length());
    }
    return anomalies;
  }

  private Completeness completeness() {
    if (lost) {
      return Completeness.GAP;
    }
    if (capped || isCut()) {
      return Completeness.RECORDER_CAP;
    }
    if (startMissing || !headSeen) {
      return Completeness.TRUNCATED_START;
    }
    return (truncated || !ended) && !hasAllAnnounced()
        ? Completeness.TRUNCATED_END
        : Completeness.COMPLETE;
  }

  /**
   * Returns whether all bytes are there that Content-Length tells of, and no trailers are to follow
   * (RFC 9110, section 6.6.2): readers close a stream or connection then, and the flag that ends
   * the message (RFC 9113, section 8.1) comes too late or never.
   */
  private boolean hasAllAnnounced() {
    return announcedLength() == wire.length() && headers.first("trailer") == null;
  }
}
