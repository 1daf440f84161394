// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.internal.h1.ParsedMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the gRPC messages in bodies: gRPC over HTTP/2 and gRPC-Web, binary and text. Each has a
 * byte of flags and four of length before it (gRPC's "Length-Prefixed-Message").
 *
 * <p>Where bytes are missing nothing tells where the next message begins: the list ends with the
 * message that they are missing from.
 *
 * <p><b>Limits:</b> {@value #MAX_MESSAGES} messages of a body, each decompressed no further than
 * {@link ContentDecoder} goes.
 */
final class GrpcView {
  static final int MAX_MESSAGES = 1 << 16;
  static final int PREFIX_BYTES = 5;

  /** Set on the frame that holds the trailers in gRPC-Web. */
  static final int TRAILERS_FLAG = 0x80;

  private static final int COMPRESSED_FLAG = 0x01;
  private static final String TYPE = "application/grpc";
  private static final String WEB_TYPE = "application/grpc-web";
  private static final String WEB_TEXT_TYPE = "application/grpc-web-text";

  private final ContentDecoder decoder;
  private final LongUnaryOperator toEpochNanos;

  GrpcView(ContentDecoder decoder, LongUnaryOperator toEpochNanos) {
    this.decoder = decoder;
    this.toEpochNanos = toEpochNanos;
  }

  /** Returns whether the fields say that the body is gRPC. */
  static boolean isGrpc(HeaderFields headers) {
    return type(headers).startsWith(TYPE);
  }

  /**
   * Returns the lines that gRPC-Web has in place of trailers, in the last frame of the body; empty
   * when there is none, or bytes of the body are missing.
   */
  static String webTrailers(HttpResponse response) {
    if (!type(response.headers()).startsWith(WEB_TYPE)
        || response.completeness() != Completeness.COMPLETE) {
      return "";
    }
    ByteRope content = response.body().content();
    Bytes bytes =
        isText(response.headers())
            ? Base64Body.of(content, Long.MAX_VALUE).decoded()
            : content.toBytes();
    int at = 0;
    while (bytes.length() - at >= PREFIX_BYTES) {
      long end = at + PREFIX_BYTES + length(bytes, at + 1);
      if (end > bytes.length()) {
        break;
      }
      if ((bytes.get(at) & 0xff) == TRAILERS_FLAG) {
        return bytes.slice(at + PREFIX_BYTES, (int) end).toLatin1();
      }
      at = (int) end;
    }
    return "";
  }

  private static boolean isText(HeaderFields headers) {
    return type(headers).startsWith(WEB_TEXT_TYPE);
  }

  private static String type(HeaderFields headers) {
    HeaderField field = headers.first("content-type");
    return field == null ? "" : field.value().toLowerCase(Locale.ROOT);
  }

  /**
   * A message whose body is looked at.
   *
   * @param times when which bytes of the body moved; null when only the message's times are known
   * @param intactBytes how many bytes of the body lie before the first missing one
   */
  record Part(HttpMessage message, @Nullable DataTimes times, long intactBytes) {
    /** Returns that of a message of HTTP/1, which may carry gRPC-Web; null when it does not. */
    static @Nullable Part ofHttp1(ParsedMessage parsed, HttpMessage message) {
      return parsed.facts().grpc() ? new Part(message, null, parsed.intactWireBytes()) : null;
    }
  }

  /** Returns the messages of both bodies in the order in which they had moved. */
  List<StreamMessage> messages(@Nullable Part request, @Nullable Part response) {
    if ((request == null || !isGrpc(request.message().headers()))
        && (response == null || !isGrpc(response.message().headers()))) {
      return List.of();
    }
    List<StreamMessage> found = new ArrayList<>();
    if (request != null) {
      add(request, Role.CLIENT, found);
    }
    if (response != null) {
      add(response, Role.SERVER, found);
    }
    found.sort(Comparator.comparingLong(message -> message.span().lastEpochNanos()));
    return found;
  }

  private void add(Part part, Role sender, List<StreamMessage> found) {
    HttpMessage message = part.message();
    if (!isGrpc(message.headers()) || message.body().content().length() == 0) {
      return;
    }
    ByteRope content = message.body().content();
    Base64Body text = isText(message.headers()) ? Base64Body.of(content, part.intactBytes()) : null;
    Bytes bytes = text == null ? content.toBytes() : text.decoded();
    // What stands behind the first missing byte may be anything's.
    int intact = text == null ? (int) Math.min(bytes.length(), part.intactBytes()) : bytes.length();
    int at = 0;
    int count = 0;
    while (at < intact && count++ < MAX_MESSAGES) {
      boolean cut = intact - at < PREFIX_BYTES;
      int flags = bytes.get(at) & 0xff;
      long length = cut ? 0 : length(bytes, at + 1);
      int from = Math.min(intact, at + PREFIX_BYTES);
      cut |= from + length > intact;
      int to = cut ? intact : (int) (from + length);
      if ((flags & TRAILERS_FLAG) == 0) {
        long wireFrom = text == null ? at : text.wireOffset(at);
        long wireTo = text == null ? to : text.wireOffset(to);
        MessageSpan span = span(part, wireFrom, wireTo);
        ByteRope payload =
            to == from ? ByteRope.EMPTY : new ByteRope(List.of(bytes.slice(from, to)));
        found.add(message(message, sender, span, payload, (flags & COMPRESSED_FLAG) != 0, cut));
      }
      if (cut) {
        return;
      }
      at = to;
    }
  }

  private static long length(Bytes bytes, int at) {
    return (bytes.get(at) & 0xffL) << 24
        | (bytes.get(at + 1) & 0xffL) << 16
        | (bytes.get(at + 2) & 0xffL) << 8
        | (bytes.get(at + 3) & 0xffL);
  }

  private MessageSpan span(Part part, long from, long to) {
    DataTimes times = part.times();
    if (times == null) {
      MessageSpan whole = part.message().span();
      return new MessageSpan(from, to, whole.firstEpochNanos(), whole.lastEpochNanos());
    }
    return new MessageSpan(
        from,
        to,
        toEpochNanos.applyAsLong(times.firstNanos(from)),
        toEpochNanos.applyAsLong(times.lastNanos(Math.max(from, to - 1))));
  }

  private StreamMessage message(
      HttpMessage message,
      Role sender,
      MessageSpan span,
      ByteRope payload,
      boolean compressed,
      boolean cut) {
    ByteRope content = payload;
    List<Anomaly> anomalies = new ArrayList<>(0);
    if (compressed) {
      HeaderField coding = message.headers().first("grpc-encoding");
      if (coding == null || coding.value().equals("identity")) {
        anomalies.add(new Anomaly(AnomalyKind.CONTENT_CODING, "compressed without grpc-encoding"));
      } else {
        long intact = cut ? payload.length() : Long.MAX_VALUE;
        ContentDecoder.Decoded decoded = decoder.decode(payload, intact, List.of(coding.value()));
        content = decoded.content();
        anomalies.addAll(decoded.anomalies());
      }
    }
    Completeness whole =
        message.completeness() == Completeness.COMPLETE
            ? Completeness.TRUNCATED_END
            : message.completeness();
    return StreamMessage.newBuilder(sender, StreamMessage.Kind.GRPC, span)
        .payload(content, payload.length(), compressed)
        .completeness(cut ? whole : Completeness.COMPLETE)
        .anomalies(anomalies)
        .build();
  }
}
