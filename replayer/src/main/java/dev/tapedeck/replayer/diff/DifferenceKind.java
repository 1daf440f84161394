// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.Locale;

/** What a difference is about. Names in JSON are these in lower case. */
public enum DifferenceKind {
  /** The status code. Headers and body are not compared then. */
  STATUS,
  /** A header or trailer field, or a cookie. */
  HEADER,
  /** A value in a JSON body. */
  JSON,
  /** An element, an attribute or a text of an XML body. */
  XML,
  /** An element, an attribute or a text of an HTML body. */
  HTML,
  /** Lines of another text body. */
  TEXT,
  /** Bytes of any other body, from the first that differs. */
  BYTES,
  /** A WebSocket message, a close or an event as a whole; what is in it has the kinds above. */
  MESSAGE,
  /** How long the answers of an endpoint took. */
  LATENCY;

  /** Returns the name used in JSON. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
