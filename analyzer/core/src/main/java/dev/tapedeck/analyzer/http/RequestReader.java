// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.http.internal.h1.ByteCounts;
import dev.tapedeck.analyzer.http.internal.h1.MessageSink;
import dev.tapedeck.analyzer.http.internal.h1.ParsedMessage;
import dev.tapedeck.analyzer.http.internal.h1.RequestParser;
import dev.tapedeck.format.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of a live HTTP/1 connection as the analyzer reads recorded ones.
 *
 * <p>Behind a CONNECT nothing is read: what follows it belongs to the tunnel, see {@link
 * #isTunnel}.
 *
 * <p><b>Lifecycle:</b> {@link #feed}, then {@link #poll} until null.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> requests keep views of the runs that were
 * fed.
 */
public final class RequestReader {
  private static final String CONNECT = "CONNECT";

  private final MessageFactory factory;
  private final RequestParser parser;
  private final Deque<HttpRequest> requests = new ArrayDeque<>();
  private long position;
  private Bytes behindTunnel = Bytes.empty();
  private boolean lost;
  private boolean tunnel;
  private boolean continueAwaited;
  private int openHeadBytes;

  /**
   * Makes a reader.
   *
   * @param options bounds of heads and bodies
   */
  public RequestReader(AnalyzerOptions options) {
    factory = new MessageFactory(options, LongUnaryOperator.identity());
    parser = new RequestParser(new Sink(), options.maxHeadBytes(), true, new ByteCounts());
  }

  /**
   * Takes bytes in.
   *
   * @param run the bytes, which the reader keeps
   * @param nanos when they came; the requests' times are in the same units
   */
  public void feed(Bytes run, long nanos) {
    int taken = parser.feed(run, position, nanos, nanos);
    position += taken;
    if (tunnel) {
      behindTunnel = run.slice(taken, run.length());
    } else {
      lost |= taken < run.length() || parser.isLost();
    }
  }

  /** Returns what was fed behind a CONNECT: the first bytes of the tunnel. */
  public List<Bytes> takeTunnelled() {
    List<Bytes> runs = new ArrayList<>();
    if (parser.isWaiting()) {
      runs.add(parser.takeWaiting());
    }
    runs.add(behindTunnel);
    behindTunnel = Bytes.empty();
    return runs;
  }

  /** Returns the next request; null when none is whole. */
  public @Nullable HttpRequest poll() {
    return requests.poll();
  }

  /** Returns whether bytes came that are no request. */
  public boolean isLost() {
    return lost;
  }

  /** Returns whether a CONNECT came. */
  public boolean isTunnel() {
    return tunnel;
  }

  /** Returns how many bytes of the open message's body have come. */
  public long openBodyBytes() {
    return parser.atBoundary() || openHeadBytes == 0 ? 0 : parser.bodyBytes();
  }

  /**
   * Returns whether the sender of the open message waits for an interim answer before it sends the
   * body (RFC 9110, section 10.1.1); true once for a message.
   */
  public boolean takeContinueAwaited() {
    boolean awaited = continueAwaited;
    continueAwaited = false;
    return awaited;
  }

  private final class Sink implements MessageSink {
    @Override
    public void head(ParsedMessage message) {
      // A line alone would be a request of HTTP/0.9, which nobody sends.
      lost |= message.isSimple() || message.headLength() == 0;
      openHeadBytes = message.headLength();
      HeaderFields odd = message.headers();
      HeaderFields headers = odd == null ? HeaderFields.inHead(message.head()) : odd;
      HeaderField expect = headers.first("expect");
      continueAwaited = expect != null && expect.value().equalsIgnoreCase("100-continue");
    }

    @Override
    public void message(ParsedMessage message) {
      HttpRequest request = factory.request(message);
      continueAwaited = false;
      openHeadBytes = 0;
      tunnel |= request.method().equals(CONNECT);
      requests.add(request);
    }

    @Override
    public boolean ready() {
      return !tunnel;
    }

    @Override
    public boolean mayResume() {
      return false;
    }
  }
}
