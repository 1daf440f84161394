// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Answers a request, always with the headers that keep captured content from being run.
 *
 * <p><b>Threads:</b> confined to that of the request.
 */
final class Reply {
  /** Scripts, styles and requests of our own only; images only from memory. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private final HttpExchange exchange;

  Reply(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /** Writes an answer's body. */
  @FunctionalInterface
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  void json(byte[] body) throws IOException {
    bytes(200, "application/json", body);
  }

  void problem(int status, String text) throws IOException {
    bytes(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void bytes(int status, String type, byte[] body) throws IOException {
    stream(status, type, body.length, out -> out.write(body));
  }

  /** Answers with a file to be saved, whatever it holds, under the name that the page gives it. */
  void download(long length, Content content) throws IOException {
    // A name here would take the place of the page's, which tells one exchange from another.
    exchange.getResponseHeaders().set("Content-Disposition", "attachment");
    stream(200, "application/octet-stream", length, content);
  }

  void header(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  /** Answers; a length of −1 is not known beforehand. */
  void stream(int status, String type, long length, Content content) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    // jdk.httpserver: 0 is chunked, −1 is empty.
    exchange.sendResponseHeaders(status, isHead || length == 0 ? -1 : Math.max(0, length));
    if (!isHead && length != 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        content.write(out);
      }
    }
    exchange.close();
  }
}
