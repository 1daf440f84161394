// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.BodyDigest;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes the head of a message of HTTP/1 where HAR's fields alone do not tell it: an import then
 * takes that, and the values come back.
 *
 * <p>Most heads are as the import makes them of the fields; they are not written.
 */
final class HarExact {
  private static final String HTTP_1_0 = "HTTP/1.0";

  private HarExact() {}

  /** Writes the head of a request, where that is needed. */
  static void request(JsonGenerator json, HttpRequest request, String url, String rawUrl) {
    if (!isHttp2(request) && !(url.equals(rawUrl) && isPlain(request))) {
      write(json, request, List.of(request.method(), url, request.version()));
    }
  }

  /** Writes the head of an answer, where that is needed. */
  static void response(JsonGenerator json, HttpResponse response, HttpRequest request) {
    if (!isHttp2(response) && !isPlain(response, request.method())) {
      write(
          json,
          response,
          List.of(Integer.toString(response.status()), response.reason(), response.version()));
    }
  }

  static boolean isHttp2(HttpMessage message) {
    return message.version().equals("HTTP/2");
  }

  private static void write(JsonGenerator json, HttpMessage message, List<String> line) {
    List<String> fields = new ArrayList<>();
    for (HeaderField field : message.headers().toList()) {
      fields.add(HarMessages.name(field));
      fields.add(HarMessages.value(field));
    }
    String head = message.head().toLatin1();
    json.writeStringProperty("head", head);
    json.writeStringProperty("head_check", HarOwn.check(head, line, fields));
  }

  private static boolean isPlain(HttpRequest request) {
    String authority = request.authority();
    HeaderField host = request.headers().first("host");
    String target = request.target();
    int methodLength = request.method().length();
    return isUsual(request)
        && authority != null
        && host != null
        && host.value().equals(authority)
        && authority.chars().noneMatch(c -> "/?#@".indexOf(c) >= 0)
        && target.startsWith("/")
        && target.indexOf('#') < 0
        && isLine(
            request,
            new int[] {methodLength, methodLength + 1 + target.length()},
            methodLength + target.length() + request.version().length() + 2)
        && isFramed(request, false);
  }

  private static boolean isPlain(HttpResponse response, String method) {
    int status = response.status();
    boolean headOnly = status < 200 || status == 204 || status == 304 || method.equals("HEAD");
    int versionLength = response.version().length();
    return isUsual(response)
        && status >= 100
        && status <= 999
        && !response.reason().isBlank()
        && isLine(
            response,
            new int[] {versionLength, versionLength + 4},
            versionLength + response.reason().length() + 5)
        && (headOnly ? response.body().framing() == Body.Framing.NONE : isFramed(response, true));
  }

  private static boolean isUsual(HttpMessage message) {
    return BodyDigest.isWhole(message)
        && message.anomalies().isEmpty()
        && (message.version().equals("HTTP/1.1") || message.version().equals(HTTP_1_0));
  }

  /** Returns whether blanks stand there in the start line, and lines follow it as they should. */
  private static boolean isLine(HttpMessage message, int[] blanks, int length) {
    Bytes head = message.head();
    byte[] array = head.sharedArray();
    int start = head.sharedOffset();
    if (head.length() < length + 4) {
      return false;
    }
    for (int blank : blanks) {
      if (array[start + blank] != ' ') {
        return false;
      }
    }
    HeaderFields fields = message.headers();
    int at = length;
    int lines = 0;
    int returns = 0;
    for (int i = 0; i < head.length(); i++) {
      byte b = array[start + i];
      if (b == '\n') {
        lines++;
      } else if (b == '\r') {
        returns++;
      } else if (b < ' ' && b >= 0 && b != '\t') {
        return false;
      }
    }
    for (int i = 0; i < fields.size(); i++) {
      HeaderField field = fields.get(i);
      int name = at + 2;
      int value = name + field.name().length() + 2;
      if (!isLineEnd(array, start + at)
          || field.name().isEmpty()
          || field.nameOffset() != name
          || field.valueOffset() != value
          || array[start + value - 2] != ':'
          || array[start + value - 1] != ' ') {
        return false;
      }
      at = field.valueEnd();
    }
    return at + 4 == head.length()
        && isLineEnd(array, start + at)
        && isLineEnd(array, start + at + 2)
        && lines == fields.size() + 2
        && returns == lines;
  }

  private static boolean isLineEnd(byte[] array, int at) {
    return array[at] == '\r' && array[at + 1] == '\n';
  }

  /** Returns whether the fields alone say how the message ends. */
  private static boolean isFramed(HttpMessage message, boolean isResponse) {
    boolean chunked = hasToken(message.headers().first("transfer-encoding"), "chunked");
    HeaderField length = message.headers().first("content-length");
    long wire = message.body().wire().length();
    boolean fits = length != null && length.value().equals(Long.toString(wire));
    return switch (message.body().framing()) {
      case NONE -> !isResponse && !chunked && (length == null || fits);
      case CONTENT_LENGTH -> !chunked && fits;
      case CHUNKED -> chunked;
      case CLOSE ->
          isResponse
              && !chunked
              && length == null
              && (message.version().equals(HTTP_1_0)
                  || hasToken(message.headers().first("connection"), "close"));
      case FRAMES -> false;
    };
  }

  private static boolean hasToken(@Nullable HeaderField field, String token) {
    return field != null
        && Arrays.asList(field.value().toLowerCase(Locale.ROOT).split("[\\s,]+")).contains(token);
  }
}
