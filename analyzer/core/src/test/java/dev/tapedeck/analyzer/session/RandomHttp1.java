// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.message.Frames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Makes up well-formed HTTP/1 conversations: every framing, pipelining, interim and early answers,
 * trailers, WebSockets and tunnels, with bodies that quote HTTP. The same for the same seed.
 */
final class RandomHttp1 {
  private static final List<String> QUOTES =
      List.of(
          "GET /fake HTTP/1.1\r\nhost: x\r\n\r\n",
          "HEAD /fake HTTP/1.1\r\nhost: x\r\n\r\n",
          "POST /fake HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc",
          "HTTP/1.1 404 No\r\ncontent-length: 4\r\n\r\nfake",
          "HTTP/1.1 100 Continue\r\n\r\n",
          "HTTP/1.1 204 No Content\r\n\r\n",
          "0\r\n\r\n",
          "5\r\nabcde\r\n0\r\n\r\n",
          "\r\n\r\n",
          "\r\n",
          "\n\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "\0\0\u0004\u0001\4\0\0\0\1abcd",
          "content-length: 10\r\n");

  private static final String WEBSOCKET_REQUEST =
      """
      upgrade: websocket\r
      connection: Upgrade\r
      sec-websocket-version: 13\r
      sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r
      """;
  private static final String WEBSOCKET_ANSWER =
      """
      upgrade: websocket\r
      connection: Upgrade\r
      sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
      sec-websocket-extensions: permessage-deflate\r
      """;

  private final SplittableRandom random;
  private final boolean quotes;
  private final List<Conversation.Turn> turns = new ArrayList<>();
  private final List<RandomTalk.Truth> truths = new ArrayList<>();

  private RandomHttp1(long seed, boolean quotes) {
    this.random = new SplittableRandom(seed);
    this.quotes = quotes;
  }

  /**
   * Makes a conversation up.
   *
   * @param quotes whether bodies quote HTTP
   */
  static RandomTalk talk(long seed, boolean quotes) {
    return new RandomHttp1(seed, quotes).talk(seed);
  }

  private RandomTalk talk(long seed) {
    int exchanges = random.nextInt(1, 14);
    while (truths.size() < exchanges) {
      int group = random.nextInt(3) == 0 ? random.nextInt(2, 6) : 1;
      group(group);
    }
    switch (random.nextInt(5)) {
      case 0 -> toTheEnd();
      case 1 -> webSocket();
      default -> {
        // The last answer is like all others.
      }
    }
    return new RandomTalk(new Conversation("HTTP/1 seed " + seed, turns), truths);
  }

  /** Requests behind one another, then their answers; a single one may be answered early. */
  private void group(int size) {
    int first = truths.size();
    List<String> answers = new ArrayList<>();
    StringBuilder asked = new StringBuilder();
    for (int i = 0; i < size; i++) {
      Request request = request(first + i);
      boolean expects = size == 1 && request.expectsContinue;
      String[] answer = answer(first + i, request, expects);
      if (expects) {
        turn(true, request.head);
        turn(false, "HTTP/1.1 100 Continue\r\n\r\n");
        turn(true, request.framed);
        turn(false, answer[0]);
        return;
      }
      boolean early = size == 1 && request.framed.length() > 1 && random.nextInt(4) == 0;
      if (early) {
        int sent = random.nextInt(1, request.framed.length());
        turn(true, request.head + request.framed.substring(0, sent));
        turn(false, answer[0]);
        turn(true, request.framed.substring(sent));
        return;
      }
      asked.append(request.head).append(request.framed);
      answers.add(answer[0]);
    }
    turn(true, asked.toString());
    if (random.nextBoolean()) {
      turn(false, String.join("", answers));
    } else {
      answers.forEach(answer -> turn(false, answer));
    }
  }

  private void turn(boolean request, String text) {
    if (!text.isEmpty()) {
      turns.add(new Conversation.Turn(request, text));
    }
  }

  /** A request as it goes out. */
  private record Request(
      String method, String head, String framed, String body, boolean expectsContinue) {}

  private Request request(int id) {
    String method = pick("GET", "GET", "HEAD", "POST", "POST", "PUT", "OPTIONS", "DELETE", "X-ODD");
    boolean hasBody = method.equals("POST") || method.equals("PUT") || method.equals("X-ODD");
    String body = hasBody ? body() : "";
    boolean chunked = hasBody && random.nextInt(3) == 0;
    boolean expects = hasBody && !body.isEmpty() && random.nextInt(5) == 0;
    String head =
        method
            + " "
            + pick("/", "http://shop.example/", "/a/b/")
            + id
            + pick("", "?q=1", "?a=b%20c&d", "/;x=y")
            + " HTTP/1."
            + (chunked || expects ? 1 : pick("1", "1", "0"))
            + "\r\nHost: shop.example\r\n"
            + (expects ? "Expect: 100-continue\r\n" : "")
            + fields();
    if (chunked) {
      return new Request(
          method, head + "Transfer-Encoding: chunked\r\n\r\n", chunks(body, 0), body, expects);
    }
    String length = hasBody || random.nextInt(6) == 0 ? "Content-Length: " + body.length() : "";
    return new Request(
        method, head + length + (length.isEmpty() ? "\r\n" : "\r\n\r\n"), body, body, expects);
  }

  /** Returns the interim answers and the answer in one. */
  private String[] answer(int id, Request request, boolean continued) {
    List<Integer> interim = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    if (continued) {
      interim.add(100);
    }
    while (random.nextInt(8) == 0) {
      int status = random.nextBoolean() ? 103 : 102;
      interim.add(status);
      text.append("HTTP/1.1 ").append(status).append(" Wait\r\nlink: </a>\r\n\r\n");
    }
    int status = Integer.parseInt(pick("200", "200", "200", "201", "204", "304", "404", "500"));
    boolean bodyless = request.method.equals("HEAD") || status == 204 || status == 304;
    String body = body();
    int trailers = 0;
    text.append("HTTP/1.1 ")
        .append(status)
        .append(pick(" OK", " ", " So \u00e9t it", ""))
        .append("\r\n");
    text.append("X-Id: ").append(id).append("\r\n").append(fields());
    if (status == 204) {
      body = "";
      text.append("\r\n");
    } else if (random.nextInt(3) == 0) {
      trailers = bodyless ? 0 : random.nextInt(3);
      text.append("Transfer-Encoding: ").append(pick("chunked", "Chunked")).append("\r\n\r\n");
      text.append(bodyless ? "" : chunks(body, trailers));
    } else {
      text.append("Content-Length: ").append(body.length()).append("\r\n\r\n");
      text.append(bodyless ? "" : body);
    }
    truths.add(
        new RandomTalk.Truth(
            id,
            request.method,
            request.body,
            interim,
            status,
            bodyless ? "" : body,
            trailers,
            List.of()));
    return new String[] {text.toString()};
  }

  /** An answer that ends with the connection. */
  private void toTheEnd() {
    int id = truths.size();
    turn(true, "GET /" + id + " HTTP/1.1\r\nHost: x\r\n\r\n");
    String body = body();
    turn(false, "HTTP/1.1 200 OK\r\nX-Id: " + id + "\r\nConnection: close\r\n\r\n" + body);
    truths.add(new RandomTalk.Truth(id, "GET", "", List.of(), 200, body, 0, List.of()));
  }

  private void webSocket() {
    int id = truths.size();
    turn(true, "GET /" + id + " HTTP/1.1\r\nHost: x\r\n" + WEBSOCKET_REQUEST + "\r\n");
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nX-Id: " + id + "\r\n" + WEBSOCKET_ANSWER + "\r\n";
    List<String> messages = new ArrayList<>();
    boolean coalesced = random.nextBoolean();
    if (!coalesced) {
      turn(false, answer);
      answer = "";
    }
    Frames server = Frames.server();
    Frames client = Frames.client();
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      boolean fromClient = answer.isEmpty() && random.nextBoolean();
      Frames frames = fromClient ? client : server;
      int before = frames.length();
      String text = "message " + i + " " + "x".repeat(random.nextInt(140)) + quote();
      switch (random.nextInt(3)) {
        case 0 -> frames.text(text);
        case 1 -> frames.ping("p").text(text);
        default -> frames.deflated(text, random.nextInt(1, 4));
      }
      byte[] all = frames.bytes();
      String bytes = new String(all, before, all.length - before, StandardCharsets.ISO_8859_1);
      turn(fromClient, (fromClient ? "" : answer) + bytes);
      answer = "";
      messages.add(text);
    }
    truths.add(new RandomTalk.Truth(id, "GET", "", List.of(), 101, "", 0, messages));
  }

  private String fields() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(pick("Accept", "X-A", "Cookie", "User-Agent", "x_y", "Vary"))
          .append(':')
          .append(pick(" ", "", "  ", "\t"))
          .append(pick("*/*", "a=b; c=d", "", "Mozilla/5.0 (X11)", "\u00e9t\u00e9", "a:b:c"))
          .append(pick("", "", " "))
          .append("\r\n");
    }
    return text.toString();
  }

  private String body() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> text.append("{\"n\": ").append(random.nextInt(1000)).append('}');
        case 1 -> text.append("x".repeat(random.nextInt(60)));
        case 2 -> {
          for (int k = random.nextInt(40); k > 0; k--) {
            text.append((char) random.nextInt(256));
          }
        }
        default -> text.append(quote());
      }
    }
    return text.toString();
  }

  private String quote() {
    return quotes ? QUOTES.get(random.nextInt(QUOTES.size())) : "so";
  }

  private String chunks(String body, int trailers) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < body.length()) {
      int size = Math.min(body.length() - at, random.nextInt(1, 120));
      String hex = Integer.toHexString(size);
      text.append(random.nextBoolean() ? hex : hex.toUpperCase(Locale.ROOT))
          .append(pick("", "", ";a=b", ";q=\"r;s\"", ";x"))
          .append("\r\n")
          .append(body, at, at + size)
          .append("\r\n");
      at += size;
    }
    text.append(pick("0", "0", "000")).append("\r\n");
    for (int i = 0; i < trailers; i++) {
      text.append("X-Trailer-").append(i).append(": ").append(i).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  private String pick(String... texts) {
    return texts[random.nextInt(texts.length)];
  }
}
