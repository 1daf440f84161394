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
   */
  public RequestParser(MessageSink sink, int maxHeadBytes, boolean fromStart) {
    super(sink, new RequestRules(), maxHeadBytes, fromStart);
  }
}
