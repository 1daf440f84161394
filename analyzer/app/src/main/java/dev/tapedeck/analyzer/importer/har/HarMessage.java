// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.analyzer.importer.har.HarFraming.Run;
import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A message as HTTP/1 or HTTP/2 would have it.
 *
 * <p>Header fields stay as the archive has them, but for a Content-Length that would contradict the
 * content, and what is needed for a message to have an end.
 *
 * @param framing its bytes
 * @param unknownBytes how many bytes of content the archive does not hold
 * @param isUntilClose whether the message ends with its connection
 * @param isAltered whether a Content-Length was changed
 * @param isAlone whether nothing else may be on its connection
 * @param isBrokenOff whether its connection was given up in its middle
 */
public record HarMessage(
    HarFraming framing,
    long unknownBytes,
    boolean isUntilClose,
    boolean isAltered,
    boolean isAlone,
    boolean isBrokenOff) {
  private static final String UNKNOWN_TYPE = "x-unknown";

  private HarMessage(
      HarFraming framing, long unknownBytes, boolean isUntilClose, boolean isAltered) {
    this(framing, unknownBytes, isUntilClose, isAltered, false, false);
  }

  /**
   * Makes a request.
   *
   * @param http2 whether in frames of HTTP/2
   * @param opensSocket whether WebSocket messages follow
   */
  static HarMessage request(
      HarNode request,
      HarUrl url,
      HarFields fields,
      HarFields trailers,
      HarNode details,
      boolean http2,
      boolean opensSocket)
      throws HarFormatException {
    HarRecorded recorded = new HarRecorded(request, details, fields);
    HarNode post = request.get("postData");
    if (!http2) {
      String head =
          recorded.head(
              List.of(
                  request.textOrEmpty("method"),
                  request.textOrEmpty("url"),
                  request.textOrEmpty("httpVersion")));
      RecordedBody body = head == null ? null : recorded.body(post);
      if (head != null && body != null) {
        return recorded.message(Bytes.latin1(head), body, trailers);
      }
    }
    String method = request.requiredText("method").strip();
    if (!method.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new HarFormatException(request.path() + ".method", "is no method");
    }
    String host = fields.authority() != null ? fields.authority() : url.authority();
    if (!http2 && !fields.has("host") && host != null && !host.isEmpty()) {
      fields.addFirst("Host", host);
    }
    cookies(request, fields);
    String type = HarText.typeOf(post);
    if (!fields.has("content-type") && !type.isBlank() && !type.equals(UNKNOWN_TYPE)) {
      fields.add("Content-Type", type);
    }
    String path = url.target() + query(request, url.target());
    byte[] content = HarText.content(post, type);
    if (content != null && recorded.isCoded()) {
      RecordedBody body = recorded.body(post);
      content = body == null ? content : body.wire().toArray();
    }
    long size = content == null ? Math.max(0, request.whole("bodySize", 0)) : content.length;
    content = content == null && size == 0 ? declared(fields, content) : content;
    if (http2) {
      return frames(
          () -> HarFrames.request(method, url, path, fields, opensSocket),
          fields,
          content,
          size,
          trailers,
          recorded,
          post);
    }
    String target = method.equals("CONNECT") ? url.host() + ":" + url.port() : path;
    return framed(
        method + " " + target + " " + version(request), fields, content, size, trailers, false);
  }

  /** A length was stated, and nothing of that length is there: it is unknown. */
  private static byte @Nullable [] declared(HarFields fields, byte @Nullable [] content) {
    String length = fields.first("content-length");
    return length == null || length.equals("0") ? new byte[0] : content;
  }

  private static String query(HarNode request, String target) {
    List<HarNode> query = request.list("queryString");
    return target.indexOf('?') >= 0 || query.isEmpty() ? "" : "?" + HarText.parameters(query);
  }

  /** Cookies of archives without headers. */
  private static void cookies(HarNode request, HarFields fields) {
    StringBuilder cookies = new StringBuilder();
    for (HarNode cookie : request.list("cookies")) {
      cookies
          .append(cookies.isEmpty() ? "" : "; ")
          .append(cookie.textOrEmpty("name"))
          .append('=')
          .append(cookie.textOrEmpty("value"));
    }
    if (!cookies.isEmpty() && !fields.has("cookie")) {
      fields.add("Cookie", cookies.toString());
    }
  }

  /**
   * Makes an answer.
   *
   * @param method of the request
   * @param http2 whether in frames of HTTP/2
   */
  static HarMessage response(
      HarNode response,
      String method,
      HarFields fields,
      HarFields trailers,
      HarNode details,
      boolean http2)
      throws HarFormatException {
    int status = (int) response.whole("status", 0);
    HarNode node = response.get("content");
    HarRecorded recorded = new HarRecorded(response, details, fields);
    RecordedBody told = null;
    if (!http2) {
      String exact = recordedHead(response, recorded);
      told = exact == null ? null : recorded.body(node);
      if (exact != null && told != null) {
        return recorded.message(Bytes.latin1(exact), told, trailers);
      }
    }
    String startLine = startLine(response, status);
    String type = node.textOrEmpty("mimeType");
    if (!fields.has("content-type") && !type.isBlank() && !type.equals(UNKNOWN_TYPE)) {
      fields.add("Content-Type", type);
    }
    // RFC 9112, section 6.3: these have no content, whatever their fields say.
    if (method.equals("HEAD")
        || status < 200
        || status == 204
        || status == 304
        || (!http2 && method.equals("CONNECT") && status < 300)) {
      return http2
          ? frames(HarFrames.response(status, fields), trailers.section(Map.of()), true)
          : head(fields, startLine);
    }
    long size = node.whole("size", -1);
    byte[] decoded = HarText.exactly(node, size);
    if (decoded == null && size <= 0 && response.whole("bodySize", 0) <= 0) {
      decoded = declared(fields, null);
    }
    byte[] coded = decoded;
    String codings = fields.first("content-encoding");
    if (codings != null && decoded != null && decoded.length > 0) {
      boolean chunked = fields.hasToken("transfer-encoding", "chunked");
      told = recorded.body(node);
      coded =
          told != null
              ? told.wire().toArray()
              : ContentEncoder.encode(decoded, codings, wanted(response, fields, chunked));
    }
    long wire = response.whole("bodySize", -1);
    long length;
    if (coded != null) {
      length = length(node, fields, coded);
    } else if (decoded != null) {
      length = Math.max(1, size);
    } else {
      length = wire > 0 ? wire : Math.max(0, size);
    }
    return http2
        ? frames(
            () -> HarFrames.response(status, fields),
            fields,
            coded,
            length,
            trailers,
            recorded,
            node)
        : framed(startLine, fields, coded, length, trailers, true);
  }

  /** Returns the head of an answer as it was; null when the archive does not have it. */
  static @Nullable String recordedHead(HarNode response, HarRecorded recorded) {
    return recorded.head(
        List.of(
            response.textOrEmpty("status"),
            response.textOrEmpty("statusText"),
            response.textOrEmpty("httpVersion")));
  }

  /** Makes an answer before the answer. */
  static HarMessage interim(HarNode item, int status, HarFields fields, boolean http2) {
    return http2
        ? frames(HarFrames.response(status, fields), new FieldSection(), false)
        : head(fields, startLine(item, status));
  }

  /** Content that an export of this project calls incomplete has the length that was stated. */
  private static long length(HarNode content, HarFields fields, byte[] coded) {
    boolean incomplete = content.textOrEmpty("comment").startsWith("incomplete");
    boolean cut = incomplete && !fields.has("content-encoding") && !fields.has("transfer-encoding");
    return cut ? Math.max(coded.length, contentLength(fields)) : coded.length;
  }

  private static String startLine(HarNode response, int status) {
    String reason = response.textOrEmpty("statusText");
    return version(response) + " " + String.format("%03d", status) + " " + reason;
  }

  private static long wanted(HarNode response, HarFields fields, boolean chunked) {
    long stated = contentLength(fields);
    return chunked || stated < 0 ? response.whole("bodySize", -1) : stated;
  }

  /** What is no version of HTTP/1 is told as HTTP/1.1. */
  private static String version(HarNode message) {
    return message.textOrEmpty("httpVersion").strip().equalsIgnoreCase("HTTP/1.0")
        ? "HTTP/1.0"
        : "HTTP/1.1";
  }

  /** Frames content as the fields say, or adds a field that does. */
  private static HarMessage framed(
      String startLine,
      HarFields fields,
      byte @Nullable [] content,
      long length,
      HarFields trailers,
      boolean isResponse) {
    if (fields.hasToken("transfer-encoding", "chunked")) {
      return chunked(fields.head(startLine), content, length, trailers);
    }
    long known = known(fields, content, length);
    boolean untilClose =
        isResponse
            && !fields.has("content-length")
            && (startLine.startsWith("HTTP/1.0") || fields.hasToken("connection", "close"));
    boolean altered = isAltered(fields, known);
    if (altered || (!untilClose && !fields.has("content-length") && (isResponse || known > 0))) {
      fields.set("Content-Length", Long.toString(known));
    }
    Bytes head = bytes(fields.head(startLine));
    Bytes body = content == null ? Bytes.empty() : bytes(content);
    long unknown = known - body.length();
    return new HarMessage(
        unused -> List.of(new Run(head, 0), new Run(body, unknown)), unknown, untilClose, altered);
  }

  /** Returns how long the content is. */
  private static long known(HarFields fields, byte @Nullable [] content, long length) {
    long stated = contentLength(fields);
    return content == null && stated >= 0 ? stated : length;
  }

  private static boolean isAltered(HarFields fields, long knownLength) {
    return fields.has("content-length") && contentLength(fields) != knownLength;
  }

  /** Frames of HTTP/2 need no field that tells the length. */
  private static HarMessage frames(
      Supplier<FieldSection> head,
      HarFields fields,
      byte @Nullable [] content,
      long length,
      HarFields trailers,
      HarRecorded recorded,
      HarNode shown)
      throws HarFormatException {
    RecordedBody told = recorded.isIncomplete() ? recorded.body(shown) : null;
    if (told != null) {
      return recorded.frames(head.get(), told, trailers.section(Map.of()));
    }
    long known = known(fields, content, length);
    boolean altered = isAltered(fields, known);
    if (altered) {
      fields.set("Content-Length", Long.toString(known));
    }
    Bytes body = content == null ? Bytes.empty() : bytes(content);
    long unknown = known - body.length();
    return new HarMessage(
        new HarFrames(head.get(), body, unknown, trailers.section(Map.of()), true),
        unknown,
        false,
        altered);
  }

  private static HarMessage frames(FieldSection head, FieldSection trailers, boolean endsStream) {
    return new HarMessage(
        new HarFrames(head, Bytes.empty(), 0, trailers, endsStream), 0, false, false);
  }

  HarMessage framedBy(HarFraming other) {
    return new HarMessage(other, unknownBytes, isUntilClose, isAltered, isAlone, isBrokenOff);
  }

  private static HarMessage chunked(
      byte[] head, byte @Nullable [] content, long length, HarFields trailers) {
    Bytes end = Bytes.latin1("0\r\n").plus(bytes(trailers.lines()));
    Bytes size = Bytes.latin1(Long.toHexString(length) + "\r\n");
    Bytes afterChunk = Bytes.latin1("\r\n").plus(end);
    List<Run> runs = new ArrayList<>();
    runs.add(new Run(bytes(head), 0));
    if (length == 0) {
      runs.add(new Run(end, 0));
    } else if (content == null) {
      runs.add(new Run(size, length));
      runs.add(new Run(afterChunk, 0));
    } else {
      runs.add(new Run(size.plus(bytes(content)).plus(afterChunk), 0));
    }
    return new HarMessage(unused -> runs, content == null ? length : 0, false, false);
  }

  private static long contentLength(HarFields fields) {
    String text = fields.first("content-length");
    boolean isNumber =
        text != null
            && !text.isEmpty()
            && text.length() < 18
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Long.parseLong(text) : -1;
  }

  private static HarMessage head(HarFields fields, String startLine) {
    Run head = new Run(bytes(fields.head(startLine)), 0);
    return new HarMessage(unused -> List.of(head), 0, false, false);
  }

  private static Bytes bytes(byte[] made) {
    return Bytes.wrap(made, 0, made.length);
  }
}
