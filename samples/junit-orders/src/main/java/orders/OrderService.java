// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package orders;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The service: {@code POST /session} logs in, {@code POST /orders} orders, {@code GET /orders/ID}
 * looks. Session ids, order numbers and times are others in each run.
 */
public final class OrderService implements AutoCloseable {
  private static final Map<String, Integer> PRICES = Map.of("lamp", 2990, "chair", 4500);
  private static final Pattern ORDER =
      Pattern.compile("\\{\"item\":\"([a-z]+)\",\"quantity\":([0-9]{1,3})}");

  private final HttpServer server;
  private final int release;
  private final Map<String, String> users = new ConcurrentHashMap<>();
  private final Map<String, String> orders = new ConcurrentHashMap<>();
  private final AtomicInteger lastOrder =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(20_000, 80_000));

  private OrderService(HttpServer server, int release) {
    this.server = server;
    this.release = release;
  }

  /**
   * Starts the service.
   *
   * @param port 0 for any that is free
   * @param release 2 has a mistake
   */
  public static OrderService start(int port, int release) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    OrderService service = new OrderService(server, release);
    server.createContext("/", service::serve);
    server.start();
    return service;
  }

  /** Returns the port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body =
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String route = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      if (route.equals("POST /session")) {
        logIn(exchange, body);
      } else if (user(exchange) == null) {
        answer(exchange, 401, "{\"error\":\"log in first\"}");
      } else if (route.equals("POST /orders")) {
        order(exchange, body);
      } else {
        look(exchange, route);
      }
    }
  }

  private void logIn(HttpExchange exchange, String user) throws IOException {
    String id = UUID.randomUUID().toString();
    users.put(id, user);
    exchange.getResponseHeaders().add("Set-Cookie", "session=" + id + "; HttpOnly");
    answer(exchange, 200, "{\"user\":\"" + user + "\"}");
  }

  private String user(HttpExchange exchange) {
    String cookie = exchange.getRequestHeaders().getFirst("Cookie");
    return cookie == null ? null : users.get(cookie.substring(cookie.indexOf('=') + 1));
  }

  private void order(HttpExchange exchange, String body) throws IOException {
    Matcher wanted = ORDER.matcher(body);
    Integer price = wanted.matches() ? PRICES.get(wanted.group(1)) : null;
    if (price == null) {
      answer(exchange, 422, "{\"error\":\"no such item\"}");
      return;
    }
    int quantity = Integer.parseInt(wanted.group(2));
    String number = Integer.toString(lastOrder.incrementAndGet());
    String order =
        "{\"number\":\""
            + number
            + "\",\"item\":\""
            + wanted.group(1)
            + "\",\"quantity\":"
            + quantity
            + ",\"total_cents\":"
            + (release == 2 ? price : price * quantity)
            + ",\"placed_at\":\""
            + Instant.now()
            + "\"}";
    orders.put(number, order);
    exchange.getResponseHeaders().add("Location", "/orders/" + number);
    answer(exchange, 201, order);
  }

  private void look(HttpExchange exchange, String route) throws IOException {
    String order = orders.get(route.substring(route.lastIndexOf('/') + 1));
    if (route.startsWith("GET /orders/") && order != null) {
      answer(exchange, 200, order);
    } else {
      answer(exchange, 404, "{\"error\":\"no such order\"}");
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /**
   * Runs the service until the process is ended, so that it can be recorded.
   *
   * @param arguments the port; any by default
   */
  public static void main(String... arguments) throws IOException {
    int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
    System.out.println("ready " + start(port, 1).port());
  }
}
