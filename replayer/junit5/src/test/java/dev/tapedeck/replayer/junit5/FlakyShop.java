// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service whose answers hold a nonce, of which a release may have broken something; and a capture
 * of it, in which most exchanges have nothing to do with that.
 */
final class FlakyShop implements AutoCloseable {
  /** What a release broke. */
  enum Broken {
    NOTHING,
    TOTAL,
    SLOW_REPORTS
  }

  static final int VISITORS = 10;

  /** Far more than three times the 60 ms that are recorded. */
  private static final long SLOW_MILLIS = 1000;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger minted = new AtomicInteger(0x7a11_0000);
  private final Broken broken;
  private final String release;

  /** Which {@code X-Api-Key} it asks for; empty for none. */
  private final String key;

  private FlakyShop(HttpServer server, Broken broken, String release, String key) {
    this.server = server;
    this.broken = broken;
    this.release = release;
    this.key = key;
  }

  static FlakyShop start(Broken broken, String release) throws IOException {
    return start(broken, release, "");
  }

  static FlakyShop start(Broken broken, String release, String key) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FlakyShop shop = new FlakyShop(http, broken, release, key);
    http.createContext("/", shop::serve);
    http.setExecutor(shop.threads);
    http.start();
    return shop;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String nonce() {
    return String.format(Locale.ROOT, "%08x%08x", minted.incrementAndGet() * 31, minted.get());
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      String cookie = exchange.getRequestHeaders().getFirst("Cookie");
      String json;
      if (!key.isEmpty() && !key.equals(exchange.getRequestHeaders().getFirst("X-Api-Key"))) {
        json = "{\"error\":\"no key\"}";
      } else if (path.startsWith("/articles/")) {
        json = article(path, nonce(), release);
      } else if (path.equals("/login")) {
        exchange.getResponseHeaders().add("Set-Cookie", "sid=now-99ab" + minted.incrementAndGet());
        json = login(release);
      } else if (path.equals("/account") && cookie != null && cookie.startsWith("sid=now-")) {
        json = account(broken == Broken.TOTAL ? 120 : 100, nonce(), release);
      } else if (path.equals("/report")) {
        if (broken == Broken.SLOW_REPORTS) {
          sleep();
        }
        json = report(release);
      } else {
        json = "{\"error\":\"who are you\"}";
      }
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void sleep() throws IOException {
    try {
      Thread.sleep(SLOW_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String article(String path, String nonce, String release) {
    return "{\"article\":\"%s\",\"nonce\":\"%s\",\"release\":\"%s\"}"
        .formatted(path, nonce, release);
  }

  private static String login(String release) {
    return "{\"hello\":true,\"release\":\"%s\"}".formatted(release);
  }

  private static String account(int total, String nonce, String release) {
    return "{\"total\":%d,\"nonce\":\"%s\",\"release\":\"%s\"}".formatted(total, nonce, release);
  }

  private static String report(String release) {
    return "{\"rows\":3,\"release\":\"%s\"}".formatted(release);
  }

  /** Writes what release 1 was recorded to answer. */
  static void record(Path file) throws IOException {
    List<String> script = new ArrayList<>();
    for (int i = 0; i < VISITORS; i++) {
      script.add("v%d: @ plain server 192.0.2.2:80 <- 192.0.2.1:4000%d".formatted(i, i));
    }
    script.add("c: @ plain server 192.0.2.2:80 <- 192.0.2.1:41000");
    for (int i = 0; i < VISITORS; i++) {
      request(script, "v" + i, "GET /articles/" + i, "");
      String nonce = "5c1f77aa9000000" + i;
      answer(script, "v" + i, "", article("/articles/" + i, nonce, "1"));
    }
    request(script, "c", "GET /articles/9", "");
    answer(script, "c", "", article("/articles/9", "0bad5eed12345678", "1"));
    request(script, "c", "POST /login", "Content-Length: 0\\r\\n");
    answer(script, "c", "Set-Cookie: sid=recorded-5c1f77aa90\\r\\n", login("1"));
    for (String nonce : List.of("1111222233334444", "aaaabbbbccccdddd")) {
      request(script, "c", "GET /account", "Cookie: sid=recorded-5c1f77aa90\\r\\n");
      answer(script, "c", "", account(100, nonce, "1"));
    }
    for (int i = 0; i < VISITORS; i++) {
      request(script, "v" + i, "GET /report?day=" + i, "");
    }
    script.add("+ 60ms");
    for (int i = 0; i < VISITORS; i++) {
      answer(script, "v" + i, "", report("1"));
    }
    EventScript.parse(String.join("\n", script)).writeTo(file);
  }

  private static void request(List<String> script, String connection, String line, String fields) {
    script.add(
        "%s >> %s HTTP/1.1\\r\\nHost: shop.example\\r\\n%s\\r\\n"
            .formatted(connection, line, fields));
  }

  private static void answer(List<String> script, String connection, String fields, String json) {
    script.add(
        "%s << HTTP/1.1 200 OK\\r\\nDate: now\\r\\n%sContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s"
            .formatted(connection, fields, json.length(), json));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
