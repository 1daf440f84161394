// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.format.Bytes;

/**
 * Reads heads in which nothing is odd, as nearly all are, in one pass over their bytes.
 *
 * <p>Such a head is whole, its first line is strict, its lines end in CR LF, its field names are
 * tokens with a colon behind, no line goes on in the next, and no control is anywhere. In these
 * {@link HeadScanner} and {@link FieldReader} find the same; all others are theirs.
 *
 * <p><b>Threads:</b> holds no state.
 */
final class RegularHead {
  /** Something is odd, or missing. */
  static final int NOT = -1;

  /** {@code HTTP/1.}, a digit and the line's end. */
  private static final int VERSION_BYTES = 8;

  private RegularHead() {}

  /**
   * Reads the head that begins at an index of the source's array.
   *
   * @param message takes the head, where the parts of its first line are and what its fields say
   * @return the head's length, or {@link #NOT}
   */
  static int read(MessageRules rules, Bytes source, int from, int end, ParsedMessage message) {
    byte[] array = source.sharedArray();
    int at = rules.readRegularLine(message.startLine, array, from, end);
    if (at >= 0) {
      at = message.memory.recall(array, from, at, end, message);
    }
    while (at >= 0 && at < end && array[at] != '\r') {
      at = field(array, from, at, end, message);
    }
    if (!isLineEnd(array, at, end)) {
      message.forgetHead();
      return NOT;
    }
    int start = from - source.sharedOffset();
    int length = at + 2 - from;
    message.head(source, start, start + length);
    message.headers = null;
    return length;
  }

  /** Reads a field line; returns the index after it, or {@link #NOT}. */
  private static int field(byte[] array, int base, int from, int end, ParsedMessage message) {
    int colon = ByteScan.endOfToken(array, from, end);
    if (colon == from || colon >= end || array[colon] != ':') {
      return NOT;
    }
    int lineEnd = ByteScan.indexOfLineControl(array, colon + 1, end);
    if (!isLineEnd(array, lineEnd, end)) {
      return NOT;
    }
    int valueFrom = colon + 1;
    while (valueFrom < lineEnd && array[valueFrom] == ' ') {
      valueFrom++;
    }
    int valueTo = lineEnd;
    while (valueTo > valueFrom && array[valueTo - 1] == ' ') {
      valueTo--;
    }
    if (valueTo > valueFrom
        && (ByteScan.isPadding(array[valueFrom]) || ByteScan.isPadding(array[valueTo - 1]))) {
      return NOT;
    }
    message.facts.field(array, base, from, colon, valueFrom, valueTo, message);
    message.memory.remember(colon, valueFrom, valueTo, lineEnd + 2);
    return lineEnd + 2;
  }

  private static boolean isLineEnd(byte[] array, int at, int end) {
    return at >= 0 && end - at >= 2 && array[at] == '\r' && array[at + 1] == '\n';
  }

  /** Reads a request line; returns the index after it, or {@link #NOT}. */
  static int requestLine(StartLine line, byte[] array, int from, int end) {
    int methodTo = from;
    while (methodTo < end && StartLine.isMethodByte(array[methodTo])) {
      methodTo++;
    }
    if (methodTo == from || methodTo >= end || array[methodTo] != ' ') {
      return NOT;
    }
    int targetFrom = methodTo + 1;
    int targetTo = ByteScan.indexOfPadding(array, targetFrom, end);
    int version = targetTo + 1;
    int lineEnd = version + VERSION_BYTES;
    if (targetTo <= targetFrom
        || array[targetTo] != ' '
        || !isLineEnd(array, lineEnd, end)
        || !StartLine.isStrictVersion(array, version)) {
      return NOT;
    }
    line.setRequest(
        array, from, methodTo - from, targetFrom - from, targetTo - from, version - from);
    return lineEnd + 2;
  }

  /** Reads a status line; returns the index after it, or {@link #NOT}. */
  static int statusLine(StartLine line, byte[] array, int from, int end) {
    int code = from + VERSION_BYTES + 1;
    int codeEnd = code + 3;
    if (end - from < VERSION_BYTES + "_200\r\n".length()
        || !StartLine.isStrictVersion(array, from)
        || array[code - 1] != ' '
        || (array[codeEnd] != ' ' && array[codeEnd] != '\r')) {
      return NOT;
    }
    int status = StartLine.status(array, code);
    int lineEnd = ByteScan.indexOfLineControl(array, codeEnd, end);
    if (status < 100 || status > 599 || !isLineEnd(array, lineEnd, end)) {
      return NOT;
    }
    line.setResponse(
        array, from, status, VERSION_BYTES, Math.min(codeEnd + 1, lineEnd) - from, lineEnd - from);
    return lineEnd + 2;
  }
}
