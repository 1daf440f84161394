// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the field lines of a head or trailer section into spans.
 *
 * <p>As lenient as browsers: lines without a colon or with an empty name are no fields but stay in
 * the head's bytes, white space and controls around names and values are left out, folded lines
 * belong to the value before them (RFC 9112, section 5.2). Each of these is an anomaly.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class FieldReader {
  /** Integers a field takes: name start, name end, value start, value end. */
  private static final int STRIDE = 4;

  private static final int INITIAL_FIELDS = 32;

  private static final int[] NONE = new int[0];

  private int[] spans = NONE;
  private int used;

  /** Nothing is odd about the head, so that {@link HeaderFields#inHead} finds the same again. */
  private boolean regular;

  /**
   * Returns the fields of a message's head; null when nothing is odd about it.
   *
   * @param array holds the head from {@code base} on
   * @param head has found its lines
   */
  @Nullable HeaderFields readHead(ParsedMessage message, byte[] array, int base, HeadScanner head) {
    LineScanner lines = head.lines();
    int end = head.fieldLinesEnd();
    regular =
        !lines.sawControls()
            && end > 0
            && lines.lines() == end + 1
            && lines.partialStart() == message.headLength()
            && lines.lastIsEmpty(array, base);
    if (end > 0) {
      lineEnd(array, base, lines, 0, message);
    }
    readLines(array, base, lines, 1, end, message, message.facts);
    return regular ? null : HeaderFields.ofSpans(message.head(), spans, used);
  }

  /** Notes a line end other than CR LF; returns the offset after the line's content. */
  private int lineEnd(byte[] array, int base, LineScanner lines, int line, ParsedMessage message) {
    int lineEnd = lines.lineEnd(line);
    int contentEnd = lines.contentEnd(array, base, line);
    if (contentEnd == lineEnd) {
      regular = false;
      boolean carriageReturn = array[base + lineEnd] == '\r';
      message.anomaly(AnomalyKind.LINE_ENDING, carriageReturn ? "CR alone" : "LF alone");
    } else if (contentEnd > 0 && array[base + contentEnd - 1] == '\r') {
      message.anomaly(AnomalyKind.LINE_ENDING, "CR CR LF");
    }
    return contentEnd;
  }

  /**
   * Returns the fields in the lines from {@code firstLine} on.
   *
   * @param section the whole section
   * @param array holds the section from {@code base} on
   * @param scanner has found the section's lines
   * @param message takes the anomalies
   * @param facts takes what concerns framing; the message's for heads, another for trailers
   */
  HeaderFields read(
      Bytes section,
      byte[] array,
      int base,
      LineScanner scanner,
      int firstLine,
      int lines,
      ParsedMessage message,
      HeadFacts facts) {
    readLines(array, base, scanner, firstLine, lines, message, facts);
    return HeaderFields.ofSpans(section, spans, used);
  }

  private void readLines(
      byte[] array,
      int base,
      LineScanner scanner,
      int firstLine,
      int lines,
      ParsedMessage message,
      HeadFacts facts) {
    used = 0;
    boolean controls = scanner.sawControls();
    int line = firstLine;
    while (line < lines) {
      int from = base + scanner.start(line);
      int next = line + 1;
      while (next < lines && isContinuation(array[base + scanner.start(next)])) {
        facts.hidden(array, base + scanner.start(next), base + scanner.lineEnd(next));
        next++;
      }
      if (next > line + 1) {
        regular = false;
        message.anomaly(AnomalyKind.HEADER_SYNTAX, "folded");
      }
      int to = base + lineEnd(array, base, scanner, next - 1, message);
      if (controls) {
        hidden(array, from, to, facts);
      }
      field(array, base, from, to, message, facts);
      line = next;
    }
  }

  /**
   * White space begins a folded line (RFC 9112, section 5.2), and some take other controls for it.
   */
  private static boolean isContinuation(byte b) {
    return ByteScan.isPadding(b) && b != '\r' && b != '\n';
  }

  /** Some take a CR inside a line for its end. */
  private static void hidden(byte[] array, int from, int to, HeadFacts facts) {
    for (int i = from; i < to; i++) {
      if (array[i] == '\r') {
        facts.hidden(array, i + 1, to);
      }
    }
  }

  private void field(
      byte[] array, int base, int from, int to, ParsedMessage message, HeadFacts facts) {
    if (from >= to) {
      regular = false;
      return;
    }
    int nameTo = from;
    while (nameTo < to && ByteScan.isToken(array[nameTo])) {
      nameTo++;
    }
    if (nameTo == from || nameTo == to || array[nameTo] != ':') {
      oddField(array, base, from, to, message, facts);
    } else {
      value(array, base, from, nameTo, nameTo + 1, to, message);
      facts.field(
          array, base, from, nameTo, spans[used - 2] + base, spans[used - 1] + base, message);
    }
  }

  private void oddField(
      byte[] array, int base, int from, int to, ParsedMessage message, HeadFacts facts) {
    regular = false;
    int nameFrom = ByteScan.skipPadding(array, from, to);
    if (nameFrom == to) {
      return;
    }
    if (nameFrom > from) {
      message.anomaly(AnomalyKind.HEADER_SYNTAX, "space before name");
    }
    int colon = nameFrom;
    while (colon < to && array[colon] != ':') {
      colon++;
    }
    if (colon == to) {
      message.anomaly(AnomalyKind.HEADER_SYNTAX, "no colon");
      return;
    }
    int nameTo = colon;
    while (nameTo > nameFrom && ByteScan.isPadding(array[nameTo - 1])) {
      nameTo--;
    }
    if (nameTo == nameFrom) {
      message.anomaly(AnomalyKind.HEADER_SYNTAX, "empty name");
      return;
    }
    if (nameTo < colon) {
      message.anomaly(AnomalyKind.HEADER_SYNTAX, "space before colon");
    }
    if (!ByteScan.isToken(array, nameFrom, nameTo)) {
      message.anomaly(AnomalyKind.HEADER_SYNTAX, "bytes in name");
      facts.oddName(array, nameFrom, nameTo);
    }
    value(array, base, nameFrom, nameTo, colon + 1, to, message);
    facts.field(
        array, base, nameFrom, nameTo, spans[used - 2] + base, spans[used - 1] + base, message);
  }

  private void value(
      byte[] array, int base, int nameFrom, int nameTo, int from, int to, ParsedMessage message) {
    int valueFrom = ByteScan.skipPadding(array, from, to);
    int valueTo = to;
    while (valueTo > valueFrom && ByteScan.isPadding(array[valueTo - 1])) {
      valueTo--;
    }
    add(nameFrom - base, nameTo - base, valueFrom - base, valueTo - base);
    if (valueFrom == from + 1 && array[from] == ' ' && valueTo == to) {
      return;
    }
    if (hasControls(array, from, valueFrom) || hasControls(array, valueTo, to)) {
      message.anomaly(AnomalyKind.HEADER_SYNTAX, "controls around value");
    }
  }

  /** Line ends are another matter. */
  private static boolean hasControls(byte[] array, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!ByteScan.isBlank(array[i]) && array[i] != '\r' && array[i] != '\n') {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a whole line is a field line beyond doubt. */
  static boolean isStrictLine(byte[] array, int from, int to) {
    int colon = from;
    while (colon < to && ByteScan.isToken(array[colon])) {
      colon++;
    }
    if (colon == from || colon == to || array[colon] != ':') {
      return false;
    }
    for (int i = colon; i < to; i++) {
      byte b = array[i];
      if (b >= 0 && b < ' ' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a line begins with a name and a colon. */
  static boolean beginsField(byte[] array, int from, int to) {
    int at = endOfName(array, from, to);
    return at > from && at < to && array[at] == ':';
  }

  /** Returns whether a line begins with a name and a colon, or goes on with the one before. */
  static boolean beginsOrFolds(byte[] array, int from, int to) {
    return ByteScan.isBlank(array[from]) || beginsField(array, from, to);
  }

  /** Returns whether what has come of a line can still go on with a head, or end it. */
  static boolean mayBecomeField(byte[] array, int from, int to) {
    if (ByteScan.isBlank(array[from])) {
      return true;
    }
    int at = endOfName(array, from, to);
    boolean isName = at > from && ByteScan.isToken(array[from]);
    return (isName && (at == to || array[at] == ':')) || (to - from == 1 && array[from] == '\r');
  }

  private static int endOfName(byte[] array, int from, int to) {
    int at = from;
    while (at < to && ByteScan.isToken(array[at])) {
      at++;
    }
    while (at > from && at < to && ByteScan.isBlank(array[at])) {
      at++;
    }
    return at;
  }

  private void add(int nameFrom, int nameTo, int valueFrom, int valueTo) {
    if (used == spans.length) {
      spans = Arrays.copyOf(spans, Math.max(INITIAL_FIELDS * STRIDE, used * 2));
    }
    spans[used] = nameFrom;
    spans[used + 1] = nameTo;
    spans[used + 2] = valueFrom;
    spans[used + 3] = valueTo;
    used += STRIDE;
  }
}
