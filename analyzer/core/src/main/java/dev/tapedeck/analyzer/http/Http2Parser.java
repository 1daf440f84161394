// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.http.internal.h2.FieldBlock;
import dev.tapedeck.analyzer.http.internal.h2.Frame;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads both directions of an HTTP/2 connection (RFC 9113) and makes an exchange of each stream.
 *
 * <p>Frames of a stream belong together by its number, whatever was lost between them; of what may
 * have been lost nothing is claimed.
 *
 * <p>Frames of the connection itself, and those that steer streams, are outside messages.
 *
 * <p><b>Limits:</b> {@value #MAX_OPEN_STREAMS} streams may be open, beyond which the oldest ends
 * with a LIMIT anomaly; {@value #MAX_WAITING} finished exchanges wait for an older one, beyond
 * which they go before it.
 *
 * <p><b>Lifecycle, threads, ownership:</b> as {@link ProtocolParser}.
 */
final class Http2Parser implements ProtocolParser, Http2Side.Owner {
  private static final int MAX_OPEN_STREAMS = 16384;
  private static final int MAX_WAITING = 1024;
  private static final int MAX_CLOSED_REMEMBERED = 4096;

  /** For longer nothing stays on its way that was sent to a stream before it was reset. */
  private static final long MAX_IN_FLIGHT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** RFC 9113, section 6.5.2. */
  private static final int SETTINGS_HEADER_TABLE_SIZE = 1;

  private static final int INFORMATIONAL_FROM = 100;
  private static final int INFORMATIONAL_TO = 199;
  private static final List<String> ERRORS =
      List.of(
          "NO_ERROR",
          "PROTOCOL_ERROR",
          "INTERNAL_ERROR",
          "FLOW_CONTROL_ERROR",
          "SETTINGS_TIMEOUT",
          "STREAM_CLOSED",
          "FRAME_SIZE_ERROR",
          "REFUSED_STREAM",
          "CANCEL",
          "COMPRESSION_ERROR",
          "CONNECT_ERROR",
          "ENHANCE_YOUR_CALM",
          "INADEQUATE_SECURITY",
          "HTTP_1_1_REQUIRED");

  private final SessionContext session;
  private final Consumer<Exchange> sink;
  private final Http2Bodies bodies;
  private final long maxBodyBytes;
  private final Http2Side requests;
  private final Http2Side responses;
  private final Map<Integer, Http2Stream> open = new HashMap<>();
  private final ArrayDeque<Http2Stream> order = new ArrayDeque<>();
  private final Map<Integer, Boolean> closed = new LinkedHashMap<>();

  /** Open streams whose server needs no more of the request, in the order in which it said so. */
  private final Set<Http2Stream> unneeded = new LinkedHashSet<>();

  private final List<Anomaly> anomalies = new ArrayList<>(0);
  private final @Nullable Runnable upgradeDone;
  private int newestRequestStream;
  private int newestStream;
  private int nextIndex;
  private int sweepAt = MAX_WAITING;
  private @Nullable Exchange previous;

  /**
   * Makes a parser of a connection.
   *
   * @param requestsFromStart whether the preface is, or comes, first
   * @param responsesFromStart whether the server's first frame comes first
   */
  Http2Parser(
      AnalyzerOptions options,
      SessionContext session,
      boolean requestsFromStart,
      boolean responsesFromStart,
      Consumer<Exchange> sink) {
    this(options, session, requestsFromStart, responsesFromStart, sink, null);
  }

  private Http2Parser(
      AnalyzerOptions options,
      SessionContext session,
      boolean requestsFromStart,
      boolean responsesFromStart,
      Consumer<Exchange> sink,
      @Nullable ProtocolSwitch upgrade) {
    this.session = session;
    this.sink = sink;
    this.bodies = new Http2Bodies(options);
    this.maxBodyBytes = options.maxBodyBytes();
    this.requests = new Http2Side(true, requestsFromStart, options, this);
    this.responses = new Http2Side(false, responsesFromStart, options, this);
    this.upgradeDone = upgrade == null ? null : upgrade.changed();
    if (upgrade != null) {
      // RFC 7540, section 3.2: the request of the upgrade is stream 1, which it half closes.
      Http2Stream first = new Http2Stream(1, upgrade.exchange(), maxBodyBytes);
      first.request.end();
      open.put(first.id, first);
      order.add(first);
      newestRequestStream = first.id;
      newestStream = first.id;
      nextIndex = upgrade.nextIndex();
    }
  }

  /** Returns the parser of what follows an upgrade to h2c (RFC 7540, section 3.2). */
  static Http2Parser afterUpgrade(ProtocolSwitch upgrade) {
    OpenExchange exchange = upgrade.exchange();
    if (exchange.response != null) {
      exchange.addInterim(exchange.response);
    }
    exchange.response = null;
    exchange.responseDone = false;
    return new Http2Parser(
        upgrade.options(), upgrade.session(), true, true, upgrade.sink(), upgrade);
  }

  @Override
  public void data(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    side(request).reader().feed(run, position, startNanos, endNanos);
  }

  @Override
  public void gap(boolean request, long lengthBytes, MissingCause cause) {
    side(request).reader().gap(lengthBytes, cause);
  }

  private Http2Side side(boolean request) {
    return request ? requests : responses;
  }

  @Override
  public void end(boolean isClosed) {
    requests.end();
    responses.end();
    for (Http2Stream stream : open.values()) {
      finish(stream);
    }
    open.clear();
    emit();
  }

  @Override
  public long inMessages(boolean request) {
    return side(request).inMessages();
  }

  @Override
  public long outsideMessages(boolean request) {
    return side(request).outsideMessages();
  }

  @Override
  public long strayBytes(boolean request) {
    return side(request).reader().strayBytes();
  }

  @Override
  public void detach() {
    requests.detach();
    responses.detach();
    for (Http2Stream stream : order) {
      stream.detach();
    }
  }

  @Override
  public long heldBytes() {
    long held = requests.heldBytes() + responses.heldBytes();
    for (Http2Stream stream : order) {
      held += stream.heldBytes();
    }
    return held;
  }

  /** What is done waits for nothing; bodies are cut, and the oldest streams end if need be. */
  @Override
  public void relieve(long keptBytes) {
    giveUpUnneeded(Long.MAX_VALUE);
    sweep();
    long share = keptBytes / 2 / Math.max(1, order.size());
    for (Http2Stream stream : order) {
      if (stream.heldBytes() > share) {
        stream.cutBodies(share / 4);
      }
    }
    long held = heldBytes();
    while (held > keptBytes && !order.isEmpty()) {
      held -= order.getFirst().heldBytes();
      endOldest();
    }
  }

  /** Returns what is odd about the connection. */
  List<Anomaly> anomalies() {
    return anomalies;
  }

  private void anomaly(AnomalyKind kind, String detail) {
    Anomaly anomaly = new Anomaly(kind, detail);
    if (!anomalies.contains(anomaly)) {
      anomalies.add(anomaly);
    }
  }

  /** Returns the stream, which begins here if it is new; null when it has ended before. */
  private @Nullable Http2Stream stream(int id) {
    Http2Stream known = open.get(id);
    if (known != null) {
      return known;
    }
    if (closed.containsKey(id)) {
      return null;
    }
    if (open.size() == MAX_OPEN_STREAMS) {
      giveUpUnneeded(Long.MAX_VALUE);
    }
    if (open.size() == MAX_OPEN_STREAMS) {
      endOldest();
    }
    newestStream = Math.max(newestStream, id);
    Http2Stream stream = new Http2Stream(id, null, maxBodyBytes);
    open.put(id, stream);
    order.add(stream);
    return stream;
  }

  private void endOldest() {
    for (Http2Stream stream : order) {
      if (!stream.done) {
        stream.anomaly(AnomalyKind.LIMIT, "open streams");
        finish(stream);
        close(stream);
        emit();
        return;
      }
    }
  }

  @Override
  public int newestStream() {
    return newestStream;
  }

  @Override
  public boolean headers(Http2Side side, List<Frame> frames, FieldBlock fields) {
    Frame first = frames.get(0);
    if (first.type() == Frame.PUSH_PROMISE) {
      return promise(side, frames, fields);
    }
    moved(side, first);
    Http2Stream stream = stream(first.streamId());
    if (stream == null) {
      return false;
    }
    if (side.isRequest()) {
      newestRequestStream = Math.max(newestRequestStream, stream.id);
    }
    Http2Message message = side.isRequest() ? stream.request : stream.response;
    if (message.hasEnded()) {
      stream.anomaly(AnomalyKind.FRAME, "header block behind the end");
      return false;
    }
    if (!side.isRequest() && message.hasHead() && isInterim(message, first, fields)) {
      if (!stream.nextResponse()) {
        return false;
      }
      message = stream.response;
    }
    boolean late = side.isLate();
    if (message.hasHead() || isTrailers(side, message, first, fields)) {
      message.trailers(frames, fields, late);
    } else {
      message.head(frames, fields, late);
      if (GrpcView.isGrpc(message.headers())) {
        message.keepTimes();
      }
      stream.follow();
    }
    if (side.isBlockBroken()) {
      message.anomaly(AnomalyKind.FRAME, "header block");
    }
    ended(side, stream, message, first, side.isBlockMissing(), side.isBlockCapped());
    return true;
  }

  /** What came before was no final answer when another one follows (RFC 9113, section 8.1). */
  private static boolean isInterim(Http2Message message, Frame first, FieldBlock fields) {
    boolean informational =
        message.status() >= INFORMATIONAL_FROM && message.status() <= INFORMATIONAL_TO;
    boolean answers =
        fields.size() > 0 && (fields.isPseudo(0) || (!first.endsStream() && !message.hasData()));
    return informational || (message.status() == 0 && answers && !message.hasData());
  }

  /**
   * A block that belongs to a message whose head is missing is its trailers when it says so: they
   * end the stream and have no pseudo-header fields (RFC 9113, section 8.1).
   */
  private static boolean isTrailers(
      Http2Side side, Http2Message message, Frame first, FieldBlock fields) {
    if (!side.isLossy() || !first.endsStream()) {
      return false;
    }
    return message.hasData() || (fields.size() > 0 && fields.isNameKnown(0) && !fields.isPseudo(0));
  }

  private boolean promise(Http2Side side, List<Frame> frames, FieldBlock fields) {
    Frame first = frames.get(0);
    int promised = first.promisedStreamId();
    Http2Stream stream = promised == 0 ? null : stream(promised);
    if (stream == null || stream.request.hasBegun()) {
      return false;
    }
    stream.request.head(frames, fields, side.isLate());
    stream.request.end();
    stream.anomaly(AnomalyKind.PUSHED, "promised on stream " + first.streamId());
    if (side.isBlockMissing()) {
      stream.request.missing(-1, side.isBlockCapped());
    }
    settle(stream);
    return true;
  }

  @Override
  public boolean data(Http2Side side, Frame frame) {
    moved(side, frame);
    Http2Stream stream = stream(frame.streamId());
    if (stream == null) {
      return false;
    }
    if (side.isRequest()) {
      newestRequestStream = Math.max(newestRequestStream, stream.id);
    }
    Http2Message message = side.isRequest() ? stream.request : stream.response;
    if (message.hasEnded()) {
      stream.anomaly(AnomalyKind.FRAME, "data behind the end");
      return false;
    }
    if (!message.hasBegun() && side.hadGap()) {
      message.missing(-1, false);
    }
    message.data(frame, side.isEnding());
    ended(side, stream, message, frame, false, false);
    return true;
  }

  private void ended(
      Http2Side side,
      Http2Stream stream,
      Http2Message message,
      Frame frame,
      boolean missing,
      boolean capped) {
    if (missing && side.isEnding()) {
      message.truncate();
    } else if (missing) {
      message.missing(-1, capped);
    }
    if (frame.endsStream()) {
      message.end();
      settle(stream);
    }
  }

  @Override
  public void control(Http2Side side, Frame frame) {
    moved(side, frame);
    switch (frame.type()) {
      case Frame.SETTINGS -> {
        long tableBytes = frame.isAck() ? -1 : frame.setting(SETTINGS_HEADER_TABLE_SIZE);
        if (tableBytes >= 0) {
          side(!side.isRequest()).decoder().allow(tableBytes);
        }
      }
      case Frame.RST_STREAM -> reset(side, frame);
      case Frame.GOAWAY -> {
        long code = frame.errorCode();
        if (code != 0) {
          anomaly(AnomalyKind.STREAM_RESET, who(side) + " goes away: " + name(code));
        }
      }
      default -> {
        // Says nothing about messages.
      }
    }
  }

  private static String who(Http2Side side) {
    return side.isRequest() ? "client" : "server";
  }

  private static String name(long code) {
    if (code < 0) {
      return "unknown";
    }
    return code < ERRORS.size() ? ERRORS.get((int) code) : "error " + code;
  }

  /** What a client sent before it heard that it is not needed has come by now. */
  private void moved(Http2Side side, Frame frame) {
    if (!side.isRequest() || unneeded.isEmpty()) {
      return;
    }
    Http2Stream own = open.get(frame.streamId());
    if (own != null && unneeded.remove(own)) {
      own.neededUntilNanos = frame.lastNanos();
      unneeded.add(own);
    }
    giveUpUnneeded(frame.firstNanos() - MAX_IN_FLIGHT_NANOS);
  }

  /** Ends the streams of which nothing came since then. */
  private void giveUpUnneeded(long nanos) {
    while (!unneeded.isEmpty()) {
      Http2Stream first = unneeded.iterator().next();
      if (first.neededUntilNanos >= nanos) {
        return;
      }
      finish(first);
      close(first);
      emit();
    }
  }

  /**
   * RFC 9113, section 6.4: nothing more comes, from either side. But what a client sent before it
   * heard of it does come (section 5.1, "closed"), and is a part of a request that was answered.
   */
  private void reset(Http2Side side, Frame frame) {
    Http2Stream stream = open.get(frame.streamId());
    if (stream == null) {
      remember(frame.streamId());
      return;
    }
    // After a whole answer NO_ERROR says that the rest of the request is not needed (8.1).
    boolean known = unneeded.contains(stream);
    boolean harmless = known || (frame.errorCode() == 0 && stream.response.hasEnded());
    if (!harmless) {
      stream.anomaly(AnomalyKind.STREAM_RESET, who(side) + ": " + name(frame.errorCode()));
    } else if (!known && !side.isRequest()) {
      stream.neededUntilNanos = frame.lastNanos();
      unneeded.add(stream);
      settle(stream);
      return;
    }
    if (stream.hasMessages() || stream.upgraded != null) {
      finish(stream);
    } else {
      order.remove(stream);
    }
    close(stream);
    emit();
  }

  @Override
  public void lost(Http2Side side, boolean capped) {
    for (Http2Stream stream : order) {
      if (stream.done) {
        continue;
      }
      Http2Message message = side.isRequest() ? stream.request : stream.response;
      if (message.hasBegun() && !message.hasEnded()) {
        message.missing(-1, capped);
      }
      stream.responseMayBeLost |= !side.isRequest() && !message.hasBegun();
    }
    for (Http2Stream stream : List.copyOf(open.values())) {
      settle(stream);
    }
  }

  /** Closes a stream when no more of it can come. */
  private void settle(Http2Stream stream) {
    boolean requestOver = stream.request.mayHaveEnded();
    if (!stream.request.hasBegun() && stream.upgraded == null) {
      // Streams are opened in ascending order: a later one has begun, so this request is missing.
      requestOver = requests.isLossy() && stream.id < newestRequestStream;
    }
    if (stream.response.hasEnded() && requestOver) {
      stream.done = true;
      close(stream);
      emit();
    }
  }

  /** Ends what is open of a stream. */
  private void finish(Http2Stream stream) {
    stream.done = true;
    if (!stream.request.hasEnded()) {
      stream.request.truncate();
    }
    if (!stream.response.hasEnded()) {
      stream.response.truncate();
    }
  }

  private void close(Http2Stream stream) {
    open.remove(stream.id);
    unneeded.remove(stream);
    remember(stream.id);
  }

  private void remember(int id) {
    closed.put(id, Boolean.TRUE);
    if (closed.size() > MAX_CLOSED_REMEMBERED) {
      closed.remove(closed.keySet().iterator().next());
    }
  }

  private void emit() {
    Http2Stream first = order.peekFirst();
    while (first != null && first.done) {
      order.removeFirst();
      emit(first);
      first = order.peekFirst();
    }
    if (order.size() >= sweepAt) {
      sweep();
    }
  }

  private void sweep() {
    ArrayDeque<Http2Stream> left = new ArrayDeque<>();
    for (Http2Stream stream : order) {
      if (stream.done) {
        emit(stream);
      } else {
        left.add(stream);
      }
    }
    order.clear();
    order.addAll(left);
    sweepAt = MAX_WAITING + 2 * order.size();
  }

  private void emit(Http2Stream stream) {
    if (stream.upgraded != null && upgradeDone != null) {
      stream.answer(stream.upgraded, bodies, session);
      upgradeDone.run();
      return;
    }
    Exchange exchange = stream.build(session, bodies, nextIndex++, requests.hadGap(), previous);
    previous = exchange;
    sink.accept(exchange);
  }
}
