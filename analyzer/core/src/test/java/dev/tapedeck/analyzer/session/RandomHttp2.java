// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Makes up well-formed HTTP/2 conversations: streams side by side, header blocks over several
 * frames, padding, priorities, interim answers, trailers, gRPC messages over any frames, and frames
 * that say nothing of HTTP in between. The same for the same seed.
 */
final class RandomHttp2 {
  private static final String GRPC = "content-type application/grpc";

  private final SplittableRandom random;
  private final H2Script codec = new H2Script();
  private final List<Conversation.Turn> turns = new ArrayList<>();
  private final List<RandomTalk.Truth> truths = new ArrayList<>();

  private RandomHttp2(long seed) {
    random = new SplittableRandom(seed);
  }

  /** What one stream has still to say; a step makes its bytes when it is due, as HPACK needs. */
  private static final class Side {
    final boolean client;
    final Deque<Supplier<String>> steps = new ArrayDeque<>();

    /** Says when it may begin; null when at once. */
    final Side after;

    Side(boolean client, Side after) {
      this.client = client;
      this.after = after;
    }

    boolean isReady() {
      return !steps.isEmpty() && (after == null || after.begun);
    }

    boolean begun;
  }

  /** Makes a conversation up. */
  static RandomTalk talk(long seed) {
    return new RandomHttp2(seed).talk("HTTP/2 seed " + seed);
  }

  private RandomTalk talk(String name) {
    turn(true, H2Script.PREFACE + H2Script.frame(H2Script.SETTINGS, 0, 0, ""));
    turn(false, H2Script.frame(H2Script.SETTINGS, 0, 0, ""));
    if (random.nextBoolean()) {
      turn(false, H2Script.frame(H2Script.SETTINGS, 1, 0, ""));
      turn(true, H2Script.frame(H2Script.SETTINGS, 1, 0, ""));
    }
    List<Side> sides = new ArrayList<>();
    int streams = random.nextInt(1, 12);
    Side before = null;
    for (int i = 0; i < streams; i++) {
      Side client = new Side(true, before);
      Side server = new Side(false, client);
      stream(i, 2 * i + 1, client.steps, server.steps);
      sides.add(client);
      sides.add(server);
      before = client; // Stream numbers ascend.
    }
    while (true) {
      List<Side> ready = sides.stream().filter(Side::isReady).toList();
      if (ready.isEmpty()) {
        break;
      }
      Side next = ready.get(random.nextInt(ready.size()));
      StringBuilder text = new StringBuilder();
      do {
        text.append(between()).append(next.steps.remove().get());
        next.begun = true;
      } while (!next.steps.isEmpty() && random.nextInt(3) == 0);
      turn(next.client, text.toString());
    }
    return new RandomTalk(new Conversation(name, turns), truths);
  }

  private void turn(boolean client, String text) {
    turns.add(new Conversation.Turn(client, text));
  }

  /** Frames that concern no exchange. */
  private String between() {
    return switch (random.nextInt(12)) {
      case 0 -> H2Script.frame(H2Script.PING, 0, 0, "12345678");
      case 1 -> H2Script.frame(H2Script.WINDOW_UPDATE, 0, 0, H2Script.int32(1000));
      case 2 -> H2Script.frame(H2Script.SETTINGS, 0, 0, "\0\3" + H2Script.int32(100));
      case 3 -> H2Script.frame(0xfa, 0, 0, "unknown frame");
      default -> "";
    };
  }

  private void stream(
      int id, int streamId, Deque<Supplier<String>> client, Deque<Supplier<String>> server) {
    boolean grpc = random.nextInt(4) == 0;
    String method = grpc ? "POST" : pick("GET", "HEAD", "POST", "PUT");
    boolean hasBody = method.equals("POST") || method.equals("PUT");
    List<String> messages = new ArrayList<>();
    String body = grpc ? grpc(messages) : hasBody ? body() : "";
    String[] fields =
        grpc
            ? H2Script.request(method, "/" + id, GRPC, "te trailers")
            : H2Script.request(method, "/" + id, "x-a " + pick("1", "2", "3"), "cookie !c=" + id);
    boolean trailed = hasBody && !grpc && random.nextInt(6) == 0;
    client.add(() -> headers(true, streamId, !hasBody, fields));
    if (hasBody) {
      data(client, streamId, body, !trailed);
    }
    if (trailed) {
      client.add(() -> headers(true, streamId, true, "x-sent-trailer yes"));
    }
    int status = grpc ? 200 : Integer.parseInt(pick("200", "200", "204", "304", "404"));
    boolean bodyless = method.equals("HEAD") || status == 204 || status == 304;
    List<Integer> interim = new ArrayList<>();
    if (!grpc && random.nextInt(6) == 0) {
      interim.add(103);
      server.add(() -> headers(false, streamId, false, ":status 103", "link </a>"));
    }
    List<String> told = new ArrayList<>();
    String answer = grpc ? grpc(told) : bodyless ? "" : body();
    boolean trailers = grpc || (!bodyless && random.nextInt(5) == 0);
    String type = grpc ? GRPC : "content-type " + pick("text/plain", "text/html");
    boolean bare = bodyless || (answer.isEmpty() && !trailers && random.nextBoolean());
    server.add(() -> headers(false, streamId, bare, ":status " + status, type, "x-id " + id));
    if (!bare) {
      data(server, streamId, answer, !trailers);
    }
    if (trailers) {
      String last = grpc ? "grpc-status 0" : "x-trailer " + id;
      server.add(() -> headers(false, streamId, true, last));
    }
    messages.addAll(told);
    truths.add(
        new RandomTalk.Truth(
            id, method, body, interim, status, answer, trailers ? 1 : 0, messages));
  }

  private String headers(boolean client, int streamId, boolean end, String... fields) {
    String block = codec.block(client, fields);
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (at < block.length() && random.nextInt(5) == 0) {
      int to = random.nextInt(at, block.length());
      parts.add(block.substring(at, to));
      at = to;
    }
    parts.add(block.substring(at));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      boolean last = i == parts.size() - 1;
      int flags = last ? H2Script.END_HEADERS : 0;
      if (i > 0) {
        text.append(H2Script.frame(H2Script.CONTINUATION, flags, streamId, parts.get(i)));
        continue;
      }
      String payload = parts.get(0);
      if (client && random.nextInt(5) == 0) {
        payload = H2Script.int32(0) + (char) 15 + payload;
        flags |= H2Script.WITH_PRIORITY;
      }
      if (random.nextInt(5) == 0) {
        int padding = random.nextInt(20);
        payload = (char) padding + payload + "\0".repeat(padding);
        flags |= H2Script.PADDED;
      }
      flags |= end ? H2Script.END_STREAM : 0;
      text.append(H2Script.frame(H2Script.HEADERS, flags, streamId, payload));
    }
    return text.toString();
  }

  private void data(Deque<Supplier<String>> steps, int streamId, String body, boolean ends) {
    int at = 0;
    do {
      int to = Math.min(body.length(), at + random.nextInt(1, 60));
      String part = body.substring(at, to);
      boolean last = to == body.length() && ends && random.nextInt(4) > 0;
      boolean padded = random.nextInt(6) == 0;
      int padding = random.nextInt(9);
      String payload = padded ? (char) padding + part + "\0".repeat(padding) : part;
      int flags = (padded ? H2Script.PADDED : 0) | (last ? H2Script.END_STREAM : 0);
      steps.add(() -> H2Script.frame(H2Script.DATA, flags, streamId, payload));
      at = to;
      if (at == body.length() && ends && !last) {
        steps.add(() -> H2Script.frame(H2Script.DATA, H2Script.END_STREAM, streamId, ""));
      }
    } while (at < body.length());
  }

  private String grpc(List<String> messages) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      String message = body();
      messages.add(message);
      text.append('\0').append(H2Script.int32(message.length())).append(message);
    }
    return text.toString();
  }

  private String body() {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> "x".repeat(random.nextInt(90));
      case 2 -> "{\"n\": " + random.nextInt(1000) + "}";
      default ->
          "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfake" + H2Script.frame(1, 5, 3, "\u0088");
    };
  }

  private String pick(String... texts) {
    return texts[random.nextInt(texts.length)];
  }
}
