// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;

/** HTTP/2 messages as the analyzer reconstructs them. */
final class TestStreams {
  private TestStreams() {}

  /**
   * A request that moved from one time to another.
   *
   * @param frames contents of its DATA frames
   */
  static HttpRequest request(
      String path, long firstNanos, long lastNanos, List<String> frames, String... fields) {
    List<String> all =
        new ArrayList<>(
            List.of(
                ":method",
                frames.isEmpty() ? "GET" : "POST",
                ":scheme",
                "https",
                ":path",
                path,
                ":authority",
                "old.example"));
    all.addAll(List.of(fields));
    return new HttpRequest(
        all.get(1),
        path,
        "HTTP/2",
        "old.example",
        Bytes.empty(),
        fields(all),
        HeaderFields.NONE,
        body(frames),
        new MessageSpan(0, 0, firstNanos, lastNanos),
        Completeness.COMPLETE,
        List.of());
  }

  static HttpRequest withTrailers(HttpRequest request, String... trailers) {
    return new HttpRequest(
        request.method(),
        request.target(),
        request.version(),
        request.authority(),
        request.head(),
        request.headers(),
        fields(List.of(trailers)),
        request.body(),
        request.span(),
        request.completeness(),
        request.anomalies());
  }

  static HttpResponse response(String body, String... trailers) {
    return new HttpResponse(
        200,
        "",
        "HTTP/2",
        Bytes.empty(),
        fields(List.of(":status", "200", "content-type", "text/plain")),
        fields(List.of(trailers)),
        body(List.of(body)),
        new MessageSpan(0, 0, 0, 0),
        Completeness.COMPLETE,
        List.of());
  }

  static Body body(List<String> frames) {
    if (frames.isEmpty()) {
      return Body.NONE;
    }
    List<Bytes> framed = new ArrayList<>();
    List<Bytes> wire = new ArrayList<>();
    for (String frame : frames) {
      int length = frame.length();
      byte[] header = {
        (byte) (length >> 16), (byte) (length >> 8), (byte) length, 0, 0, 0, 0, 0, 1
      };
      framed.add(Bytes.copyOf(header));
      framed.add(Bytes.latin1(frame));
      wire.add(Bytes.latin1(frame));
    }
    return Body.plain(Body.Framing.FRAMES, new ByteRope(framed), new ByteRope(wire));
  }

  static HeaderFields fields(List<String> texts) {
    int[] spans = new int[texts.size() * 2];
    StringBuilder section = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      spans[2 * i] = section.length();
      section.append(texts.get(i));
      spans[2 * i + 1] = section.length();
    }
    int pseudo = 0;
    while (2 * pseudo < texts.size() && texts.get(2 * pseudo).startsWith(":")) {
      pseudo++;
    }
    return HeaderFields.ofSpans(Bytes.latin1(section.toString()), spans, spans.length, pseudo);
  }
}
