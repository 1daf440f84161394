// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.BodyDigest;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.redact.PercentCoding;
import dev.tapedeck.format.Bytes;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes the {@code request} and {@code response} objects of HAR 1.2. */
final class HarMessages {
  /** HAR demands a type; this is what browsers write when there is none. */
  private static final String UNKNOWN_TEXT = "(not captured)";

  private static final String UNKNOWN_TYPE = "x-unknown";

  private final JsonGenerator json;
  private final HarCookies cookies;
  private final AsciiJson ascii;

  HarMessages(JsonGenerator json) {
    this.json = json;
    this.cookies = new HarCookies(json);
    this.ascii = new AsciiJson(json);
  }

  void request(ConnectionInfo connection, HttpRequest request) {
    String url = url(connection, request);
    json.writeObjectPropertyStart("request");
    json.writeStringProperty("method", request.method());
    json.writeStringProperty("url", url);
    json.writeStringProperty("httpVersion", request.version());
    cookies.ofRequest(request.headers().all("cookie"));
    namedValues("headers", request.headers());
    queryString(url);
    postData(request);
    json.writeNumberProperty("headersSize", headersSize(request));
    json.writeNumberProperty("bodySize", request.body().wire().length());
    json.writeEndObject();
  }

  /** Writes an answer; for null the one with status 0 that browsers write when none came. */
  void response(@Nullable HttpResponse response) {
    json.writeObjectPropertyStart("response");
    json.writeNumberProperty("status", response == null ? 0 : response.status());
    json.writeStringProperty("statusText", response == null ? "" : response.reason());
    json.writeStringProperty("httpVersion", response == null ? "" : response.version());
    cookies.ofResponse(response == null ? List.of() : response.headers().all("set-cookie"));
    HeaderFields headers = response == null ? HeaderFields.NONE : response.headers();
    namedValues("headers", headers);
    content(response);
    HeaderField location = headers.first("location");
    json.writeStringProperty("redirectURL", location == null ? "" : value(location));
    json.writeNumberProperty("headersSize", response == null ? -1 : headersSize(response));
    json.writeNumberProperty("bodySize", response == null ? -1 : response.body().wire().length());
    json.writeEndObject();
  }

  /**
   * HAR counts up to the empty line behind the fields, which HTTP/2 does not have: there the size
   * depends on what HPACK's tables held, and browsers call it unknown.
   */
  private static int headersSize(HttpMessage message) {
    return message.version().equals("HTTP/2") ? -1 : message.head().length();
  }

  private static String url(ConnectionInfo connection, HttpRequest request) {
    return PercentCoding.encodeIllegal(RequestUrl.of(connection, request).toString());
  }

  /** Writes what HAR has no place for of a request. */
  void requestDetails(ConnectionInfo connection, HttpRequest request, @Nullable Bytes coded) {
    json.writeObjectPropertyStart("request");
    messageDetails(request, coded);
    HarExact.request(
        json, request, url(connection, request), RequestUrl.of(connection, request).toString());
    json.writeEndObject();
  }

  /** Writes what HAR has no place for of an answer. */
  void responseDetails(HttpResponse response, HttpRequest request, @Nullable Bytes coded) {
    json.writeObjectPropertyStart("response");
    messageDetails(response, coded);
    HarExact.response(json, response, request);
    json.writeEndObject();
  }

  private void messageDetails(HttpMessage message, @Nullable Bytes coded) {
    json.writeStringProperty("completeness", message.completeness().jsonName());
    json.writeStringProperty("framing", message.body().framing().name().toLowerCase(Locale.ROOT));
    if (headersSize(message) < 0) {
      json.writeNumberProperty("head_bytes", message.head().length());
    }
    headers("trailers", message.trailers());
    json.writeArrayPropertyStart("anomalies");
    message.anomalies().forEach(this::anomaly);
    message.body().anomalies().forEach(this::anomaly);
    json.writeEndArray();
    if (coded != null) {
      json.writeName("coded_body");
      json.writeBinary(coded.sharedArray(), coded.sharedOffset(), coded.length());
    }
  }

  /** Writes fields as pairs. */
  void headers(String name, HeaderFields fields) {
    json.writeArrayPropertyStart(name);
    for (HeaderField field : fields.toList()) {
      json.writeStartArray();
      json.writeString(name(field));
      json.writeString(value(field));
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void anomaly(Anomaly anomaly) {
    json.writeStartObject();
    json.writeStringProperty("kind", anomaly.kind().jsonName());
    json.writeStringProperty("detail", anomaly.detail());
    json.writeEndObject();
  }

  private void namedValues(String name, HeaderFields fields) {
    json.writeArrayPropertyStart(name);
    for (HeaderField field : fields.toList()) {
      namedValue(name(field), value(field));
    }
    json.writeEndArray();
  }

  private void namedValue(String name, String value) {
    json.writeStartObject();
    json.writeStringProperty("name", name);
    json.writeStringProperty("value", value);
    json.writeEndObject();
  }

  /** HAR has no null here. */
  static String name(HeaderField field) {
    return field.isNameKnown() ? field.name() : UNKNOWN_TEXT;
  }

  static String value(HeaderField field) {
    return field.isValueKnown() ? field.value() : UNKNOWN_TEXT;
  }

  private void queryString(String url) {
    json.writeArrayPropertyStart("queryString");
    int query = url.indexOf('?');
    if (query >= 0) {
      int fragment = url.indexOf('#', query);
      String parameters = url.substring(query + 1, fragment < 0 ? url.length() : fragment);
      for (String parameter : parameters.split("&", -1)) {
        if (!parameter.isEmpty()) {
          int equals = parameter.indexOf('=');
          String name =
              PercentCoding.decode(equals < 0 ? parameter : parameter.substring(0, equals));
          String value = equals < 0 ? "" : PercentCoding.decode(parameter.substring(equals + 1));
          namedValue(name, value);
        }
      }
    }
    json.writeEndArray();
  }

  private void postData(HttpRequest request) {
    if (request.body().content().length() == 0) {
      return;
    }
    String type = BodyText.contentType(request);
    json.writeObjectPropertyStart("postData");
    json.writeStringProperty("mimeType", type == null ? UNKNOWN_TYPE : type);
    text(request, "_encoding");
    incomplete(request);
    json.writeEndObject();
  }

  private void content(@Nullable HttpResponse response) {
    json.writeObjectPropertyStart("content");
    if (response == null) {
      json.writeNumberProperty("size", 0);
      json.writeStringProperty("mimeType", UNKNOWN_TYPE);
    } else {
      long size = response.body().content().length();
      String type = BodyText.contentType(response);
      json.writeNumberProperty("size", size);
      json.writeNumberProperty("compression", size - response.body().wire().length());
      json.writeStringProperty("mimeType", type == null ? UNKNOWN_TYPE : type);
      if (size > 0) {
        text(response, "encoding");
      }
      incomplete(response);
    }
    json.writeEndObject();
  }

  private void text(HttpMessage message, String encodingName) {
    Bytes content = message.body().content().toBytes();
    String type = BodyText.contentType(message);
    if (isAsciiSame(type) && ascii.write("text", content)) {
      return;
    }
    String text = BodyText.decode(content, type);
    if (text == null) {
      byte[] bytes = content.toArray();
      json.writeName("text");
      json.writeBinary(bytes, 0, bytes.length);
      json.writeStringProperty(encodingName, "base64");
    } else {
      json.writeStringProperty("text", text);
    }
  }

  /**
   * Returns whether ASCII in a body of that type means the same whatever else it says, as in most:
   * then it need not be decoded. Types that name a charset, or whose text may, are left to {@link
   * BodyText}.
   */
  private static boolean isAsciiSame(@Nullable String type) {
    String lower = type == null ? "" : type.toLowerCase(Locale.ROOT);
    boolean utf8 = !lower.contains("charset") || lower.contains("charset=utf-8");
    return utf8 && !lower.contains("ml");
  }

  private void incomplete(HttpMessage message) {
    if (!BodyDigest.isWhole(message)) {
      json.writeStringProperty(
          "comment", "incomplete in the capture: " + message.completeness().jsonName());
    }
  }
}
