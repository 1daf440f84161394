// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/**
 * What a {@link MessageParser} does with what comes next.
 *
 * <pre>
 * state     bytes                         gap                          other direction moved
 * START     head begins, blanks skipped   SKIP, start allowed here     -
 * HEAD      until its end                 message ends, SKIP           what was in doubt is settled
 * JUNK      held, a head may follow       the body of no head          -
 * BODY      as its framing says           counted; else SKIP           -
 * DOUBTED   body, unless a start          as in a body                 ends, if a body is unlikely
 * SKIP      dropped to the next line      start allowed here           start allowed here (turn)
 * TRY       a head that must be strict    SKIP, start allowed here     SKIP unless a line is whole
 * OPAQUE    dropped                       -                            -
 * </pre>
 */
enum MessageState {
  START,
  HEAD,
  JUNK,
  BODY,
  DOUBTED,
  SKIP,
  TRY,
  OPAQUE
}
