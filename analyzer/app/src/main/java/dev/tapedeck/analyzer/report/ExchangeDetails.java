// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One exchange with heads and the beginning of its bodies, as it may be shown. */
final class ExchangeDetails {
  private static final int MAX_FIELDS = 100;
  private static final int MAX_VALUE_CHARS = 4096;
  private static final int MAX_BODY_CHARS = 8192;

  /** A larger body is looked at no further than its size. */
  private static final long MAX_BODY_BYTES = 4 << 20;

  private final Exchange exchange;

  ExchangeDetails(Exchange recorded, ExchangeMasker masker) {
    this.exchange = masker.mask(recorded);
  }

  /** Returns method and URL. */
  String request() {
    HttpRequest request = exchange.request();
    if (request == null) {
      return "(the request was not captured)";
    }
    String authority = request.authority();
    String url =
        authority != null && request.target().startsWith("/")
            ? exchange.connection().scheme() + "://" + authority + request.target()
            : request.target();
    return request.method() + " " + readable(url);
  }

  /** Heads are bytes, one a character; most of those that are no ASCII are UTF-8. */
  private static String readable(String latin1) {
    return latin1.chars().allMatch(c -> c < 0x80)
        ? latin1
        : new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  void write(Html html) throws IOException {
    HttpRequest request = exchange.request();
    if (request != null) {
      message(html, "Request", request.method() + " " + request.target(), request);
    }
    HttpResponse response = exchange.response();
    if (response != null) {
      message(html, "Response", response.status() + " " + response.reason(), response);
    }
    MessageRows.write(html, exchange);
    for (Anomaly anomaly : exchange.anomalies()) {
      anomaly(html, anomaly);
    }
  }

  private static void anomaly(Html html, Anomaly anomaly) throws IOException {
    html.element("<p class=\"bad\">", anomaly.kind().jsonName() + " " + anomaly.detail(), "</p>\n");
  }

  private static void message(Html html, String title, String line, HttpMessage message)
      throws IOException {
    html.element("<h3>", title, "</h3>").element("<pre>", cut(readable(line.strip())), "</pre>");
    html.markup("<table class=\"fields\"><tbody>\n");
    fields(html, message.headers());
    fields(html, message.trailers());
    html.markup("</tbody></table>");
    for (Anomaly anomaly : message.anomalies()) {
      anomaly(html, anomaly);
    }
    body(html, message);
  }

  private static void fields(Html html, HeaderFields fields) throws IOException {
    for (int i = 0; i < Math.min(fields.size(), MAX_FIELDS); i++) {
      HeaderField field = fields.get(i);
      html.element("<tr><th scope=\"row\">", known(field.isNameKnown(), field.name()), "</th>")
          .element("<td>", known(field.isValueKnown(), field.value()), "</td></tr>\n");
    }
    if (fields.size() > MAX_FIELDS) {
      html.element("<tr><th>and ", Figures.count(fields.size() - MAX_FIELDS), " more</th></tr>\n");
    }
  }

  private static String known(boolean isKnown, String text) {
    return isKnown ? cut(readable(text)) : "(not captured)";
  }

  private static String cut(String text) {
    return text.length() <= MAX_VALUE_CHARS
        ? text
        : text.substring(0, MAX_VALUE_CHARS) + "\u2026 (" + text.length() + " characters)";
  }

  private static void body(Html html, HttpMessage message) throws IOException {
    if (message.body().wire().length() > MAX_BODY_BYTES) {
      note(html, Figures.bytes(message.body().wire().length()) + " of body");
      return;
    }
    Bytes content = message.body().content().toBytes();
    if (content.isEmpty()) {
      return;
    }
    String text = text(content, message);
    if (text == null) {
      note(html, Figures.bytes(content.length()) + " that are no text");
      return;
    }
    boolean isCut = text.length() > MAX_BODY_CHARS;
    html.element(
        "<pre class=\"body\">", isCut ? text.substring(0, MAX_BODY_CHARS) : text, "</pre>");
    if (isCut) {
      note(html, "the beginning of " + Figures.bytes(content.length()));
    }
  }

  private static @Nullable String text(Bytes content, HttpMessage message) {
    return BodyText.decode(content, BodyText.contentType(message));
  }

  private static void note(Html html, String text) throws IOException {
    html.element("<p class=\"note\">", text, "</p>\n");
  }
}
