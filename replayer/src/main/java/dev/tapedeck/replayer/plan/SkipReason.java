// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import java.util.Locale;

/** Why a recorded exchange is not sent. Names in JSON are these in lower case. */
public enum SkipReason {
  /** Only its answer was captured. */
  NO_REQUEST("only the answer was captured"),
  /** The request was not captured whole. */
  INCOMPLETE_REQUEST(
      "the request was not captured whole; --allow-incomplete sends it without what the body lacks"),
  /** The method may change something on the target, and that was not allowed. */
  UNSAFE_METHOD("the method is not safe; --allow-unsafe sends it"),
  /** Messages on its WebSocket may change something on the target, and that was not allowed. */
  UNSAFE_MESSAGES("WebSocket messages may change something; --allow-unsafe sends them"),
  /** Messages of the WebSocket client were not captured whole. */
  INCOMPLETE_MESSAGES("WebSocket messages of the client were not captured whole"),
  /** It was made by a recorded server while that one served another exchange. */
  INNER_LEG("the target makes this request itself while it serves an outer one"),
  /** It opened a tunnel; HTTP that went through it is sent to the target as it is. */
  TUNNEL("the tunnel is not opened: requests inside of it go to the target as they are"),
  /** It asks for a protocol that is not replayed. */
  UNSUPPORTED_PROTOCOL("its protocol is neither HTTP/1 nor HTTP/2"),
  /** It is due after the time the replay may take. */
  OVER_BUDGET("it is due after the end of the budget"),
  /** Too many errors ended the replay before it was due. */
  STOPPED_BY_ERRORS("too many errors stopped the replay"),
  /** The user ended the replay before it was due. */
  INTERRUPTED("the replay was interrupted");

  private final String explanation;

  SkipReason(String explanation) {
    this.explanation = explanation;
  }

  /** Returns half a sentence for people. */
  public String explanation() {
    return explanation;
  }

  /** Returns the name used in JSON. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
