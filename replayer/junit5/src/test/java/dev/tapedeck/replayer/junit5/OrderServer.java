// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A service under test: a login mints a cookie, an order an id. Each instance mints other values.
 */
final class OrderServer implements AutoCloseable {
  /** How many were started. */
  static final AtomicInteger STARTED = new AtomicInteger();

  /** How many run. */
  static final AtomicInteger RUNNING = new AtomicInteger();

  private final HttpServer server;
  private final String price;
  private final Map<String, String> orders = new ConcurrentHashMap<>();
  private final AtomicInteger ids;
  private final AtomicInteger sessions = new AtomicInteger();
  private final String secret;

  private OrderServer(HttpServer server, String price, int firstId, String secret) {
    this.server = server;
    this.price = price;
    this.ids = new AtomicInteger(firstId);
    this.secret = secret;
  }

  static OrderServer start(String price, int firstId, String secret) throws IOException {
    return start(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
        price,
        firstId,
        secret);
  }

  /** Asks clients for a certificate. */
  static OrderServer startTls(String price, int firstId, String secret, SSLContext tls)
      throws IOException {
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    // A handshake that waits for its client must not keep other connections waiting.
    https.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "order-server");
              thread.setDaemon(true);
              return thread;
            }));
    https.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ours = tls.getDefaultSSLParameters();
            ours.setNeedClientAuth(true);
            parameters.setSSLParameters(ours);
          }
        });
    return start(https, price, firstId, secret);
  }

  private static OrderServer start(HttpServer http, String price, int firstId, String secret) {
    OrderServer orders = new OrderServer(http, price, firstId, secret);
    http.createContext("/", orders::serve);
    http.start();
    STARTED.incrementAndGet();
    RUNNING.incrementAndGet();
    return orders;
  }

  URI url() {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  private void serve(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String cookie = exchange.getRequestHeaders().getFirst("Cookie");
    boolean known = cookie != null && cookie.startsWith("sid=" + secret);
    if (path.equals("/login")) {
      exchange
          .getResponseHeaders()
          .add("Set-Cookie", "sid=" + secret + sessions.incrementAndGet() + "; HttpOnly");
      answer(exchange, 200, "{\"welcome\":true}");
    } else if (!known) {
      answer(exchange, 401, "{\"error\":\"who are you\"}");
    } else if (exchange.getRequestMethod().equals("POST")) {
      String id = Integer.toString(ids.getAndAdd(7));
      orders.put(id, price);
      answer(exchange, 201, "{\"order\":\"" + id + "\"}");
    } else {
      String id = path.substring(path.lastIndexOf('/') + 1);
      String found = orders.get(id);
      answer(
          exchange,
          found == null ? 404 : 200,
          found == null ? "{}" : "{\"order\":\"" + id + "\",\"total\":" + found + "}");
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    RUNNING.decrementAndGet();
  }
}
