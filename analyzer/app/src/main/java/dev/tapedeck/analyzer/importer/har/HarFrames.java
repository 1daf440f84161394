// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A message as frames of an HTTP/2 stream.
 *
 * @param head with its pseudo-header fields
 * @param content what the archive holds of it
 * @param intactBytes how many bytes of it come before those that it does not hold
 * @param unknownBytes how many these are
 * @param isLost whether these were lost, not left out
 * @param trailers behind these
 * @param endsStream whether no message follows on its side of the stream
 */
record HarFrames(
    FieldSection head,
    Bytes content,
    int intactBytes,
    long unknownBytes,
    boolean isLost,
    FieldSection trailers,
    boolean endsStream)
    implements HarFraming {
  /** What tools call the version, in lower case. */
  private static final Set<String> VERSIONS = Set.of("h2", "h2c", "http/2", "http/2.0");

  private static final String METHOD = ":method";
  private static final String SCHEME = ":scheme";
  private static final String AUTHORITY = ":authority";
  private static final String PATH = ":path";
  private static final String PROTOCOL = ":protocol";
  private static final Set<String> PSEUDO_FIELDS =
      Set.of(METHOD, SCHEME, AUTHORITY, PATH, PROTOCOL);

  /** A message of which nothing is missing, or its end. */
  HarFrames(
      FieldSection head,
      Bytes content,
      long unknownBytes,
      FieldSection trailers,
      boolean endsStream) {
    this(head, content, content.length(), unknownBytes, false, trailers, endsStream);
  }

  /** Returns whether a message of an archive was one of HTTP/2. */
  static boolean isMeant(HarNode message) {
    return VERSIONS.contains(message.textOrEmpty("httpVersion").strip().toLowerCase(Locale.ROOT));
  }

  /**
   * Returns the head of a request (RFC 9113, section 8.3.1): the pseudo-header fields as the
   * archive has them, else as method and URL tell them.
   *
   * @param target path and query
   * @param opensSocket whether WebSocket messages follow it
   */
  static FieldSection request(
      String method, HarUrl url, String target, HarFields fields, boolean opensSocket) {
    Map<String, String> pseudo = fields.pseudo();
    pseudo.keySet().retainAll(PSEUDO_FIELDS);
    pseudo.put(METHOD, method);
    if (opensSocket && method.equals("CONNECT")) {
      // RFC 8441, section 5.
      pseudo.putIfAbsent(PROTOCOL, "websocket");
    }
    // RFC 9113, section 8.5: CONNECT has neither, but for the extended one (RFC 8441, section 4).
    if (!method.equals("CONNECT") || pseudo.containsKey(PROTOCOL)) {
      pseudo.putIfAbsent(SCHEME, url.isTls() ? "https" : "http");
      pseudo.putIfAbsent(PATH, target);
    }
    if (!url.authority().isEmpty()) {
      pseudo.putIfAbsent(AUTHORITY, url.authority());
    }
    return fields.section(pseudo);
  }

  /** Returns the head of an answer (RFC 9113, section 8.3.2). */
  static FieldSection response(int status, HarFields fields) {
    return fields.section(Map.of(":status", String.format("%03d", status)));
  }

  /** Returns whether it is a head and content that the archive holds, and nothing else. */
  boolean isAllKnown() {
    return unknownBytes == 0 && trailers.isEmpty();
  }

  /** Returns the head of a message whose content is told elsewhere. */
  HarFrames headAlone() {
    return new HarFrames(head, Bytes.empty(), 0, trailers, false);
  }

  @Override
  public List<Run> runs(int streamId) {
    boolean endsWithContent = endsStream && trailers.isEmpty();
    boolean endsWithHead = endsWithContent && content.isEmpty() && unknownBytes == 0;
    Bytes behind = content.slice(intactBytes, content.length());
    boolean endsWithUnknown = endsWithContent && behind.isEmpty();
    Bytes known =
        Http2Writer.section(head, streamId, endsWithHead)
            .plus(
                Http2Writer.data(
                    content.slice(0, intactBytes), streamId, endsWithUnknown && unknownBytes == 0));
    List<Run> runs = new ArrayList<>();
    long left = unknownBytes;
    while (left > 0) {
      int length = (int) Math.min(left, Http2Writer.MAX_FRAME_BYTES);
      left -= length;
      Bytes header = Http2Writer.dataHeader(length, streamId, endsWithUnknown && left == 0);
      runs.add(new Run(known.plus(header), length, isLost));
      known = Bytes.empty();
    }
    Bytes last =
        behind.isEmpty() ? known : known.plus(Http2Writer.data(behind, streamId, endsWithContent));
    if (!trailers.isEmpty()) {
      last = last.plus(Http2Writer.section(trailers, streamId, endsStream));
    }
    if (!last.isEmpty()) {
      runs.add(new Run(last, 0));
    }
    return runs;
  }
}
