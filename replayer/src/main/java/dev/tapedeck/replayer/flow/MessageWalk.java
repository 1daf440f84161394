// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.splice.Parameters;
import dev.tapedeck.replayer.splice.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Walks through everything in a message that may be minted, or sent back.
 *
 * <p><b>Limits:</b> bodies up to {@value #MAX_BODY_BYTES} bytes are looked into. <b>Threads:</b>
 * confined to one.
 */
final class MessageWalk {
  static final int MAX_BODY_BYTES = 4 << 20;

  /** What follows it is no body (RFC 9110, section 9.3.6; RFC 8441, section 5). */
  private static final String CONNECT = "CONNECT";

  private static final Set<String> DULL_REQUEST_FIELDS =
      Set.of(
          "host",
          "user-agent",
          "connection",
          "content-length",
          "content-type",
          "transfer-encoding",
          "cache-control",
          "pragma",
          "upgrade-insecure-requests",
          "te",
          "expect",
          "date",
          "dnt",
          "range",
          "keep-alive",
          "via",
          "forwarded",
          "origin",
          "content-encoding",
          "upgrade",
          "if-none-match",
          "if-match",
          "if-range",
          "if-modified-since",
          "if-unmodified-since");

  private static final Set<String> DULL_ANSWER_FIELDS =
      Set.of(
          "date",
          "server",
          "content-type",
          "content-length",
          "connection",
          "transfer-encoding",
          "cache-control",
          "expires",
          "vary",
          "age",
          "allow",
          "accept-ranges",
          "keep-alive",
          "via",
          "strict-transport-security",
          "alt-svc",
          "report-to",
          "nel",
          "set-cookie",
          "pragma",
          "content-encoding",
          "content-language",
          "etag",
          "last-modified",
          "content-range");

  private static final List<String> DULL_PREFIXES =
      List.of("accept", "sec-", "access-control-", "x-forwarded-", "x-frame-", "x-content-type-");

  private static final Set<String> URL_FIELDS =
      Set.of("location", "content-location", "referer", "refresh");

  private final Trail trail;
  private final Dissector.Sink sink;

  MessageWalk(Trail trail, Dissector.Sink sink) {
    this.trail = trail;
    this.sink = sink;
  }

  /** Walks through a request. */
  void request(HttpRequest request) {
    Dissector dissector = new Dissector(trail, sink, false);
    trail.endpoint(noun(request.target()));
    trail.begin(new Part.Target());
    dissector.url(request.target());
    Map<String, Integer> counts = new HashMap<>();
    for (HeaderField field : request.headers().toList()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      int nth = counts.merge(name, 1, Integer::sum) - 1;
      trail.begin(new Part.Header(name, nth));
      if (name.equals("cookie")) {
        dissector.cookies(field.value());
      } else {
        validator(name, field.value(), request.target());
        header(dissector, name, field.value(), DULL_REQUEST_FIELDS);
      }
    }
    boolean stream = request.method().equals(CONNECT);
    if (!stream && request.headers().first("content-encoding") == null) {
      body(dissector, request, request.body().wire());
    }
  }

  /** Walks through an exchange's answer. */
  void answer(Exchange exchange, HttpResponse answer) {
    Dissector dissector = new Dissector(trail, sink, true);
    HttpRequest request = exchange.request();
    String target = request == null ? "" : request.target();
    trail.endpoint(noun(target));
    Map<String, Integer> counts = new HashMap<>();
    for (HeaderField field : answer.headers().toList()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      int nth = counts.merge(name, 1, Integer::sum) - 1;
      if (name.equals("set-cookie")) {
        cookie(dissector, field.value());
      } else {
        trail.begin(new Part.Header(name, nth));
        validator(name, field.value(), target);
        header(dissector, name, field.value(), DULL_ANSWER_FIELDS);
      }
    }
    if (request == null || !request.method().equals(CONNECT)) {
      body(dissector, answer, answer.body().content());
    }
    for (HeaderField field : answer.trailers().toList()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      trail.begin(new Part.Trailer(name));
      header(dissector, name, field.value(), DULL_ANSWER_FIELDS);
    }
  }

  /**
   * Walks through a message behind an upgrade to WebSocket; only texts are looked into.
   *
   * @param index among those of its sender
   */
  void message(Exchange exchange, int index, StreamMessage message) {
    if (message.kind() != StreamMessage.Kind.TEXT
        || message.completeness() != Completeness.COMPLETE
        || message.payload().length() > MAX_BODY_BYTES) {
      return;
    }
    HttpRequest request = exchange.request();
    Dissector dissector = new Dissector(trail, sink, message.sender() == Role.SERVER);
    trail.endpoint(noun(request == null ? "" : request.target()));
    trail.begin(new Part.Message(index));
    String text = message.payload().toBytes().toLatin1();
    if (text.startsWith("{") || text.startsWith("[")) {
      dissector.json(text);
    } else if (text.startsWith("<")) {
      dissector.markup(text);
    } else {
      dissector.leaf(text);
    }
  }

  private void cookie(Dissector dissector, String value) {
    SetCookie cookie = SetCookie.parse(value);
    if (!cookie.deletes()) {
      trail.begin(new Part.SetCookie(cookie.name()));
      trail.names(cookie.name(), null);
      trail.carrier("cookie:" + cookie.name());
      dissector.leaf(cookie.value());
    }
  }

  /** Clients send validators of a resource back as they are (RFC 9110, section 13.1). */
  private void validator(String name, String value, String target) {
    String kind =
        switch (name) {
          case "etag", "if-none-match", "if-match" -> "validator:etag ";
          case "last-modified", "if-modified-since", "if-unmodified-since" -> "validator:date ";
          case "if-range" -> value.endsWith("\"") ? "validator:etag " : "validator:date ";
          default -> "";
        };
    if (!kind.isEmpty()) {
      trail.carrier(kind + target);
      sink.value(value);
      trail.carrier(null);
    }
  }

  private void header(Dissector dissector, String name, String value, Set<String> dull) {
    if (dull.contains(name) || isDull(name)) {
      return;
    }
    trail.names(name, null);
    if (URL_FIELDS.contains(name) && value.indexOf('/') >= 0 && value.indexOf(' ') < 0) {
      dissector.url(value);
    } else {
      dissector.leaf(value);
    }
  }

  /** Pseudo-header fields of HTTP/2 say what the start line says. */
  private static boolean isDull(String name) {
    if (name.startsWith(":")) {
      return true;
    }
    for (String prefix : DULL_PREFIXES) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private void body(Dissector dissector, HttpMessage message, ByteRope content) {
    long length = content.length();
    if (length == 0 || length > MAX_BODY_BYTES) {
      return;
    }
    String type = mediaType(message.headers());
    trail.begin(new Part.Body());
    String text = content.toBytes().toLatin1();
    if (type.startsWith("image/")
        || type.startsWith("video/")
        || type.startsWith("audio/")
        || type.startsWith("font/")
        || type.equals("application/octet-stream")
        || type.equals("text/css")) {
      return;
    }
    if (type.contains("json") || text.startsWith("{") || text.startsWith("[")) {
      dissector.json(text);
    } else if (type.equals("application/x-www-form-urlencoded")) {
      dissector.form(text);
    } else if (type.equals("multipart/form-data")) {
      dissector.multipart(text);
    } else if (type.contains("html") || type.contains("xml") || text.startsWith("<")) {
      dissector.markup(text);
    } else if (type.startsWith("text/") || type.contains("javascript")) {
      dissector.leaf(text);
    }
  }

  private static String mediaType(HeaderFields headers) {
    HeaderField field = headers.first("content-type");
    String value = field == null ? "text/plain" : field.value();
    int semicolon = value.indexOf(';');
    return (semicolon < 0 ? value : value.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
  }

  private static String noun(String target) {
    List<String> segments = new ArrayList<>();
    for (Slice slice : Parameters.segments(target)) {
      segments.add(target.substring(slice.from(), slice.to()));
    }
    return Kinds.ofPath(segments, segments.size());
  }
}
