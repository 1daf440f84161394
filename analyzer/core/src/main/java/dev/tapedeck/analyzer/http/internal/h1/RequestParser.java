// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/** Reads the requests of a connection. */
public final class RequestParser extends MessageParser {
  /**
   * Makes a parser.
   *
   * @param sink takes the requests
   * @param maxHeadBytes longest head
   * @param fromStart whether the first byte begins a message
   * @param counts where to count the bytes
   */
  public RequestParser(MessageSink sink, int maxHeadBytes, boolean fromStart, ByteCounts counts) {
    super(sink, new RequestRules(), maxHeadBytes, fromStart, counts);
  }
}
