// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.engine.Http2Requests;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.Verdict;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An answer as HTTP/2 frames: those that were recorded, or made of an answer over HTTP/1.
 *
 * @param head the fields with the status before them
 * @param frames contents of its DATA frames
 * @param trailers null when there are none
 * @param open whether it has no end, because the recorded client stopped listening
 */
record Http2Reply(
    Http2Headers head, List<Bytes> frames, @Nullable Http2Headers trailers, boolean open) {
  /** Fields of a connection, which HTTP/2 has no use for (RFC 9113, section 8.2.2). */
  private static final Set<String> OF_CONNECTION =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  Http2Reply {
    frames = List.copyOf(frames);
  }

  /** Returns whether nothing follows the head. */
  boolean endsWithHead() {
    return frames.isEmpty() && trailers == null && !open;
  }

  static Http2Reply of(Verdict.Hit hit) {
    HttpResponse response = hit.response();
    Http2Headers head = new DefaultHttp2Headers(false);
    boolean streams = response.version().equals("HTTP/2");
    head.status(Integer.toString(response.status()));
    add(head, response.headers());
    Http2Headers trailers = null;
    if (response.trailers().size() > 0) {
      trailers = new DefaultHttp2Headers(false);
      add(trailers, response.trailers());
    }
    boolean open = response.completeness() != Completeness.COMPLETE;
    return new Http2Reply(head, frames(response, streams), trailers, open);
  }

  /**
   * Returns the head that opens a WebSocket on a stream: what proves an upgrade over HTTP/1 has no
   * place there (RFC 8441, section 5).
   */
  static Http2Headers accepting(HttpResponse recorded, boolean compresses) {
    Http2Headers head = new DefaultHttp2Headers(false);
    head.status("200");
    add(head, recorded.headers());
    head.remove("sec-websocket-accept");
    if (!compresses) {
      head.remove("sec-websocket-extensions");
    }
    return head;
  }

  private static List<Bytes> frames(HttpResponse response, boolean streams) {
    Bytes wire = response.body().wire().toBytes();
    if (wire.isEmpty()) {
      return List.of();
    }
    if (streams) {
      List<Bytes> frames = new ArrayList<>(Http2Requests.dataFrames(response.body().framed()));
      frames.removeIf(Bytes::isEmpty);
      if (frames.stream().mapToLong(Bytes::length).sum() == wire.length()) {
        return frames;
      }
    }
    return List.of(wire);
  }

  private static void add(Http2Headers headers, HeaderFields fields) {
    for (HeaderField field : fields.toList()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      if (!name.startsWith(":") && !OF_CONNECTION.contains(name)) {
        headers.add(ascii(name), ascii(field.value()));
      }
    }
  }

  private static AsciiString ascii(String text) {
    return new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1), false);
  }

  /** Returns what a request without a recorded answer gets. */
  static Http2Reply of(Miss miss, String method) {
    byte[] json = MissBody.of(miss);
    Http2Headers head =
        new DefaultHttp2Headers(false)
            .status(Integer.toString(MissBody.STATUS))
            .add("content-type", "application/json")
            .add("content-length", Integer.toString(json.length))
            .add("cache-control", "no-store")
            .add("x-tapedeck-mock", miss.reason().jsonName());
    List<Bytes> frames =
        method.equals("HEAD") ? List.of() : List.of(Bytes.wrap(json, 0, json.length));
    return new Http2Reply(head, frames, null, false);
  }
}
