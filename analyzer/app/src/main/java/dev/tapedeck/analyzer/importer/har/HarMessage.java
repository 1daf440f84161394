// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a message as HTTP/1 would have them.
 *
 * <p>Header fields stay as the archive has them, but for a Content-Length that would contradict the
 * content, and what is needed for a message to have an end.
 *
 * @param head start line and header fields
 * @param content what follows it, framed
 * @param unknownBytes how many bytes of content follow that the archive does not hold
 * @param tail what follows these
 * @param isUntilClose whether the message ends with its connection
 * @param isAltered whether a Content-Length was changed
 */
public record HarMessage(
    Bytes head,
    Bytes content,
    long unknownBytes,
    Bytes tail,
    boolean isUntilClose,
    boolean isAltered) {
  private static final String UNKNOWN_TYPE = "x-unknown";

  /**
   * Makes a request.
   *
   * @param trailers lines of trailer fields
   */
  static HarMessage request(HarNode request, HarUrl url, HarFields fields, String trailers)
      throws HarFormatException {
    String method = request.requiredText("method").strip();
    if (!method.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new HarFormatException(request.path() + ".method", "is no method");
    }
    String host = fields.authority() != null ? fields.authority() : url.authority();
    if (!fields.has("host") && host != null && !host.isEmpty()) {
      fields.addFirst("Host", host);
    }
    cookies(request, fields);
    HarNode post = request.get("postData");
    String type = HarText.typeOf(post);
    if (!fields.has("content-type") && !type.isBlank() && !type.equals(UNKNOWN_TYPE)) {
      fields.add("Content-Type", type);
    }
    String target =
        method.equals("CONNECT")
            ? url.host() + ":" + url.port()
            : url.target() + query(request, url.target());
    byte[] content = HarText.content(post, type);
    long size = content == null ? Math.max(0, request.whole("bodySize", 0)) : content.length;
    return framed(
        method + " " + target + " " + version(request),
        fields,
        content == null && size == 0 ? declared(fields, content) : content,
        size,
        trailers,
        false);
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
   * @param trailers lines of trailer fields
   */
  static HarMessage response(HarNode response, String method, HarFields fields, String trailers)
      throws HarFormatException {
    int status = (int) response.whole("status", 0);
    String startLine = startLine(response, status);
    HarNode node = response.get("content");
    String type = node.textOrEmpty("mimeType");
    if (!fields.has("content-type") && !type.isBlank() && !type.equals(UNKNOWN_TYPE)) {
      fields.add("Content-Type", type);
    }
    // RFC 9112, section 6.3: these have no content, whatever their fields say.
    if (method.equals("HEAD")
        || status < 200
        || status == 204
        || status == 304
        || (method.equals("CONNECT") && status < 300)) {
      return of(fields.head(startLine), new byte[0], 0, new byte[0], false, false);
    }
    byte[] decoded = HarText.content(node, type);
    long size = node.whole("size", -1);
    if (decoded == null && size <= 0 && response.whole("bodySize", 0) <= 0) {
      decoded = declared(fields, null);
    }
    if (decoded == null) {
      long wire = response.whole("bodySize", -1);
      return framed(startLine, fields, null, wire > 0 ? wire : Math.max(0, size), trailers, true);
    }
    String codings = fields.first("content-encoding");
    byte[] coded = decoded;
    if (codings != null && decoded.length > 0) {
      boolean chunked = fields.hasToken("transfer-encoding", "chunked");
      coded = ContentEncoder.encode(decoded, codings, wanted(response, fields, chunked));
    }
    return coded == null
        ? framed(startLine, fields, null, Math.max(1, size), trailers, true)
        : framed(startLine, fields, coded, length(node, fields, coded), trailers, true);
  }

  /** Content that an export of this project calls incomplete has the length that was stated. */
  private static long length(HarNode content, HarFields fields, byte[] coded) {
    boolean incomplete = content.textOrEmpty("comment").startsWith("incomplete");
    boolean cut = incomplete && !fields.has("content-encoding") && !fields.has("transfer-encoding");
    return cut ? Math.max(coded.length, contentLength(fields)) : coded.length;
  }

  static String startLine(HarNode response, int status) {
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
      String trailers,
      boolean isResponse) {
    if (fields.hasToken("transfer-encoding", "chunked")) {
      return chunked(fields.head(startLine), content, length, trailers);
    }
    long stated = contentLength(fields);
    long known = content == null && stated >= 0 ? stated : length;
    boolean untilClose =
        isResponse
            && !fields.has("content-length")
            && (startLine.startsWith("HTTP/1.0") || fields.hasToken("connection", "close"));
    boolean altered = fields.has("content-length") && stated != known;
    if (altered || (!untilClose && !fields.has("content-length") && (isResponse || known > 0))) {
      fields.set("Content-Length", Long.toString(known));
    }
    return of(
        fields.head(startLine),
        content == null ? new byte[0] : content,
        known - (content == null ? 0 : content.length),
        new byte[0],
        untilClose,
        altered);
  }

  private static HarMessage chunked(
      byte[] head, byte @Nullable [] content, long length, String trailers) {
    byte[] end = ("0\r\n" + trailers + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    if (length == 0) {
      return of(head, end, 0, new byte[0], false, false);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes((Long.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    byte[] afterChunk = "\r\n".getBytes(StandardCharsets.US_ASCII);
    if (content == null) {
      ByteArrayOutputStream tail = new ByteArrayOutputStream();
      tail.writeBytes(afterChunk);
      tail.writeBytes(end);
      return of(head, out.toByteArray(), length, tail.toByteArray(), false, false);
    }
    out.writeBytes(content);
    out.writeBytes(afterChunk);
    out.writeBytes(end);
    return of(head, out.toByteArray(), 0, new byte[0], false, false);
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

  private static HarMessage of(
      byte[] head,
      byte[] content,
      long unknownBytes,
      byte[] tail,
      boolean untilClose,
      boolean altered) {
    return new HarMessage(
        Bytes.wrap(head, 0, head.length),
        Bytes.wrap(content, 0, content.length),
        unknownBytes,
        Bytes.wrap(tail, 0, tail.length),
        untilClose,
        altered);
  }

  /** Returns how many bytes the message has. */
  public long length() {
    return (long) head.length() + content.length() + unknownBytes + tail.length();
  }
}
