// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.http.internal.h1.ByteCounts;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1 connection, which most of its time has nothing open: of one that rests, only its {@link
 * Course} is kept, and a parser is made again when something comes.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Http1Connection implements ProtocolParser {
  private final AnalyzerOptions options;
  private final SessionContext session;
  private final Consumer<Exchange> sink;
  private final Course course = new Course(0);

  /** Null while the connection rests. */
  private @Nullable ExchangeParser awake;

  Http1Connection(AnalyzerOptions options, SessionContext session, Consumer<Exchange> sink) {
    this.options = options;
    this.session = session;
    this.sink = sink;
    this.awake = new ExchangeParser(options, session, sink, course);
  }

  private ExchangeParser wake() {
    ExchangeParser parser = awake;
    if (parser == null) {
      parser = new ExchangeParser(options, session, sink, course);
      awake = parser;
    }
    return parser;
  }

  @Override
  public void data(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    wake().data(request, run, position, startNanos, endNanos);
  }

  @Override
  public void gap(boolean request, long lengthBytes, MissingCause cause) {
    wake().gap(request, lengthBytes, cause);
  }

  /** Nothing is left to end of a connection that rests. */
  @Override
  public void end(boolean closed) {
    if (awake != null) {
      awake.end(closed);
    }
  }

  /** Returns whether nothing of HTTP/1 was found so far. */
  boolean foundNothing() {
    return awake == null ? course.index == 0 : awake.foundNothing();
  }

  /** Returns whether a message was left out for want of proof. */
  boolean hasLeftOut() {
    return awake != null && awake.hasLeftOut();
  }

  /** Returns whether the connection turned to another protocol. */
  boolean isSwitched() {
    return awake != null && awake.isSwitched();
  }

  private ByteCounts counts(boolean request) {
    return request ? course.requestBytes : course.answerBytes;
  }

  @Override
  public long inMessages(boolean request) {
    return awake == null ? counts(request).inMessages() : awake.inMessages(request);
  }

  @Override
  public long outsideMessages(boolean request) {
    return awake == null ? counts(request).outsideMessages() : awake.outsideMessages(request);
  }

  @Override
  public long strayBytes(boolean request) {
    return awake == null ? counts(request).stray() : awake.strayBytes(request);
  }

  @Override
  public void detach() {
    if (awake != null) {
      awake.detach();
      awake = awake.rests() ? null : awake;
    }
  }

  @Override
  public long heldBytes() {
    return awake == null ? 0 : awake.heldBytes();
  }

  @Override
  public void relieve(long keptBytes) {
    if (awake != null) {
      awake.relieve(keptBytes);
    }
  }
}
