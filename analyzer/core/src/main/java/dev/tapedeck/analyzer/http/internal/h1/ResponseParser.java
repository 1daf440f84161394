// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import java.util.function.Supplier;

/** Reads the responses of a connection. */
public final class ResponseParser extends MessageParser {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private final Supplier<RequestContext> request;

  /**
   * Makes a parser.
   *
   * @param sink takes the responses
   * @param request tells which request the response that begins now answers
   * @param maxHeadBytes longest head
   * @param fromStart whether the first byte begins a message
   */
  public ResponseParser(
      MessageSink sink, Supplier<RequestContext> request, int maxHeadBytes, boolean fromStart) {
    super(sink, maxHeadBytes, fromStart);
    this.request = request;
  }

  @Override
  StartLine.Reading readStartLine(
      StartLine line, byte[] array, int base, int lineFeed, boolean first) {
    return line.readResponse(array, base, lineFeed);
  }

  @Override
  boolean isStrict(StartLine line, byte[] array, int base) {
    return line.isStrictResponse(array, base);
  }

  @Override
  boolean isWholeWord(StartLine line, byte[] array, int base) {
    return true;
  }

  @Override
  boolean mayBecomeStart(byte[] array, int from, int to, boolean strict) {
    return StartLine.mayBeResponse(array, from, to);
  }

  @Override
  boolean isHeadless(boolean first) {
    RequestContext context = request.get();
    return context == RequestContext.NO_VERSION || (first && context != RequestContext.UNKNOWN);
  }

  @Override
  boolean endsWithConnection() {
    return true;
  }

  /** RFC 9112, section 6.3, for responses. */
  @Override
  Body.Framing frame(ParsedMessage message) {
    int status = message.startLine.status();
    RequestContext context = request.get();
    if ((status >= 100 && status <= 199)
        || status == NO_CONTENT
        || status == NOT_MODIFIED
        || context == RequestContext.HEAD
        || (context == RequestContext.CONNECT && status >= 200 && status <= 299)) {
      return Body.Framing.NONE;
    }
    HeadFacts facts = message.facts;
    if (facts.transferEncoding) {
      if (facts.contentLength != HeadFacts.NO_LENGTH) {
        message.anomaly(AnomalyKind.CONTENT_LENGTH, "with Transfer-Encoding");
      }
      if (!message.startLine.isHttp11(message.head)) {
        message.anomaly(AnomalyKind.TRANSFER_ENCODING, "on HTTP/1.0");
      }
      if (!facts.chunkedLast) {
        message.anomaly(AnomalyKind.TRANSFER_ENCODING, "chunked is not last");
      }
      if (facts.chunkedAnywhere) {
        return Body.Framing.CHUNKED;
      }
    }
    return facts.contentLength >= 0 ? Body.Framing.CONTENT_LENGTH : Body.Framing.CLOSE;
  }

  /** Returns whether a status says that the connection carries another protocol from here on. */
  public static boolean switchesProtocol(int status, RequestContext context) {
    return status == SWITCHING_PROTOCOLS
        || (context == RequestContext.CONNECT && status >= 200 && status <= 299);
  }
}
