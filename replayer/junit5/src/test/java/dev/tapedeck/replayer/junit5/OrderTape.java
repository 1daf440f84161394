// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * A capture of {@link OrderServer} on the class path: two customers order and look, and a visitor
 * is turned away.
 */
final class OrderTape {
  static final String NAME = "/orders.tape";

  private OrderTape() {}

  static Path write() throws IOException, URISyntaxException {
    Path file = Path.of(OrderTape.class.getResource("/").toURI()).resolve(NAME.substring(1));
    java.nio.file.Files.deleteIfExists(file);
    EventScript.parse(script()).writeTo(file);
    return file;
  }

  private static String script() {
    StringBuilder script = new StringBuilder();
    script.append("a: @ plain server 192.0.2.2:80 <- 192.0.2.1:40001\n");
    script.append("b: @ plain server 192.0.2.2:80 <- 192.0.2.1:40002\n");
    script.append("c: @ plain server 192.0.2.2:80 <- 192.0.2.1:40003\n");
    customer(script, "a", "recorded-8f31c5d2-1", "5001");
    customer(script, "b", "recorded-8f31c5d2-2", "5008");
    exchange(script, "c", "GET /orders/5001", "", 401, "", "{\"error\":\"who are you\"}");
    return script.toString();
  }

  private static void customer(StringBuilder script, String name, String sid, String id) {
    String cookie = "Cookie: sid=" + sid + "\\r\\n";
    exchange(
        script,
        name,
        "GET /login?password=" + name + name,
        "",
        200,
        "Set-cookie: sid=" + sid + "; HttpOnly\\r\\n",
        "{\"welcome\":true}");
    exchange(script, name, "POST /orders", cookie, 201, "", "{\"order\":\"" + id + "\"}");
    exchange(
        script,
        name,
        "GET /orders/" + id,
        cookie,
        200,
        "",
        "{\"order\":\"" + id + "\",\"total\":12.5}");
  }

  private static void exchange(
      StringBuilder script,
      String connection,
      String line,
      String fields,
      int status,
      String answered,
      String body) {
    script.append(connection).append(" >> ").append(line);
    script.append(" HTTP/1.1\\r\\nHost: orders.example\\r\\n").append(fields);
    script.append(line.startsWith("POST") ? "Content-Length: 0\\r\\n" : "");
    script.append("\\r\\n\n");
    script.append(connection).append(" << HTTP/1.1 ").append(status).append(" X\\r\\n");
    script.append("Date: Thu, 01 Jan 2026 00:00:00 GMT\\r\\n").append(answered);
    script.append("Content-type: application/json\\r\\nContent-length: ").append(body.length());
    script.append("\\r\\n\\r\\n").append(body).append('\n');
  }
}
