// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.format.Bytes;

/**
 * A feed from which messages are read, with what reading one takes: a desk of its own while there
 * is something to read, nobody's where messages are far apart.
 */
abstract class MessageFeed extends ByteFeed {
  /** Of more empty lines before a message the first are kept. */
  private static final int MAX_BLANK_LINES_BYTES = 4096;

  ParsedMessage message = MessageDesk.NONE.message;
  HeadScanner head = MessageDesk.NONE.head;
  FieldReader fields = MessageDesk.NONE.fields;
  BodyReader body = MessageDesk.NONE.body;
  StartEvidence evidence = MessageDesk.NONE.evidence;
  Carry carry = MessageDesk.NONE.carry;
  final Resumption resumption = new Resumption();

  /** Whether a head was found behind lost bytes and not told for want of proof. */
  boolean leftOut;

  final ByteCounts counts;
  private long maxBodyBytes = Long.MAX_VALUE;

  /**
   * Empty lines, as far as they are kept, and the position behind them; -1 when there were none.
   */
  private Bytes blankLines = Bytes.empty();

  private long blankLinesTo = -1;

  MessageFeed(ByteCounts counts) {
    this.counts = counts;
  }

  /** Makes sure of a desk, for a message that begins. */
  final void sitDown(MessageRules rules, int maxHeadBytes) {
    if (isUp()) {
      sitAt(new MessageDesk(rules, maxHeadBytes, maxBodyBytes));
    }
  }

  /** Takes empty lines between messages, which are part of none. */
  final void blankLines(int from, int to) {
    if (to > from) {
      counts.addBlankLines(to - from);
      int before = blankLinesTo == positionAt(from) ? blankLines.length() : 0;
      byte[] all = new byte[Math.min(before + to - from, MAX_BLANK_LINES_BYTES)];
      blankLines.copyTo(0, all, 0, before);
      System.arraycopy(array, from, all, before, all.length - before);
      blankLines = Bytes.wrap(all, 0, all.length);
      blankLinesTo = positionAt(to);
    }
  }

  /** Begins a message, with the empty lines that stand before it. */
  final void beginMessage(long position, long nanos) {
    message.begin(position, nanos);
    if (blankLinesTo == position) {
      message.behind(blankLines);
    }
  }

  private void sitAt(MessageDesk desk) {
    message = desk.message;
    head = desk.head;
    fields = desk.fields;
    body = desk.body;
    evidence = desk.evidence;
    carry = desk.carry;
  }

  private boolean isUp() {
    return message == MessageDesk.NONE.message;
  }

  /** Lets go of the desk between messages, and of the runs that the open message came in. */
  final void detach(boolean isBetween) {
    forgetRun();
    if (isUp()) {
      return;
    }
    if (isBetween && message.isHandedOut() && carry.isEmpty() && !isWaiting()) {
      sitAt(MessageDesk.NONE);
    } else {
      message.detach();
    }
  }

  /** Keeps so many bytes of each body; asked before the first message. */
  public final void keepAtMost(long bodyBytes) {
    maxBodyBytes = bodyBytes;
  }

  /** Returns how many bytes the open message keeps. */
  public final long heldBytes() {
    return isUp() ? 0 : message.heldBytes();
  }

  /** Returns how many bytes of the open message's body, or of the last one's, have come. */
  public final long bodyBytes() {
    return isUp() ? 0 : message.framedLength();
  }

  /** Keeps so many bytes of the open message's body. */
  public final void cutBody(long keptBytes) {
    if (!isUp()) {
      message.cutBody(keptBytes);
    }
  }

  /** Returns whether nothing is read, nothing waits, and nothing was ever lost. */
  final boolean holdsNothing() {
    boolean sound = !resumption.isMissing() && !resumption.isUnproven() && !leftOut;
    return sound && !isWaiting() && (isUp() || (message.isHandedOut() && carry.isEmpty()));
  }

  /** Returns whether a head was found behind lost bytes and not told for want of proof. */
  public final boolean hasLeftOut() {
    return leftOut;
  }

  /** Returns whether bytes are missing, and no message behind them is proven. */
  public final boolean isUnproven() {
    return resumption.isMissing();
  }

  /** Returns where the bytes went. */
  public final ByteCounts counts() {
    return counts;
  }
}
