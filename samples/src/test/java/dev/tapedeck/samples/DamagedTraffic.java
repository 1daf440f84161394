// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.EventScript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Traffic in which every mistake shows: each request has a number, its answer repeats it, bodies
 * are random, and connections of every kind take turns.
 */
final class DamagedTraffic {
  private static final int KEEP_ALIVE_EXCHANGES = 9;
  private static final int PIPELINED_EXCHANGES = 5;
  private static final int CONNECTIONS_OF_A_KIND = 2;

  /** Exchanges of the script; those recorded at both ends count once. */
  static final int EXCHANGES =
      CONNECTIONS_OF_A_KIND * (2 * KEEP_ALIVE_EXCHANGES + PIPELINED_EXCHANGES + 1)
          + KEEP_ALIVE_EXCHANGES;

  private final Random random = new Random(7);
  private final List<Deque<String>> connections = new ArrayList<>();
  private int number;

  private DamagedTraffic() {
    for (int i = 0; i < CONNECTIONS_OF_A_KIND; i++) {
      int port = 41_000 + i;
      List<String> plain = keepAlive();
      connection("p" + i, "plain server 192.0.2.2:80 <- 192.0.2.1:" + port, plain);
      List<String> tls = keepAlive();
      connection("t" + i, "tls client 192.0.2.2:" + port + " -> 192.0.2.9:443", tls);
      connection("q" + i, "tls server 192.0.2.2:443 <- 192.0.2.1:" + port, pipelined());
      connection("u" + i, "plain server 192.0.2.2:81 <- 192.0.2.1:" + port, untilClose());
    }
    bothEnds(keepAlive());
  }

  /** Returns the script, the same each time. */
  static EventScript script() {
    DamagedTraffic traffic = new DamagedTraffic();
    StringBuilder script = new StringBuilder();
    List<Deque<String>> open = new ArrayList<>(traffic.connections);
    while (!open.isEmpty()) {
      Deque<String> connection = open.get(traffic.random.nextInt(open.size()));
      script.append(connection.remove()).append('\n');
      if (connection.isEmpty()) {
        open.remove(connection);
      }
    }
    return EventScript.parse(script.toString());
  }

  /** Asserts that request and answer have the same number. */
  static void assertAsScripted(Exchange exchange) {
    HttpRequest request = Objects.requireNonNull(exchange.request());
    HttpResponse response = Objects.requireNonNull(exchange.response());
    String id = request.target().substring(1);
    assertThat(response.head().toLatin1()).contains("\r\nid: " + id + "\r\n");
    String body = response.body().content().toBytes().toLatin1();
    if (response.status() == 204 || request.method().equals("HEAD")) {
      assertThat(body).isEmpty();
    } else {
      assertThat(body).startsWith("answer " + id + " ").endsWith(" end");
    }
    if (request.method().equals("POST")) {
      assertThat(request.body().content().toBytes().toLatin1())
          .startsWith("order " + id + " ")
          .endsWith(" end");
    }
  }

  private void connection(String name, String ends, List<String> lines) {
    Deque<String> connection = new ArrayDeque<>();
    connection.add(name + ": @ " + ends);
    lines.forEach(line -> connection.add(name + " " + line));
    connection.add("close " + name);
    connections.add(connection);
  }

  private void bothEnds(List<String> lines) {
    Deque<String> connection = new ArrayDeque<>();
    connection.add("c: @ plain client 192.0.2.2:42000 -> 192.0.2.2:82");
    connection.add("s: @ plain server 192.0.2.2:82 <- 192.0.2.2:42000");
    for (String line : lines) {
      boolean request = line.startsWith(">>");
      connection.add((request ? "c " : "s ") + line);
      connection.add((request ? "s " : "c ") + line);
    }
    connection.add("close c");
    connection.add("close s");
    connections.add(connection);
  }

  private List<String> keepAlive() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < KEEP_ALIVE_EXCHANGES; i++) {
      String id = Integer.toString(number++);
      switch (i % 9) {
        case 1 -> {
          lines.add(request("POST", id, body("order ", id, 900)));
          lines.add(answer(id, "201 Created", "Content-Length: ", body("answer ", id, 60)));
        }
        case 2 -> {
          lines.add(request("GET", id, ""));
          lines.add(chunked(id, body("answer ", id, 700)));
        }
        case 3 -> {
          lines.add(request("GET", id, ""));
          String zipped = gzip(body("answer ", id, 800));
          lines.add(answer(id, "200 OK", "Content-Encoding: gzip\r\nContent-Length: ", zipped));
        }
        case 4 -> {
          lines.add(request("HEAD", id, ""));
          lines.add("<< " + escape(head(id, "200 OK", "Content-Length: 12345")));
        }
        case 5 -> {
          lines.add(request("DELETE", id, ""));
          lines.add("<< " + escape(head(id, "204 No Content", "Server: test")));
        }
        case 6 -> {
          lines.add(request("POST", id, body("order ", id, 50)));
          lines.add("<< " + escape("HTTP/1.1 100 Continue\r\n\r\n"));
          lines.add(answer(id, "200 OK", "Content-Length: ", body("answer ", id, 40)));
        }
        default -> {
          lines.add(request("GET", id, ""));
          String body = body("answer ", id, random.nextInt(1200));
          lines.add(answer(id, "200 OK", "Content-Length: ", body));
        }
      }
    }
    return lines;
  }

  private List<String> pipelined() {
    List<String> requests = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < PIPELINED_EXCHANGES; i++) {
      String id = Integer.toString(number++);
      requests.add(request("GET", id, ""));
      answers.add(answer(id, "200 OK", "Content-Length: ", body("answer ", id, 300)));
    }
    requests.addAll(answers);
    return requests;
  }

  private List<String> untilClose() {
    String id = Integer.toString(number++);
    return List.of(
        request("GET", id, ""),
        "<< " + escape(head(id, "200 OK", "Connection: close") + body("answer ", id, 3000)));
  }

  private static String request(String method, String id, String body) {
    String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
    return ">> "
        + escape(method + " /" + id + " HTTP/1.1\r\nHost: shop.example\r\n" + length + "\r\n")
        + escape(body);
  }

  private static String answer(String id, String status, String lengthField, String body) {
    return "<< " + escape(head(id, status, lengthField + body.length()) + body);
  }

  private static String chunked(String id, String body) {
    int half = body.length() / 2;
    return "<< "
        + escape(head(id, "200 OK", "Transfer-Encoding: chunked"))
        + escape(Integer.toHexString(half) + "\r\n" + body.substring(0, half) + "\r\n")
        + escape(Integer.toHexString(body.length() - half) + ";x=y\r\n" + body.substring(half))
        + escape("\r\n0\r\nDigest: " + id + "\r\n\r\n");
  }

  private static String head(String id, String status, String field) {
    return "HTTP/1.1 " + status + "\r\nid: " + id + "\r\n" + field + "\r\n\r\n";
  }

  private String body(String word, String id, int randomBytes) {
    StringBuilder body = new StringBuilder(word).append(id).append(' ');
    for (int i = 0; i < randomBytes; i++) {
      body.append((char) (random.nextInt(20) == 0 ? '\n' : random.nextInt('a', 'z' + 1)));
    }
    return body.append(" end").toString();
  }

  private static String gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static String escape(String bytes) {
    return CorpusScript.escape(bytes);
  }
}
