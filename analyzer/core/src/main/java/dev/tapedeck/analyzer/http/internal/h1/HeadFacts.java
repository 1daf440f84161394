// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;

/**
 * What a head's fields say about framing and about the connection, gathered while its lines are
 * read.
 */
public final class HeadFacts {
  /** No Content-Length field. */
  static final long NO_LENGTH = -1;

  /** A Content-Length that is no number. */
  static final long BAD_LENGTH = -2;

  private static final int MAX_LENGTH_DIGITS = 18;

  long contentLength = NO_LENGTH;
  boolean lengthConflict;
  boolean transferEncoding;
  boolean chunkedLast;
  boolean chunkedAnywhere;
  boolean upgrade;
  boolean contentEncoding;
  boolean expectContinue;
  int hostFrom = -1;
  int hostTo = -1;

  void clear() {
    contentLength = NO_LENGTH;
    lengthConflict = false;
    transferEncoding = false;
    chunkedLast = false;
    chunkedAnywhere = false;
    upgrade = false;
    contentEncoding = false;
    expectContinue = false;
    hostFrom = -1;
    hostTo = -1;
  }

  /** Returns whether an Upgrade field is there. */
  public boolean upgrade() {
    return upgrade;
  }

  /** Returns whether the content is coded. */
  public boolean contentEncoding() {
    return contentEncoding;
  }

  /** Returns whether the client waits for a 100 before it sends the body. */
  public boolean expectContinue() {
    return expectContinue;
  }

  /** Returns the offset of the first Host field's value; −1 when there is none. */
  public int hostFrom() {
    return hostFrom;
  }

  /** Returns the offset after the first Host field's value. */
  public int hostTo() {
    return hostTo;
  }

  /** Takes one field in; offsets are indexes into the array, {@code base} is the head's first. */
  void field(
      byte[] array,
      int base,
      int nameFrom,
      int nameTo,
      int valueFrom,
      int valueTo,
      ParsedMessage message) {
    switch (nameTo - nameFrom) {
      case 4 -> {
        if (hostFrom < 0 && ByteScan.equalsIgnoreCase(array, nameFrom, nameTo, "host")) {
          hostFrom = valueFrom - base;
          hostTo = valueTo - base;
        }
      }
      case 6 -> {
        if (ByteScan.equalsIgnoreCase(array, nameFrom, nameTo, "expect")) {
          expectContinue |= ByteScan.equalsIgnoreCase(array, valueFrom, valueTo, "100-continue");
        }
      }
      case 7 -> upgrade |= ByteScan.equalsIgnoreCase(array, nameFrom, nameTo, "upgrade");
      case 14 -> {
        if (ByteScan.equalsIgnoreCase(array, nameFrom, nameTo, "content-length")) {
          length(array, valueFrom, valueTo, message);
        }
      }
      case 16 ->
          contentEncoding |= ByteScan.equalsIgnoreCase(array, nameFrom, nameTo, "content-encoding");
      case 17 -> {
        if (ByteScan.equalsIgnoreCase(array, nameFrom, nameTo, "transfer-encoding")) {
          coding(array, valueFrom, valueTo, message);
        }
      }
      default -> {
        // Other fields do not touch framing.
      }
    }
  }

  /** Content-Length may be repeated and be a list (RFC 9110, section 8.6); all must agree. */
  private void length(byte[] array, int from, int to, ParsedMessage message) {
    int at = from;
    boolean first = true;
    while (at <= to) {
      int comma = at;
      while (comma < to && array[comma] != ',') {
        comma++;
      }
      long value = number(array, at, comma);
      if (contentLength != NO_LENGTH || !first) {
        message.anomaly(AnomalyKind.CONTENT_LENGTH, "repeated");
      }
      if (value == BAD_LENGTH) {
        message.anomaly(AnomalyKind.CONTENT_LENGTH, "not a number");
      }
      if (contentLength >= 0 && value >= 0 && contentLength != value) {
        lengthConflict = true;
        message.anomaly(AnomalyKind.CONTENT_LENGTH, contentLength + " and " + value);
      } else if (contentLength < 0) {
        contentLength = value;
      }
      first = false;
      at = comma + 1;
    }
  }

  private static long number(byte[] array, int from, int to) {
    int at = from;
    int end = to;
    while (at < end && ByteScan.isBlank(array[at])) {
      at++;
    }
    while (end > at && ByteScan.isBlank(array[end - 1])) {
      end--;
    }
    while (at < end - 1 && array[at] == '0') {
      at++;
    }
    if (at == end || end - at > MAX_LENGTH_DIGITS) {
      return BAD_LENGTH;
    }
    long value = 0;
    for (; at < end; at++) {
      int digit = array[at] - '0';
      if (digit < 0 || digit > 9) {
        return BAD_LENGTH;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** Chunked ends the body only where it is the last coding (RFC 9112, section 6.3). */
  private void coding(byte[] array, int from, int to, ParsedMessage message) {
    if (transferEncoding) {
      message.anomaly(AnomalyKind.TRANSFER_ENCODING, "repeated");
    }
    transferEncoding = true;
    int at = from;
    while (at < to) {
      int comma = at;
      while (comma < to && array[comma] != ',') {
        comma++;
      }
      int start = at;
      int end = comma;
      while (start < end && isPadding(array[start])) {
        start++;
      }
      while (end > start && isPadding(array[end - 1])) {
        end--;
      }
      if (end > start) {
        chunkedLast = ByteScan.equalsIgnoreCase(array, start, end, "chunked");
        if (chunkedLast && (start != at || end != comma) && hasControls(array, at, comma)) {
          message.anomaly(AnomalyKind.TRANSFER_ENCODING, "padded");
        }
        if (chunkedLast && chunkedAnywhere) {
          message.anomaly(AnomalyKind.TRANSFER_ENCODING, "chunked twice");
        }
        chunkedAnywhere |= chunkedLast;
      }
      at = comma + 1;
    }
  }

  private static boolean isPadding(byte b) {
    return b >= 0 && b <= ' ';
  }

  private static boolean hasControls(byte[] array, int from, int to) {
    for (int i = from; i < to; i++) {
      if (array[i] >= 0 && array[i] < ' ') {
        return true;
      }
    }
    return false;
  }
}
