// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import java.util.function.Supplier;

/** Reads the responses of a connection. */
public final class ResponseParser extends MessageParser {
  private static final int SWITCHING_PROTOCOLS = 101;

  /**
   * Makes a parser.
   *
   * @param sink takes the responses
   * @param request tells which request the response that begins now answers
   * @param maxHeadBytes longest head
   * @param fromStart whether the first byte begins a message
   * @param counts where to count the bytes
   */
  public ResponseParser(
      MessageSink sink,
      Supplier<RequestContext> request,
      int maxHeadBytes,
      boolean fromStart,
      ByteCounts counts) {
    super(sink, new ResponseRules(request), maxHeadBytes, fromStart, counts);
  }

  /** Returns whether a status says that the connection carries another protocol from here on. */
  public static boolean switchesProtocol(int status, RequestContext context) {
    return status == SWITCHING_PROTOCOLS
        || (context == RequestContext.CONNECT && status >= 200 && status <= 299);
  }

  /** Returns whether another answer follows a message; 101 is final (RFC 9110, section 15.2). */
  public static boolean isInterim(ParsedMessage message) {
    int status = message.startLine().status();
    return message.headLength() > 0
        && status >= 100
        && status <= 199
        && status != SWITCHING_PROTOCOLS;
  }
}
