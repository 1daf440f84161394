// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.splice.EditableRequest.Field;
import dev.tapedeck.replayer.splice.Http2Head;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of messages on a connection: as they were in HTTP/1; in HTTP/2 (RFC 9113) in frames
 * made anew, because the recorded ones depend on tables of fields that others filled.
 */
final class MessageBytes {
  /** RFC 9113, section 3.4. */
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /** RFC 9113, section 4.2: what every peer takes. */
  private static final int MAX_FRAME_BYTES = 16_384;

  // RFC 9113, sections 6.1, 6.2, 6.5 and 6.10.
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  private MessageBytes() {}

  /** Returns the bytes of an HTTP/1 message. */
  static Bytes http1(HttpMessage message) {
    return message.head().plus(message.body().framed().toBytes());
  }

  /** Returns what an end of an HTTP/2 connection begins with. */
  static Bytes opening(boolean client) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (client) {
      out.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
    }
    frame(out, SETTINGS, 0, 0, new byte[0], 0, 0);
    return Bytes.copyOf(out.toByteArray());
  }

  /** Returns a request as frames of a stream. */
  static Bytes http2(HttpRequest request, int streamId) {
    return http2(request, Http2Head.of(request), streamId, true);
  }

  /** Returns the interim answers and the answer as frames of a stream. */
  static Bytes answers(Exchange exchange, HttpResponse response, int streamId) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (HttpResponse interim : exchange.interim()) {
      out.writeBytes(array(http2(interim, answer(interim), streamId, false)));
    }
    out.writeBytes(array(http2(response, answer(response), streamId, true)));
    return Bytes.copyOf(out.toByteArray());
  }

  private static byte[] array(Bytes bytes) {
    byte[] array = new byte[bytes.length()];
    bytes.copyTo(0, array, 0, array.length);
    return array;
  }

  private static List<Field> answer(HttpResponse response) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field(":status", Integer.toString(response.status())));
    fields.addAll(Http2Head.fields(response.headers()));
    return fields;
  }

  private static Bytes http2(
      HttpMessage message, List<Field> fields, int streamId, boolean endsStream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] body = array(message.body().wire().toBytes());
    List<Field> trailers = Http2Head.fields(message.trailers());
    boolean endsWithHead = endsStream && body.length == 0 && trailers.isEmpty();
    head(out, fields, streamId, endsWithHead);
    for (int from = 0; from < body.length; from += MAX_FRAME_BYTES) {
      int length = Math.min(MAX_FRAME_BYTES, body.length - from);
      boolean last = from + length == body.length && trailers.isEmpty();
      frame(out, DATA, endsStream && last ? END_STREAM : 0, streamId, body, from, length);
    }
    if (!trailers.isEmpty()) {
      head(out, trailers, streamId, endsStream);
    }
    return Bytes.copyOf(out.toByteArray());
  }

  private static void head(
      ByteArrayOutputStream out, List<Field> fields, int streamId, boolean endsStream) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (Field field : fields) {
      // RFC 7541, section 6.2.2: literal without indexing, new name.
      block.write(0);
      text(block, field.name());
      text(block, field.value());
    }
    byte[] bytes = block.toByteArray();
    int from = 0;
    do {
      int length = Math.min(MAX_FRAME_BYTES, bytes.length - from);
      int flags = from + length == bytes.length ? END_HEADERS : 0;
      if (from == 0) {
        frame(out, HEADERS, flags | (endsStream ? END_STREAM : 0), streamId, bytes, from, length);
      } else {
        frame(out, CONTINUATION, flags, streamId, bytes, from, length);
      }
      from += length;
    } while (from < bytes.length);
  }

  /** RFC 7541, sections 5.1 and 5.2: a length with a prefix of 7 bits, and plain octets. */
  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int rest = bytes.length;
    if (rest < 0x7F) {
      out.write(rest);
    } else {
      out.write(0x7F);
      rest -= 0x7F;
      while (rest >= 0x80) {
        out.write(rest % 0x80 + 0x80);
        rest /= 0x80;
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  private static void frame(
      ByteArrayOutputStream out,
      int type,
      int flags,
      int streamId,
      byte[] bytes,
      int from,
      int length) {
    out.write(length >>> 16);
    out.write(length >>> 8);
    out.write(length);
    out.write(type);
    out.write(flags);
    out.write(streamId >>> 24);
    out.write(streamId >>> 16);
    out.write(streamId >>> 8);
    out.write(streamId);
    out.write(bytes, from, length);
  }
}
