// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.splice.CutRequest;
import dev.tapedeck.replayer.splice.EditableRequest.Field;
import dev.tapedeck.replayer.splice.Http2Head;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of messages on a connection: as they were in HTTP/1; in HTTP/2 (RFC 9113) in frames
 * made anew, because the recorded ones depend on tables of fields that others filled.
 */
final class MessageBytes {
  private MessageBytes() {}

  /** Returns the bytes of an HTTP/1 message. */
  static Bytes http1(HttpMessage message) {
    return message.head().plus(message.body().framed().toBytes());
  }

  /** Returns a request as frames of a stream. */
  static Bytes http2(HttpRequest request, int streamId) {
    // What was cut stays without its end.
    return http2(request, Http2Head.of(request), streamId, !CutRequest.isCut(request));
  }

  /** Returns the interim answers and the answer as frames of a stream. */
  static Bytes answers(Exchange exchange, HttpResponse response, int streamId) {
    Bytes frames = Bytes.empty();
    for (HttpResponse interim : exchange.interim()) {
      frames = frames.plus(http2(interim, answer(interim), streamId, false));
    }
    return frames.plus(http2(response, answer(response), streamId, true));
  }

  private static List<Field> answer(HttpResponse response) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field(":status", Integer.toString(response.status())));
    fields.addAll(Http2Head.fields(response.headers()));
    return fields;
  }

  private static Bytes http2(
      HttpMessage message, List<Field> fields, int streamId, boolean endsStream) {
    Bytes body = message.body().wire().toBytes();
    FieldSection trailers = section(Http2Head.fields(message.trailers()));
    boolean endsWithHead = body.isEmpty() && trailers.isEmpty();
    Bytes frames =
        Http2Writer.section(section(fields), streamId, endsStream && endsWithHead)
            .plus(Http2Writer.data(body, streamId, endsStream && trailers.isEmpty()));
    return trailers.isEmpty()
        ? frames
        : frames.plus(Http2Writer.section(trailers, streamId, endsStream));
  }

  private static FieldSection section(List<Field> fields) {
    FieldSection section = new FieldSection();
    fields.forEach(field -> section.add(field.name(), field.value()));
    return section;
  }
}
