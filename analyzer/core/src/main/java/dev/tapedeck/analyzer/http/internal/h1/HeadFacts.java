// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

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

  /** What a chunked body has at least. */
  private static final int LAST_CHUNK_BYTES = "0\r\n\r\n".length();

  private static final String TRANSFER_ENCODING = "transfer-encoding";
  private static final String CONTENT_ENCODING = "content-encoding";

  private static final LowerName CONNECTION_FIELD = new LowerName("connection");
  private static final LowerName CONTENT_TYPE_FIELD = new LowerName("content-type");
  private static final LowerName CONTENT_LENGTH_FIELD = new LowerName("content-length");
  private static final LowerName CONTENT_ENCODING_FIELD = new LowerName(CONTENT_ENCODING);
  private static final LowerName GRPC = new LowerName("application/grpc");

  /** RFC 9112, section 7.2, but for compress, which nobody sends. */
  private static final List<String> TRANSFER_CODINGS = List.of("gzip", "x-gzip", "deflate");

  /** A bit for each length of a name that matters. */
  private static final int CONCERNING_LENGTHS =
      1 << 4 | 1 << 6 | 1 << 7 | 1 << 10 | 1 << 12 | 1 << 14 | 1 << 16 | 1 << 17;

  long contentLength = NO_LENGTH;

  /** Another Content-Length than the first; {@link #NO_LENGTH} when there is none. */
  long otherLength = NO_LENGTH;

  /** The length is not a number, but begins with one. */
  boolean lengthInDoubt;

  boolean connectionClose;
  boolean transferEncoding;

  /** Transfer-Encoding is named where only some would find it. */
  boolean hiddenTransferEncoding;

  /** A coding other than chunked and identity was applied for the transfer. */
  boolean transferCoded;

  boolean chunkedLast;
  boolean chunkedAnywhere;
  boolean upgrade;
  boolean contentEncoding;

  /** How many fields name a content coding; where one does, its value is here. */
  private int contentEncodings;

  private int contentEncodingFrom;
  private int contentEncodingTo;
  boolean expectContinue;
  boolean eventStream;
  boolean grpc;
  int hostFrom = -1;
  int hostTo = -1;

  void clear() {
    contentLength = NO_LENGTH;
    otherLength = NO_LENGTH;
    lengthInDoubt = false;
    connectionClose = false;
    transferEncoding = false;
    hiddenTransferEncoding = false;
    transferCoded = false;
    chunkedLast = false;
    chunkedAnywhere = false;
    upgrade = false;
    contentEncoding = false;
    contentEncodings = 0;
    contentEncodingFrom = 0;
    contentEncodingTo = 0;
    expectContinue = false;
    eventStream = false;
    grpc = false;
    hostFrom = -1;
    hostTo = -1;
  }

  /** Returns whether a gap behind what was read of the head cannot hold the whole body. */
  boolean announcesMoreThan(long gapBytes) {
    return gapBytes >= 0
        && (transferEncoding ? gapBytes < LAST_CHUNK_BYTES : contentLength > gapBytes);
  }

  /** Returns how many bytes the Host field's line has at least; 0 without one. */
  public int hostLineBytes() {
    return hostFrom < 0 ? 0 : "host:\r\n".length() + hostTo - hostFrom;
  }

  /** Returns whether an Upgrade field is there. */
  public boolean upgrade() {
    return upgrade;
  }

  /** Returns whether the content is coded. */
  public boolean contentEncoding() {
    return contentEncoding;
  }

  /**
   * Returns the offset of the value of the field that names the content's codings; −1 when there is
   * more than one, or its name is odd.
   */
  public int contentEncodingFrom() {
    return contentEncodings == 1 ? contentEncodingFrom : -1;
  }

  /** Returns the offset after the value of the field that names the content's codings. */
  public int contentEncodingTo() {
    return contentEncodingTo;
  }

  /** Returns whether codings other than chunked were applied for the transfer. */
  public boolean transferCoded() {
    return transferCoded;
  }

  /** Returns whether the body is a gRPC one. */
  public boolean grpc() {
    return grpc;
  }

  /** Returns whether the body is a stream of events, so that the times inside it matter. */
  public boolean eventStream() {
    return eventStream;
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

  /** Returns whether a field's name is Content-Encoding, but for bytes that no name may hold. */
  public static boolean isContentEncoding(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return ByteScan.equalsSqueezed(bytes, 0, bytes.length, CONTENT_ENCODING);
  }

  /** Returns those of a Transfer-Encoding's codings that are undone as content codings are. */
  public static List<String> transferCodings(String value) {
    return Arrays.stream(value.toLowerCase(Locale.ROOT).split(","))
        .map(String::strip)
        .filter(TRANSFER_CODINGS::contains)
        .toList();
  }

  /** Takes in what would be a line of its own to some: a folded line, or what follows a CR. */
  void hidden(byte[] array, int from, int to) {
    int start = ByteScan.skipPadding(array, from, to);
    hiddenTransferEncoding |=
        ByteScan.startsWithIgnoreCase(array, start, to, TRANSFER_ENCODING)
            && FieldReader.beginsField(array, start, to);
  }

  /** Takes in the name of a field that holds bytes which no name may hold. */
  void oddName(byte[] array, int from, int to) {
    hiddenTransferEncoding |= ByteScan.equalsSqueezed(array, from, to, TRANSFER_ENCODING);
    if (ByteScan.equalsSqueezed(array, from, to, CONTENT_ENCODING)) {
      contentEncoding(-1, -1);
    }
  }

  private void contentEncoding(int valueFrom, int valueTo) {
    contentEncoding = true;
    contentEncodings++;
    contentEncodingFrom = valueFrom;
    contentEncodingTo = valueTo;
  }

  /** Returns whether {@link #field} looks at names of a length. */
  static boolean mayConcern(int nameLength) {
    return nameLength < Integer.SIZE && (CONCERNING_LENGTHS >>> nameLength & 1) != 0;
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
      case 10 -> {
        if (CONNECTION_FIELD.equals(array, nameFrom, nameTo)) {
          connectionClose |= ByteScan.equalsIgnoreCase(array, valueFrom, valueTo, "close");
        }
      }
      case 12 -> {
        if (CONTENT_TYPE_FIELD.equals(array, nameFrom, nameTo)) {
          eventStream |=
              ByteScan.startsWithIgnoreCase(array, valueFrom, valueTo, "text/event-stream");
          grpc |= GRPC.begins(array, valueFrom, valueTo);
        }
      }
      case 14 -> {
        if (CONTENT_LENGTH_FIELD.equals(array, nameFrom, nameTo)) {
          length(array, valueFrom, valueTo, message);
        }
      }
      case 16 -> {
        if (CONTENT_ENCODING_FIELD.equals(array, nameFrom, nameTo)) {
          contentEncoding(valueFrom - base, valueTo - base);
        }
      }
      case 17 -> {
        if (ByteScan.equalsIgnoreCase(array, nameFrom, nameTo, TRANSFER_ENCODING)) {
          codings(array, valueFrom, valueTo, message);
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
      int comma = indexOfComma(array, at, to);
      long value = number(array, at, comma, message);
      if (contentLength != NO_LENGTH || !first) {
        message.anomaly(AnomalyKind.CONTENT_LENGTH, "repeated");
      }
      if (contentLength >= 0 && value >= 0 && contentLength != value) {
        otherLength = value;
        message.anomaly(AnomalyKind.CONTENT_LENGTH, contentLength + " and " + value);
      } else if (contentLength < 0) {
        contentLength = value;
      }
      first = false;
      at = comma + 1;
    }
  }

  private static int indexOfComma(byte[] array, int from, int to) {
    int at = from;
    while (at < to && array[at] != ',') {
      at++;
    }
    return at;
  }

  /** The digits that it begins with count, as they do for most programs. */
  private long number(byte[] array, int from, int to, ParsedMessage message) {
    int at = ByteScan.skipPadding(array, from, to);
    int end = to;
    while (end > at && ByteScan.isPadding(array[end - 1])) {
      end--;
    }
    if (at < end - 1 && array[at] == '+') {
      message.anomaly(AnomalyKind.CONTENT_LENGTH, "sign");
      at++;
    }
    int digits = at;
    while (digits < end && array[digits] >= '0' && array[digits] <= '9') {
      digits++;
    }
    if (digits < end || digits == at) {
      lengthInDoubt = true;
      message.anomaly(AnomalyKind.CONTENT_LENGTH, "not a number");
    }
    while (at < digits - 1 && array[at] == '0') {
      at++;
    }
    if (digits == at) {
      return BAD_LENGTH;
    }
    if (digits - at > MAX_LENGTH_DIGITS) {
      message.anomaly(AnomalyKind.CONTENT_LENGTH, "overflow");
      return BAD_LENGTH;
    }
    long value = 0;
    for (; at < digits; at++) {
      value = value * 10 + array[at] - '0';
    }
    return value;
  }

  /** Chunked ends the body only where it is the last coding (RFC 9112, section 6.3). */
  private void codings(byte[] array, int from, int to, ParsedMessage message) {
    if (transferEncoding) {
      message.anomaly(AnomalyKind.TRANSFER_ENCODING, "repeated");
    }
    transferEncoding = true;
    int at = from;
    while (at < to) {
      int comma = indexOfComma(array, at, to);
      int start = ByteScan.skipPadding(array, at, comma);
      int end = comma;
      while (end > start && ByteScan.isPadding(array[end - 1])) {
        end--;
      }
      if (end > start) {
        coding(array, start, end, message);
      }
      at = comma + 1;
    }
  }

  private void coding(byte[] array, int from, int to, ParsedMessage message) {
    chunkedLast = ByteScan.equalsIgnoreCase(array, from, to, "chunked");
    if (!chunkedLast) {
      for (String coding : TRANSFER_CODINGS) {
        transferCoded |= ByteScan.equalsIgnoreCase(array, from, to, coding);
      }
      return;
    }
    if (chunkedAnywhere) {
      message.anomaly(AnomalyKind.TRANSFER_ENCODING, "chunked twice");
    }
    chunkedAnywhere = true;
  }

  /**
   * Says what ends the body by the fields alone (RFC 9112, section 6.3).
   *
   * @param none what ends it when no field does
   */
  Body.Framing framing(ParsedMessage message, Body.Framing none) {
    if (transferEncoding || hiddenTransferEncoding) {
      return transferFraming(message);
    }
    return otherFraming(none);
  }

  /** Whether a coding that only some would take for chunked is, the first chunk tells. */
  private Body.Framing transferFraming(ParsedMessage message) {
    if (contentLength != NO_LENGTH) {
      message.anomaly(AnomalyKind.CONTENT_LENGTH, "with Transfer-Encoding");
    }
    if (!message.startLine.isHttp11(message.headArray(), message.headOffset())) {
      message.anomaly(AnomalyKind.TRANSFER_ENCODING, "on HTTP/1.0");
    }
    if (hiddenTransferEncoding) {
      message.anomaly(AnomalyKind.TRANSFER_ENCODING, "hidden");
    }
    if (transferEncoding && !chunkedLast) {
      message.anomaly(AnomalyKind.TRANSFER_ENCODING, "chunked is not last");
    }
    message.chunkedInDoubt = !chunkedAnywhere;
    return Body.Framing.CHUNKED;
  }

  /** Says what ends the body if it is not chunked after all. */
  Body.Framing otherFraming(Body.Framing none) {
    boolean byClose = none == Body.Framing.CLOSE && lengthInDoubt && connectionClose;
    return contentLength >= 0 && !byClose ? Body.Framing.CONTENT_LENGTH : none;
  }
}
