// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Bytes;
import java.util.Arrays;

/**
 * Reads the field lines of a head or trailer section into spans.
 *
 * <p>As lenient as browsers: lines without a colon or with an empty name are no fields but stay in
 * the head's bytes, white space before the colon is left out, folded lines belong to the value
 * before them (RFC 9112, section 5.2). Each of these is an anomaly.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class FieldReader {
  /** Integers a field takes: name start, name end, value start, value end. */
  private static final int STRIDE = 4;

  private static final int INITIAL_FIELDS = 32;

  private int[] spans = new int[INITIAL_FIELDS * STRIDE];
  private int used;

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
    used = 0;
    int line = firstLine;
    while (line < lines) {
      int from = base + scanner.start(line);
      int next = line + 1;
      while (next < lines && ByteScan.isBlank(array[base + scanner.start(next)])) {
        next++;
      }
      int to = base + scanner.lineFeed(next - 1);
      if (next > line + 1) {
        message.anomaly(AnomalyKind.HEADER_SYNTAX, "folded");
      }
      if (to > base && array[to - 1] == '\r') {
        to--;
      } else {
        message.anomaly(AnomalyKind.LINE_ENDING, "LF alone");
      }
      field(array, base, from, Math.max(from, to), message, facts);
      line = next;
    }
    return HeaderFields.ofSpans(section, spans, used);
  }

  private void field(
      byte[] array, int base, int from, int to, ParsedMessage message, HeadFacts facts) {
    if (from == to) {
      return;
    }
    int nameFrom = from;
    while (nameFrom < to && ByteScan.isBlank(array[nameFrom])) {
      nameFrom++;
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
    while (nameTo > nameFrom && ByteScan.isBlank(array[nameTo - 1])) {
      nameTo--;
    }
    if (nameTo == nameFrom) {
      message.anomaly(AnomalyKind.HEADER_SYNTAX, "empty name");
      return;
    }
    if (nameTo < colon) {
      message.anomaly(AnomalyKind.HEADER_SYNTAX, "space before colon");
    }
    int valueFrom = colon + 1;
    while (valueFrom < to && ByteScan.isBlank(array[valueFrom])) {
      valueFrom++;
    }
    int valueTo = to;
    while (valueTo > valueFrom && isTrailing(array[valueTo - 1])) {
      valueTo--;
    }
    add(nameFrom - base, nameTo - base, valueFrom - base, valueTo - base);
    facts.field(array, base, nameFrom, nameTo, valueFrom, valueTo, message);
  }

  /** More than one CR may stand before the LF; none belongs to the value. */
  private static boolean isTrailing(byte b) {
    return ByteScan.isBlank(b) || b == '\r';
  }

  /** Returns whether the last line found is a field line beyond doubt. */
  static boolean isStrictLine(byte[] array, int base, LineScanner scanner) {
    int line = scanner.lines() - 1;
    int from = base + scanner.start(line);
    int to = base + scanner.lineFeed(line);
    int colon = from;
    while (colon < to && array[colon] != ':') {
      colon++;
    }
    if (colon == to || !ByteScan.isToken(array, from, colon)) {
      return false;
    }
    for (int i = colon; i < to; i++) {
      byte b = array[i];
      if (b >= 0 && b < ' ' && b != '\t' && (b != '\r' || i != to - 1)) {
        return false;
      }
    }
    return true;
  }

  private void add(int nameFrom, int nameTo, int valueFrom, int valueTo) {
    if (used == spans.length) {
      spans = Arrays.copyOf(spans, used * 2);
    }
    spans[used] = nameFrom;
    spans[used + 1] = nameTo;
    spans[used + 2] = valueFrom;
    spans[used + 3] = valueTo;
    used += STRIDE;
  }
}
