// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.Body;
import java.util.function.Supplier;

/** How responses are read. */
final class ResponseRules implements MessageRules {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  /** {@code HTTP/1.1 200}. */
  private static final int SHORTEST_LINE_BYTES = 12;

  private final Supplier<RequestContext> request;
  private RequestContext context = RequestContext.UNKNOWN;

  /**
   * Makes rules.
   *
   * @param request tells which request the response that begins now answers
   */
  ResponseRules(Supplier<RequestContext> request) {
    this.request = request;
  }

  @Override
  public StartLine.Reading readStartLine(StartLine line, byte[] array, int base, int lineEnd) {
    return line.readResponse(array, base, lineEnd);
  }

  @Override
  public int readRegularLine(StartLine line, byte[] array, int from, int end) {
    return RegularHead.statusLine(line, array, from, end);
  }

  @Override
  public boolean isStrict(StartLine line, byte[] array, int base) {
    return line.isStrictResponse(array, base);
  }

  @Override
  public boolean isWholeWord(StartLine line, byte[] array, int base) {
    return true;
  }

  @Override
  public boolean mayBecomeStart(byte[] array, int from, int to, boolean strict) {
    return StartLine.mayBeResponse(array, from, to);
  }

  @Override
  public boolean provesMessage(byte[] array, int from, int to) {
    StartLine line = new StartLine();
    return to - from >= SHORTEST_LINE_BYTES
        && line.readResponse(array, from, to) == StartLine.Reading.VERSIONED
        && line.isStrictResponse(array, from);
  }

  @Override
  public Headless headless(boolean first) {
    context = request.get();
    if (context == RequestContext.NO_VERSION) {
      return Headless.YES;
    }
    return first && context != RequestContext.UNKNOWN ? Headless.UNLESS_HEAD_FOLLOWS : Headless.NO;
  }

  @Override
  public Body.Framing unframed() {
    return Body.Framing.CLOSE;
  }

  /** RFC 9112, section 6.3, for responses. */
  @Override
  public Body.Framing frame(ParsedMessage message) {
    int status = message.startLine.status();
    context = request.get();
    boolean bodyless =
        (status >= 100 && status <= 199)
            || status == NO_CONTENT
            || status == NOT_MODIFIED
            || context == RequestContext.HEAD
            || (context == RequestContext.CONNECT && status >= 200 && status <= 299);
    return bodyless ? Body.Framing.NONE : message.facts.framing(message, unframed());
  }

  /** What follows 101 and a 2xx to CONNECT is no body, whatever the fields say. */
  @Override
  public Body.Framing forbiddenBody(ParsedMessage message) {
    HeadFacts facts = message.facts;
    int status = message.startLine.status();
    if (status == SWITCHING_PROTOCOLS
        || (status != NO_CONTENT && status != NOT_MODIFIED && context == RequestContext.CONNECT)) {
      return Body.Framing.NONE;
    }
    if (facts.chunkedLast) {
      return Body.Framing.CHUNKED;
    }
    return facts.contentLength > 0 ? Body.Framing.CONTENT_LENGTH : Body.Framing.NONE;
  }
}
