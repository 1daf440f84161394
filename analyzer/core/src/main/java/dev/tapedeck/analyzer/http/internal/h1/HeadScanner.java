// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/**
 * Finds out where a head ends, and whether it is one.
 *
 * <p>A head ends with its empty line (RFC 9112, section 2.1). Where that is not what was sent, the
 * bytes behind decide:
 *
 * <ul>
 *   <li>A line of nothing but white space ends the head unless a field line or the empty line
 *       follows.
 *   <li>A request line without a version is a request of HTTP/0.9, unless field lines follow; with
 *       less than a method and a path it is one only when something of a head follows.
 *   <li>A first line that is whole before a CR, with a field line behind it: lines end in CR alone.
 *   <li>A strict start line inside a head, even in the middle of a line, begins another message
 *       when the other direction moved just before it.
 * </ul>
 *
 * <p><b>Lifecycle:</b> {@link #begin}, then {@link #scan} with ever more bytes behind the same
 * ones. <b>Threads:</b> confined to one.
 */
final class HeadScanner {
  /** The head has not come to its end. */
  static final int MORE = LineScanner.MORE;

  /** This is no head; {@link #at} says how much of it was looked at. */
  static final int REJECTED = -2;

  /** Another message begins at {@link #at}, and the head has no end. */
  static final int CUT = -3;

  private static final int GO_ON = -4;
  private static final int NONE = -1;

  private final MessageRules rules;
  private final LineScanner lines = new LineScanner();
  private final StartLine probe = new StartLine();
  private StartLine startLine = probe;
  private boolean strict;
  private boolean wordMayBeCut;
  private StartLine.Reading reading = StartLine.Reading.JUNK;
  private int candidateEnd;
  private int candidateLines;
  private int turnAt;
  private int fieldLinesEnd;
  private int at;

  HeadScanner(MessageRules rules) {
    this.rules = rules;
  }

  /**
   * Begins a head.
   *
   * @param line takes the first line's parts
   * @param mustBeStrict whether lines that are in doubt are none
   * @param behindGap whether the first word may have lost its beginning
   */
  void begin(StartLine line, boolean mustBeStrict, boolean behindGap) {
    startLine = line;
    strict = mustBeStrict;
    wordMayBeCut = behindGap;
    lines.reset();
    reading = StartLine.Reading.JUNK;
    candidateEnd = NONE;
    candidateLines = 0;
    turnAt = NONE;
    fieldLinesEnd = 0;
    at = 0;
  }

  LineScanner lines() {
    return lines;
  }

  /** Returns how many bytes belong to what was rejected, or to the head that was cut. */
  int at() {
    return at;
  }

  /** Returns the number after that of the last line that may be a field. */
  int fieldLinesEnd() {
    return fieldLinesEnd;
  }

  /** Returns whether a first line has come. */
  boolean hasStartLine() {
    return lines.lines() > 0;
  }

  /** Returns whether the request is of HTTP/0.9. */
  boolean isSimple() {
    return reading == StartLine.Reading.SIMPLE && fieldLinesEnd <= 1;
  }

  /** Returns whether the request would be of HTTP/0.9, if fields did not follow its line. */
  boolean isSimpleWithFields() {
    return reading == StartLine.Reading.SIMPLE && fieldLinesEnd > 1;
  }

  /** Says that the other direction moved when so many bytes had come. */
  void turned(int length) {
    turnAt = length;
  }

  /**
   * Looks at the bytes that have come.
   *
   * @return the head's length, {@link #MORE}, {@link #REJECTED} or {@link #CUT}
   */
  int scan(byte[] bytes, int from, int end) {
    while (true) {
      int next = lines.next(bytes, from, end);
      int verdict;
      if (next == MORE) {
        verdict = partial(bytes, from, end);
      } else if (lines.lines() == 1) {
        verdict = first(bytes, from, next);
      } else {
        verdict = later(bytes, from, next);
      }
      if (verdict != GO_ON) {
        return verdict;
      }
    }
  }

  /**
   * Decides where the head ends when nothing more will tell; MORE when nothing does.
   *
   * @param length of what has come of it
   */
  int settle(byte[] bytes, int length) {
    int partial = lines.partialStart();
    if (lines.splitsAtCarriageReturns() && length == partial + 1 && bytes[partial] == '\r') {
      // The empty line's LF need not come.
      fieldLinesEnd = lines.lines();
      return length;
    }
    return settle();
  }

  private int settle() {
    if (candidateEnd == NONE) {
      return MORE;
    }
    boolean proven =
        candidateLines > 1
            || reading == StartLine.Reading.VERSIONED
            || reading == StartLine.Reading.SIMPLE;
    if (!proven) {
      return rejected(candidateEnd);
    }
    fieldLinesEnd = candidateLines;
    return candidateEnd;
  }

  /** Says that no further line comes. */
  void cut() {
    fieldLinesEnd = lines.lines();
  }

  private int rejected(int length) {
    at = length;
    return REJECTED;
  }

  private int partial(byte[] bytes, int from, int end) {
    if (lines.lines() == 0) {
      if (usesCarriageReturns(bytes, from, end)) {
        lines.splitAtCarriageReturns();
        return GO_ON;
      }
      return rules.mayBecomeStart(bytes, from, end, strict) ? MORE : rejected(end - from);
    }
    int line = from + lines.partialStart();
    return candidateEnd == NONE || line == end || FieldReader.mayBecomeField(bytes, line, end)
        ? MORE
        : settle();
  }

  /** A start line that ends in CR alone, with a field behind it. */
  private boolean usesCarriageReturns(byte[] bytes, int from, int end) {
    if (strict || !lines.sawControls() || lines.splitsAtCarriageReturns()) {
      return false;
    }
    int carriageReturn = from;
    while (carriageReturn < end && bytes[carriageReturn] != '\r') {
      carriageReturn++;
    }
    return FieldReader.beginsField(bytes, carriageReturn + 1, end)
        && rules.readStartLine(probe, bytes, from, carriageReturn) == StartLine.Reading.VERSIONED;
  }

  private int first(byte[] bytes, int from, int next) {
    if (usesCarriageReturns(bytes, from, from + next)) {
      lines.splitAtCarriageReturns();
      return GO_ON;
    }
    int end = from + lines.contentEnd(bytes, from, 0);
    if (turnAt > 0 && turnAt < next && beginsAtTurn(bytes, from, end)) {
      reading = rules.readStartLine(startLine, bytes, from, from + turnAt);
      at = turnAt;
      return rules.provesMessage(bytes, from, from + turnAt) ? CUT : REJECTED;
    }
    reading = rules.readStartLine(startLine, bytes, from, from + next - 1);
    if (reading == StartLine.Reading.JUNK
        || !rules.mayBecomeStart(bytes, from, from + next, false)
        || (strict && !rules.isStrict(startLine, bytes, from))
        || (wordMayBeCut && !rules.isWholeWord(startLine, bytes, from))) {
      return rejected(next);
    }
    if (reading != StartLine.Reading.VERSIONED) {
      candidateEnd = next;
      candidateLines = 1;
    }
    return GO_ON;
  }

  private int later(byte[] bytes, int from, int next) {
    int last = lines.lines() - 1;
    int start = from + lines.start(last);
    int end = from + lines.contentEnd(bytes, from, last);
    if (start == end) {
      fieldLinesEnd = last;
      return next;
    }
    if (strict) {
      return FieldReader.isStrictLine(bytes, start, end) ? GO_ON : rejected(next);
    }
    if (candidateEnd != NONE) {
      if (reading == StartLine.Reading.WORD || !FieldReader.beginsOrFolds(bytes, start, end)) {
        return settle();
      }
      candidateEnd = NONE;
    }
    if (ByteScan.isPadding(bytes[start]) && ByteScan.skipPadding(bytes, start, end) == end) {
      candidateEnd = next;
      candidateLines = last;
      return GO_ON;
    }
    if (turnAt >= start - from && turnAt < next && isStart(bytes, from + turnAt, end)) {
      at = turnAt;
      fieldLinesEnd = last;
      return CUT;
    }
    return GO_ON;
  }

  /** Another line may begin at the turn, unless the first one is whole only with what is before. */
  private boolean beginsAtTurn(byte[] bytes, int from, int end) {
    return isStart(bytes, from + turnAt, end)
        && (rules.isWholeWord(probe, bytes, from + turnAt) || !isStart(bytes, from, end));
  }

  private boolean isStart(byte[] bytes, int from, int end) {
    return rules.readStartLine(probe, bytes, from, end) == StartLine.Reading.VERSIONED
        && rules.isStrict(probe, bytes, from);
  }
}
