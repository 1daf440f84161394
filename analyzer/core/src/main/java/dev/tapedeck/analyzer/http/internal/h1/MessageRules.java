// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.Body;

/** What differs between requests and responses. */
interface MessageRules {
  /**
   * Reads a first line.
   *
   * @param array holds the head from {@code base} on
   * @param lineEnd index of the last byte of the line's end, or of the end of what has come of it
   */
  StartLine.Reading readStartLine(StartLine line, byte[] array, int base, int lineEnd);

  /**
   * Reads a first line that is whole and strict, as nearly all are.
   *
   * @return index after the line, or {@link RegularHead#NOT}
   */
  int readRegularLine(StartLine line, byte[] array, int from, int end);

  /** Returns whether a first line is beyond doubt. */
  boolean isStrict(StartLine line, byte[] array, int base);

  /** Returns whether nothing can be missing before a first line that is strict. */
  boolean isWholeWord(StartLine line, byte[] array, int base);

  /** Returns whether what has come of a first line can still become one. */
  boolean mayBecomeStart(byte[] array, int from, int to, boolean strict);

  /** Returns whether what has come of a first line that never ended proves a message. */
  boolean provesMessage(byte[] array, int from, int to);

  /**
   * Says what a message is whose first line is none.
   *
   * @param first whether nothing came before it
   */
  Headless headless(boolean first);

  /** Returns what ends a body of which no field says so. */
  Body.Framing unframed();

  /** Says what ends the body of a message whose head is complete, and notes what is odd. */
  Body.Framing frame(ParsedMessage message);

  /**
   * Says what would end the body of the message that {@link #frame} said may have none, if it had
   * one all the same.
   */
  Body.Framing forbiddenBody(ParsedMessage message);

  /** What bytes are that are no head. */
  enum Headless {
    /** Bytes that belong to no message. */
    NO,
    /** The body of a message without head. */
    YES,
    /** The same, unless a head follows. */
    UNLESS_HEAD_FOLLOWS
  }
}
