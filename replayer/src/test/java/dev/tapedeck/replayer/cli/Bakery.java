// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * A small server program whose answers are full of what changes each time: times, UUIDs, counters,
 * tokens, nonces. A seed says what it mints, a fault what a new build of it broke.
 */
final class Bakery {
  /** What a build may break, each in one place. */
  enum Fault {
    NONE,
    STATUS,
    MISSING_HEADER,
    CHANGED_VALUE,
    TYPE_CHANGE,
    LOST_ELEMENT,
    REORDERED_LIST,
    WRONG_ID,
    SLOW_ENDPOINT,
    TRUNCATED_BODY,
    CHARSET,
    COOKIE_FLAG,
    BROKEN_NOISY_FIELD
  }

  static final long SLOW_MILLIS = 4000;

  private final Random random;
  private final Clock clock;
  private final Fault fault;
  private final Map<String, String> orders = new LinkedHashMap<>();
  private int counter;

  Bakery(long seed, Clock clock, Fault fault) {
    this.random = new Random(seed);
    this.clock = clock;
    this.fault = fault;
    this.counter = 100 + random.nextInt(100);
  }

  /** Answers on every connection. */
  RawServer open() throws IOException {
    return new RawServer(
        conversation -> {
          String request = conversation.readRequest();
          while (request != null) {
            if (fault == Fault.SLOW_ENDPOINT && request.startsWith("GET /search")) {
              Thread.sleep(SLOW_MILLIS);
            }
            conversation.write(answer(request));
            request = conversation.readRequest();
          }
        });
  }

  /** Returns the answer to a request, as bytes of ISO 8859-1. */
  synchronized String answer(String request) {
    String[] line = request.substring(0, request.indexOf("\r\n")).split(" ", -1);
    String path = line[1].replaceAll("\\?.*", "");
    counter++;
    if (path.startsWith("/orders/")) {
      return order(path.substring("/orders/".length()));
    }
    return switch (line[0] + " " + path) {
      case "GET /login" -> login();
      case "POST /orders" -> newOrder(request.substring(request.indexOf("\r\n\r\n") + 4));
      case "GET /cakes" -> cakes();
      case "GET /page" -> page();
      case "GET /feed" -> feed();
      case "GET /metrics" -> metrics();
      case "GET /note" -> note();
      case "GET /search" -> json(200, "{\"hits\":3,\"took\":" + (1 + random.nextInt(9000)) + "}");
      default -> json(404, "{\"error\":\"no such path\"}");
    };
  }

  private String uuid() {
    return new UUID(
            (random.nextLong() & ~0xf000L) | 0x4000L,
            (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L)
        .toString();
  }

  private String hex(int digits) {
    StringBuilder hex = new StringBuilder();
    while (hex.length() < digits) {
      hex.append(Integer.toHexString(random.nextInt(16)));
    }
    return hex.toString();
  }

  private Instant now() {
    return clock.instant();
  }

  private String login() {
    String flags = fault == Fault.COOKIE_FLAG ? "; Path=/; Secure" : "; Path=/; Secure; HttpOnly";
    long seconds = now().getEpochSecond();
    String token =
        base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
            + "."
            + base64(
                "{\"sub\":\"ann\",\"iat\":"
                    + seconds
                    + ",\"exp\":"
                    + (seconds + 3600)
                    + ",\"jti\":\""
                    + hex(8)
                    + "\"}")
            + "."
            + hex(40);
    return answer(
        200,
        "application/json",
        "Set-Cookie: sid=" + hex(32) + flags + "\r\n",
        "{\"user\":\"ann\",\"token\":\"" + token + "\"}");
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String newOrder(String body) {
    String id = uuid();
    orders.put(id, body);
    return answer(
        201,
        "application/json",
        "Location: /orders/" + id + "\r\n",
        "{\"id\":\"" + id + "\",\"created\":\"" + now() + "\"}");
  }

  private String order(String id) {
    String body = orders.get(id);
    if (body == null) {
      return json(404, "{\"error\":\"no such order\"}");
    }
    List<String> ids = new ArrayList<>(orders.keySet());
    int place = ids.indexOf(id);
    // The id of another order that is known, too.
    String shown = fault == Fault.WRONG_ID && place == 1 ? ids.get(0) : id;
    return json(
        fault == Fault.STATUS && place == 0 ? 500 : 200,
        "{\"id\":\"" + shown + "\",\"order\":" + body + ",\"served\":" + millis() + "}");
  }

  private long millis() {
    return now().toEpochMilli();
  }

  private String cakes() {
    List<String> cakes = new ArrayList<>();
    for (String name : List.of("plum", "apple", "nut", "poppy")) {
      cakes.add(
          "{\"name\":\""
              + name
              + "\",\"price\":"
              + (fault == Fault.CHANGED_VALUE && name.equals("nut") ? "3.75" : "3.5")
              + ",\"stock\":"
              + (fault == Fault.TYPE_CHANGE && name.equals("apple") ? "\"7\"" : "7")
              + ",\"seen\":"
              + counter
              + ",\"batch\":\""
              + hex(16)
              + "\"}");
    }
    if (fault == Fault.LOST_ELEMENT) {
      cakes.remove(2);
    } else if (fault == Fault.REORDERED_LIST) {
      cakes.add(cakes.remove(0));
    }
    String asOf = fault == Fault.BROKEN_NOISY_FIELD ? "null" : "\"" + now() + "\"";
    return json(
        200,
        "{\"as_of\":"
            + asOf
            + ",\"trace\":\""
            + uuid()
            + "\",\"cakes\":"
            + List.copyOf(cakes)
            + "}");
  }

  private String page() {
    String html =
        "<!doctype html><html><head><title>Bakery</title><meta name=\"csrf\" content=\""
            + hex(24)
            + "\"></head><body><ul><li>plum</li><li>apple</li></ul><p>Visitor "
            + counter
            + " of today, served by node-"
            + hex(8)
            + "</p><script nonce=\""
            + hex(20)
            + "\">start(\"v1\")</script></body></html>";
    return answer(
        200,
        "text/html; charset=utf-8",
        "",
        fault == Fault.TRUNCATED_BODY ? html.substring(0, html.length() - 60) : html);
  }

  private String feed() {
    return answer(
        200,
        "application/xml",
        fault == Fault.MISSING_HEADER ? "" : "X-Content-Type-Options: nosniff\r\n",
        "<?xml version=\"1.0\"?><feed id=\""
            + uuid()
            + "\"><updated>"
            + now()
            + "</updated><entry>open</entry></feed>");
  }

  private String metrics() {
    return answer(
        200,
        "text/plain",
        "",
        "cakes_sold_total " + counter + "\nload " + random.nextFloat() + "\nup 1\n");
  }

  private String note() {
    boolean latin = fault == Fault.CHARSET;
    byte[] text =
        "Gr\u00fc\u00dfe".getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    return answer(
        200,
        "text/plain; charset=" + (latin ? "iso-8859-1" : "utf-8"),
        "",
        new String(text, StandardCharsets.ISO_8859_1));
  }

  private String json(int status, String body) {
    return answer(status, "application/json", "", body);
  }

  private String answer(int status, String type, String fields, String body) {
    return String.format(
        Locale.ROOT,
        "HTTP/1.1 %d OK\r\nContent-Type: %s\r\nX-Request-Id: %s\r\nCache-Control: no-store\r\n"
            + "%sContent-Length: %d\r\n\r\n%s",
        status,
        type,
        uuid(),
        fields,
        body.length(),
        body);
  }
}
