// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;

/**
 * The parts of a request line or status line, as offsets into the head.
 *
 * <p>Read as leniently as browsers and servers do (RFC 9112, sections 2.2, 3 and 4 allow it): white
 * space around and between the parts may be any run of blanks, versions may be in any case.
 */
public final class StartLine {
  /** How a first line reads. */
  enum Reading {
    /** A start line with a version. */
    VERSIONED,
    /** A request line of HTTP/0.9: GET and a target. */
    SIMPLE,
    /** Perhaps a request line, without its version. */
    LIKELY,
    /** Perhaps a request line of which there is the method only. */
    WORD,
    /** No start line. */
    JUNK
  }

  private static final String HTTP = "http/";
  private static final long HTTP_1_1 = ByteScan.text("HTTP/1.1");
  private static final long HTTP_1_0 = ByteScan.text("HTTP/1.0");
  private static final int SHORTEST_METHOD_BYTES = 3;

  int methodFrom;
  int methodTo;
  int targetFrom;
  int targetTo;
  int versionFrom;
  int versionTo;
  int reasonFrom;
  int reasonTo;
  int status;
  boolean odd;

  /** Whether the line is a strict one with HTTP/1.1, as nearly all are. */
  private boolean strictHttp11;

  private void clear() {
    methodFrom = 0;
    methodTo = 0;
    targetFrom = 0;
    targetTo = 0;
    versionFrom = 0;
    versionTo = 0;
    reasonFrom = 0;
    reasonTo = 0;
    status = 0;
    odd = false;
    strictHttp11 = false;
  }

  /** Returns whether the version is HTTP/1.1 for sure; its bytes tell when this does not. */
  public boolean saysHttp11() {
    return strictHttp11;
  }

  /** Returns the status code; 0 when it cannot be read. */
  public int status() {
    return status;
  }

  /** Returns whether the method is GET; the array holds the head from the index on. */
  public boolean isGet(byte[] array, int base) {
    int at = base + methodFrom;
    return methodTo - methodFrom == 3
        && array[at] == 'G'
        && array[at + 1] == 'E'
        && array[at + 2] == 'T';
  }

  /** Returns the offset of the method's first byte. */
  public int methodFrom() {
    return methodFrom;
  }

  /** Returns the offset after the method's last byte. */
  public int methodTo() {
    return methodTo;
  }

  /** Returns the offset of the target's first byte. */
  public int targetFrom() {
    return targetFrom;
  }

  /** Returns the offset after the target's last byte. */
  public int targetTo() {
    return targetTo;
  }

  /** Returns the offset of the version's first byte. */
  public int versionFrom() {
    return versionFrom;
  }

  /** Returns the offset after the version's last byte; no version when it is not greater. */
  public int versionTo() {
    return versionTo;
  }

  /** Returns the offset of the reason's first byte. */
  public int reasonFrom() {
    return reasonFrom;
  }

  /** Returns the offset after the reason's last byte. */
  public int reasonTo() {
    return reasonTo;
  }

  private static int trimEnd(byte[] array, int from, int to) {
    int end = to;
    while (end > from && (ByteScan.isBlank(array[end - 1]) || array[end - 1] == '\r')) {
      end--;
    }
    return end;
  }

  private static int skipBlanks(byte[] array, int from, int to) {
    int at = from;
    while (at < to && ByteScan.isBlank(array[at])) {
      at++;
    }
    return at;
  }

  private static int skipWord(byte[] array, int from, int to) {
    int at = from;
    while (at < to && !ByteScan.isBlank(array[at])) {
      at++;
    }
    return at;
  }

  /**
   * Reads a request line.
   *
   * @param array holds the head from {@code base} on
   * @param lineFeed index of the line's LF, or of the end of what has come of it
   */
  Reading readRequest(byte[] array, int base, int lineFeed) {
    clear();
    int end = trimEnd(array, base, lineFeed);
    int at = skipBlanks(array, base, end);
    odd = at > base || end < lineFeed - 1;
    int methodEnd = skipWord(array, at, end);
    methodFrom = at - base;
    methodTo = methodEnd - base;
    if (methodEnd == at) {
      return Reading.JUNK;
    }
    int targetStart = skipBlanks(array, methodEnd, end);
    int last = end;
    while (last > targetStart && !ByteScan.isBlank(array[last - 1])) {
      last--;
    }
    if (isVersion(array, last, end)) {
      versionFrom = last - base;
      versionTo = end - base;
      int targetEnd = trimEnd(array, targetStart, last);
      targetFrom = targetStart - base;
      targetTo = Math.max(targetStart, targetEnd) - base;
      odd |= targetStart != methodEnd + 1 || last != targetEnd + 1 || targetEnd == targetStart;
      odd |= !ByteScan.isToken(array, at, methodEnd) || hasBlank(array, targetStart, targetEnd);
      return Reading.VERSIONED;
    }
    targetFrom = targetStart - base;
    targetTo = end - base;
    odd |= targetStart > methodEnd + 1;
    if (!isMethodLike(array, at, methodEnd) || !isText(array, targetStart, end)) {
      return Reading.JUNK;
    }
    if (targetStart == end) {
      return methodEnd - at >= SHORTEST_METHOD_BYTES ? Reading.WORD : Reading.JUNK;
    }
    return withoutVersion(array, base, end);
  }

  private Reading withoutVersion(byte[] array, int base, int end) {
    int from = base + targetFrom;
    if (array[from] != '/' && !ByteScan.startsWithIgnoreCase(array, from, end, "http")) {
      return Reading.JUNK;
    }
    // HTTP/0.9 knew GET only.
    if (ByteScan.equalsIgnoreCase(array, base + methodFrom, base + methodTo, "get")) {
      return Reading.SIMPLE;
    }
    return namesProtocol(array, from, end) ? Reading.JUNK : Reading.LIKELY;
  }

  /** The last word is such as {@code RTSP/1.0}. */
  private static boolean namesProtocol(byte[] array, int from, int end) {
    int digit = end;
    while (digit > from && (isDigit(array[digit - 1]) || array[digit - 1] == '.')) {
      digit--;
    }
    int name = digit - 1;
    while (name > from && array[name - 1] >= 'A' && array[name - 1] <= 'Z') {
      name--;
    }
    return digit < end
        && name > from
        && name < digit - 1
        && array[digit - 1] == '/'
        && ByteScan.isBlank(array[name - 1]);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Returns whether a request line is as RFC 9112 has it, with HTTP/1.0 or HTTP/1.1. */
  boolean isStrictRequest(byte[] array, int base) {
    return !odd
        && hasStrictVersion(array, base)
        && isMethodLike(array, base + methodFrom, base + methodTo);
  }

  /** Returns whether a status line is as RFC 9112 has it, with HTTP/1.0 or HTTP/1.1. */
  boolean isStrictResponse(byte[] array, int base) {
    return !odd && hasStrictVersion(array, base) && status >= 100 && status <= 599;
  }

  /** Transfer-Encoding came with HTTP/1.1 (RFC 9112, section 6.1). */
  boolean isHttp11(byte[] array, int base) {
    return versionTo - versionFrom == 8 && array[base + versionFrom + 7] != '0';
  }

  private boolean hasStrictVersion(byte[] array, int base) {
    return versionTo - versionFrom == 8 && isStrictVersion(array, base + versionFrom);
  }

  /** Returns whether HTTP/1.0 or HTTP/1.1 is there; the array holds eight bytes from there on. */
  static boolean isStrictVersion(byte[] array, int at) {
    long version = ByteScan.word(array, at);
    return version == HTTP_1_1 || version == HTTP_1_0;
  }

  /** Returns the status that three digits say; 0 when they are no digits. */
  static int status(byte[] array, int at) {
    int hundreds = array[at] - '0';
    int tens = array[at + 1] - '0';
    int ones = array[at + 2] - '0';
    boolean digits = hundreds >= 0 && tens >= 0 && ones >= 0;
    return digits && hundreds <= 9 && tens <= 9 && ones <= 9
        ? hundreds * 100 + tens * 10 + ones
        : 0;
  }

  /** Sets the parts of a strict request line, whose head begins at an index of the array. */
  void setRequest(
      byte[] array, int base, int methodEnd, int targetStart, int targetEnd, int versionStart) {
    clear();
    strictHttp11 = ByteScan.word(array, base + versionStart) == HTTP_1_1;
    methodTo = methodEnd;
    targetFrom = targetStart;
    targetTo = targetEnd;
    versionFrom = versionStart;
    versionTo = versionStart + 8;
  }

  /** Sets the parts of a strict status line, whose head begins at an index of the array. */
  void setResponse(
      byte[] array, int base, int code, int versionEnd, int reasonStart, int reasonEnd) {
    clear();
    strictHttp11 = ByteScan.word(array, base) == HTTP_1_1;
    status = code;
    versionTo = versionEnd;
    reasonFrom = reasonStart;
    reasonTo = reasonEnd;
  }

  /**
   * Reads a status line.
   *
   * @param array holds the head from {@code base} on
   * @param lineFeed index of the line's LF, or of the end of what has come of it
   */
  Reading readResponse(byte[] array, int base, int lineFeed) {
    clear();
    int end = lineFeed > base && array[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
    int at = skipBlanks(array, base, end);
    odd = at > base;
    if (!ByteScan.startsWithIgnoreCase(array, at, end, HTTP)) {
      return Reading.JUNK;
    }
    int versionEnd = skipWord(array, at, end);
    versionFrom = at - base;
    versionTo = versionEnd - base;
    int statusStart = skipBlanks(array, versionEnd, end);
    odd |= statusStart != versionEnd + 1;
    int digit = statusStart;
    while (digit < end && digit - statusStart < 3 && array[digit] >= '0' && array[digit] <= '9') {
      status = status * 10 + array[digit] - '0';
      digit++;
    }
    odd |= digit - statusStart != 3 || (digit < end && array[digit] != ' ');
    if (digit - statusStart < 3 && digit < end && !ByteScan.isBlank(array[digit])) {
      // Such as 2XX: what stands there is no number, and belongs to the reason.
      status = 0;
      digit = statusStart;
    }
    int reasonStart = digit < end && ByteScan.isBlank(array[digit]) ? digit + 1 : digit;
    reasonFrom = reasonStart - base;
    reasonTo = Math.max(reasonStart, end) - base;
    return Reading.VERSIONED;
  }

  /** Returns whether the bytes that have come can still become {@code HTTP/…}. */
  static boolean mayBeResponse(byte[] array, int from, int to) {
    int at = skipBlanks(array, from, to);
    int length = Math.min(HTTP.length(), to - at);
    return ByteScan.startsWithIgnoreCase(array, at, at + length, HTTP.substring(0, length));
  }

  private static boolean isVersion(byte[] array, int from, int to) {
    return ByteScan.startsWithIgnoreCase(array, from, to, HTTP);
  }

  /** Methods are upper-case words in practice; anything may stand before a proper version. */
  private static boolean isMethodLike(byte[] array, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isMethodByte(array[i])) {
        return false;
      }
    }
    return to > from;
  }

  static boolean isMethodByte(byte b) {
    return (b >= 'A' && b <= 'Z') || b == '-' || b == '_';
  }

  private static boolean hasBlank(byte[] array, int from, int to) {
    for (int i = from; i < to; i++) {
      if (ByteScan.isBlank(array[i])) {
        return true;
      }
    }
    return false;
  }

  private static boolean isText(byte[] array, int from, int to) {
    for (int i = from; i < to; i++) {
      if (array[i] >= 0 && array[i] < ' ' && array[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  void report(ParsedMessage message) {
    if (odd) {
      message.anomaly(AnomalyKind.START_LINE, "spacing or words");
    }
  }
}
