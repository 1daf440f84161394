// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.http.GrpcStatus;
import dev.tapedeck.format.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a row's values lie.
 *
 * <table>
 *   <caption>A row of {@value #BYTES} bytes, big endian</caption>
 *   <tr><th>offset</th><th>bytes</th><th>value</th></tr>
 *   <tr><td>0</td><td>8</td><td>start, nanoseconds since the Unix epoch</td></tr>
 *   <tr><td>8</td><td>8</td><td>duration, nanoseconds</td></tr>
 *   <tr><td>16</td><td>8</td><td>nanoseconds to the answer's first byte; −1 not known</td></tr>
 *   <tr><td>24</td><td>4</td><td>session</td></tr>
 *   <tr><td>28</td><td>4</td><td>index in the session</td></tr>
 *   <tr><td>32</td><td>4</td><td>HTTP/2 stream; −1 none</td></tr>
 *   <tr><td>36</td><td>2</td><td>status; 0 none</td></tr>
 *   <tr><td>38</td><td>1</td><td>completeness</td></tr>
 *   <tr><td>39</td><td>1</td><td>flags</td></tr>
 *   <tr><td>40</td><td>4</td><td>messages inside it</td></tr>
 *   <tr><td>44</td><td>2</td><td>gRPC status; −1 none, 32767 that or more</td></tr>
 *   <tr><td>46</td><td>1</td><td>further flags</td></tr>
 *   <tr><td>48</td><td>8</td><td>bytes of the request's body before content decoding</td></tr>
 *   <tr><td>56</td><td>8</td><td>the same of the answer's</td></tr>
 *   <tr><td>64</td><td>16</td><td>positions {@code [from, to)} of the request in its stream</td></tr>
 *   <tr><td>80</td><td>16</td><td>the same of the answer, interim ones included</td></tr>
 *   <tr><td>96</td><td>4</td><td>where its texts begin, in the chunk's texts</td></tr>
 *   <tr><td>100</td><td>12</td><td>the texts' lengths; 65535 not known, the highest bit: was cut or
 *       has characters that are no ISO 8859-1</td></tr>
 * </table>
 */
final class RowLayout {
  static final int BYTES = 112;

  static final int STARTED = 0;
  static final int DURATION = 8;
  static final int FIRST_BYTE = 16;
  static final int SESSION = 24;
  static final int INDEX = 28;
  static final int STREAM = 32;
  static final int STATUS = 36;
  static final int COMPLETENESS = 38;
  static final int FLAGS = 39;
  static final int MESSAGES = 40;
  static final int GRPC = 44;
  static final int MORE_FLAGS = 46;
  static final int REQUEST_BYTES = 48;
  static final int RESPONSE_BYTES = 56;
  static final int REQUEST_FROM = 64;
  static final int REQUEST_TO = 72;
  static final int RESPONSE_FROM = 80;
  static final int RESPONSE_TO = 88;
  static final int TEXTS = 96;
  static final int TEXT_LENGTHS = 100;

  static final int HTTPS = 1;
  static final int CLIENT = 1 << 1;
  static final int PIPELINED = 1 << 2;
  static final int HAS_REQUEST = 1 << 3;
  static final int HAS_RESPONSE = 1 << 4;
  static final int ODD = 1 << 5;
  static final int LEG = 1 << 6;

  // Further flags.
  static final int REQUEST_CODED = 1;
  static final int RESPONSE_CODED = 1 << 1;

  /** Length of a text that is not known. */
  static final int NO_TEXT = 0xffff;

  /** Marks the length of a text that the row does not have as it is. */
  static final int NOT_WHOLE = 1 << 15;

  /** Stands for itself and all above. */
  static final int MAX_GRPC = Short.MAX_VALUE;

  /** By their number in rows. */
  static final List<Completeness> COMPLETENESS_BY_NUMBER = List.of(Completeness.values());

  /** Longer texts are cut in rows; the exchange itself has them whole. */
  static final int MAX_TEXT_BYTES = 1024;

  private RowLayout() {}

  /** The texts of a row, in this order. */
  enum Text {
    METHOD(0),
    AUTHORITY(1),
    TARGET(2),
    CONTENT_TYPE(3),
    PROTOCOL(4),
    PROCESS(5);

    private final int place;

    Text(int place) {
      this.place = place;
    }

    /** Returns the place of its length among the lengths. */
    int place() {
      return place;
    }
  }

  /**
   * Writes an exchange's row.
   *
   * @param row target, which has room for one
   * @param texts takes the texts; has room for them
   */
  static void write(Exchange exchange, ByteBuffer row, ByteBuffer texts) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    int at = row.position();
    row.putLong(at + STARTED, exchange.startedEpochNanos());
    row.putLong(at + DURATION, exchange.endedEpochNanos() - exchange.startedEpochNanos());
    Long firstByte = exchange.firstByteEpochNanos();
    row.putLong(at + FIRST_BYTE, firstByte == null ? -1 : firstByte - exchange.startedEpochNanos());
    row.putInt(at + SESSION, exchange.sessionNumber());
    row.putInt(at + INDEX, exchange.index());
    Integer stream = exchange.streamId();
    row.putInt(at + STREAM, stream == null ? -1 : stream);
    row.putShort(at + STATUS, (short) (response == null ? 0 : response.status()));
    row.put(at + COMPLETENESS, (byte) COMPLETENESS_BY_NUMBER.indexOf(exchange.completeness()));
    row.put(at + FLAGS, (byte) flags(exchange));
    row.putInt(at + MESSAGES, exchange.messages().size());
    GrpcStatus grpc = response == null ? null : GrpcStatus.of(response);
    row.putShort(at + GRPC, (short) (grpc == null ? -1 : Math.min(grpc.code(), MAX_GRPC)));
    row.put(
        at + MORE_FLAGS,
        (byte) ((isCoded(request) ? REQUEST_CODED : 0) | (isCoded(response) ? RESPONSE_CODED : 0)));
    row.putLong(at + REQUEST_BYTES, wireBytes(request));
    row.putLong(at + RESPONSE_BYTES, wireBytes(response));
    span(row, at + REQUEST_FROM, request, request);
    span(
        row,
        at + RESPONSE_FROM,
        exchange.interim().isEmpty() ? response : exchange.interim().get(0),
        response);
    row.putInt(at + TEXTS, texts.position());
    int lengths = at + TEXT_LENGTHS;
    for (Text text : Text.values()) {
      row.putShort(lengths + 2 * text.place(), (short) put(texts, of(exchange, text)));
    }
    row.position(at + BYTES);
  }

  private static int flags(Exchange exchange) {
    int flags = exchange.connection().scheme().equals("https") ? HTTPS : 0;
    flags |= exchange.connection().role() == Role.CLIENT ? CLIENT : 0;
    flags |= exchange.pipelined() ? PIPELINED : 0;
    flags |= exchange.request() == null ? 0 : HAS_REQUEST;
    flags |= exchange.response() == null ? 0 : HAS_RESPONSE;
    flags |= exchange.leg() == null ? 0 : LEG;
    return isOdd(exchange) ? flags | ODD : flags;
  }

  /** An upgrade is an anomaly to who reads HTTP on, but nothing went wrong. */
  private static boolean isOdd(Exchange exchange) {
    return exchange.completeness() != Completeness.COMPLETE
        || exchange.anomalies().stream()
            .anyMatch(anomaly -> anomaly.kind() != AnomalyKind.PROTOCOL_SWITCH)
        || isOdd(exchange.request())
        || isOdd(exchange.response());
  }

  private static boolean isOdd(@Nullable HttpMessage message) {
    return message != null && !message.anomalies().isEmpty();
  }

  private static long wireBytes(@Nullable HttpMessage message) {
    return message == null ? -1 : message.body().wire().length();
  }

  private static boolean isCoded(@Nullable HttpMessage message) {
    return message != null && message.body().isCoded();
  }

  private static void span(
      ByteBuffer row, int at, @Nullable HttpMessage first, @Nullable HttpMessage last) {
    row.putLong(at, first == null ? -1 : first.span().from());
    row.putLong(at + 8, last == null ? -1 : last.span().to());
  }

  private static @Nullable String of(Exchange exchange, Text text) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    return switch (text) {
      case METHOD -> request == null ? null : request.method();
      case AUTHORITY -> request == null ? null : request.authority();
      case TARGET -> request == null ? null : request.target();
      case CONTENT_TYPE -> response == null ? null : BodyText.contentType(response);
      case PROTOCOL -> orNull(exchange.protocol());
      case PROCESS -> orNull(exchange.connection().process().comm());
    };
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /**
   * Captured text is ISO 8859-1, a character a byte; what is not is shown as question marks.
   *
   * @return what stands for its length
   */
  private static int put(ByteBuffer texts, @Nullable String text) {
    if (text == null) {
      return NO_TEXT;
    }
    boolean isCut = text.length() > MAX_TEXT_BYTES;
    String cut = isCut ? text.substring(0, MAX_TEXT_BYTES) : text;
    texts.put(cut.getBytes(StandardCharsets.ISO_8859_1));
    return isCut || !isLatin1(cut) ? cut.length() | NOT_WHOLE : cut.length();
  }

  private static boolean isLatin1(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return false;
      }
    }
    return true;
  }
}
