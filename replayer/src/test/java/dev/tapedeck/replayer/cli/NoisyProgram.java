// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/** A program with an endpoint for each kind of noise; a build of it broke each of them. */
final class NoisyProgram {
  /** What is noisy, and where and how it shows when it is broken. */
  enum Field {
    NUMBER_BECOMES_TEXT("$.v type"),
    NUMBER_IS_NULL("$.v type"),
    UUID_CUT("$.v format"),
    UUID_OTHER_VERSION("$.v format"),
    TIME_FAR_OFF("$.v format"),
    TIME_OTHER_FORMAT("$.v format"),
    HEX_EMPTY("$.v format"),
    WORDS_BECOME_NUMBER("$.v type"),
    WORDS_MISSING("$.v missing"),
    SENTENCE_OTHER_WORDS("$.v format"),
    JWT_OTHER_SUBJECT("$.v.claims.sub value"),
    ELEMENTS_GONE("$.items format"),
    ELEMENTS_BECOME_NULL("$.items type"),
    ELEMENT_LACKS_MEMBER("$.items format"),
    ELEMENT_MEMBER_TYPE("$.items format"),
    SHUFFLED_LOST_ONE("$.items[*] missing"),
    HEADER_MISSING("header:x-request-id missing"),
    HEADER_MALFORMED("header:x-request-id format"),
    COOKIE_EMPTY("header:set-cookie[sid] format"),
    LINE_WITHOUT_NUMBER("body:lines format"),
    HTML_NONCE_GONE("/html/body/p/@nonce missing");

    private final String difference;

    Field(String difference) {
      this.difference = difference;
    }

    String path() {
      return "/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String difference() {
      return difference;
    }
  }

  private static final List<String> WORDS =
      List.of("amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heath", "islet");

  private final Random random;
  private final boolean broken;

  NoisyProgram(long seed, boolean broken) {
    this.random = new Random(seed);
    this.broken = broken;
  }

  RawServer open() throws IOException {
    return new RawServer(
        conversation -> {
          String request = conversation.readRequest();
          while (request != null) {
            conversation.write(answer(request, Instant.now()));
            request = conversation.readRequest();
          }
        });
  }

  /** Returns the answer to a request at some time. */
  synchronized String answer(String request, Instant now) {
    String path = request.split(" ", -1)[1].replaceAll("\\?.*", "");
    for (Field field : Field.values()) {
      if (field.path().equals(path)) {
        return answer(field, broken, now);
      }
    }
    throw new IllegalArgumentException(path);
  }

  private String answer(Field field, boolean isBroken, Instant now) {
    return switch (field) {
      case NUMBER_BECOMES_TEXT -> value(isBroken ? quoted("" + number()) : "" + number());
      case NUMBER_IS_NULL -> value(isBroken ? "null" : "" + number());
      case UUID_CUT -> value(quoted(isBroken ? uuid(4).substring(0, 20) : uuid(4)));
      case UUID_OTHER_VERSION -> value(quoted(uuid(isBroken ? 1 : 4)));
      case TIME_FAR_OFF -> value(quoted((isBroken ? now.minusSeconds(86_400) : now).toString()));
      case TIME_OTHER_FORMAT -> value(quoted(isBroken ? "" + now.toEpochMilli() : "" + now));
      case HEX_EMPTY -> value(quoted(isBroken ? "" : hex(32)));
      case WORDS_BECOME_NUMBER -> value(isBroken ? "7" : quoted(word() + " " + word()));
      case WORDS_MISSING ->
          isBroken ? json("{\"w\":1}") : json("{\"w\":1,\"v\":" + quoted(word()) + "}");
      case SENTENCE_OTHER_WORDS ->
          value(quoted(isBroken ? "refused after " + number() : "served by node " + number()));
      case JWT_OTHER_SUBJECT -> value(quoted(jwt(isBroken ? "bob" : "ann", now)));
      case ELEMENTS_GONE -> items(isBroken ? List.of() : elements());
      case ELEMENTS_BECOME_NULL -> isBroken ? json("{\"items\":null}") : items(elements());
      case ELEMENT_LACKS_MEMBER ->
          items(isBroken ? List.of("{\"name\":\"x\"}", "{\"name\":\"y\"}") : elements());
      case ELEMENT_MEMBER_TYPE ->
          items(isBroken ? List.of("{\"name\":\"x\",\"price\":\"free\"}") : elements());
      case SHUFFLED_LOST_ONE -> items(shuffled(isBroken ? 4 : 5));
      case HEADER_MISSING -> text(isBroken ? "" : "X-Request-Id: " + uuid(4) + "\r\n", "ok");
      case HEADER_MALFORMED ->
          text("X-Request-Id: " + (isBroken ? "undefined" : uuid(4)) + "\r\n", "ok");
      case COOKIE_EMPTY -> text("Set-Cookie: sid=" + (isBroken ? "" : hex(32)) + "\r\n", "ok");
      case LINE_WITHOUT_NUMBER ->
          text("", "up 1\nload " + (isBroken ? "NaN" : number() / 100.0) + "\nend\n");
      case HTML_NONCE_GONE ->
          answer(
              "text/html",
              "",
              "<html><body><p"
                  + (isBroken ? "" : " nonce=\"" + hex(32) + "\"")
                  + ">hello</p></body></html>");
    };
  }

  private int number() {
    return 1000 + random.nextInt(9000);
  }

  private String word() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private String hex(int digits) {
    StringBuilder hex = new StringBuilder();
    while (hex.length() < digits) {
      hex.append(Integer.toHexString(random.nextInt(16)));
    }
    return hex.toString();
  }

  private String uuid(int version) {
    return new UUID(
            (random.nextLong() & ~0xf000L) | ((long) version << 12),
            (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L)
        .toString();
  }

  private String jwt(String subject, Instant now) {
    long seconds = now.getEpochSecond();
    return base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
        + "."
        + base64(
            "{\"sub\":\""
                + subject
                + "\",\"iat\":"
                + seconds
                + ",\"exp\":"
                + (seconds + 3600)
                + ",\"jti\":\""
                + hex(8)
                + "\"}")
        + "."
        + hex(40);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Some of many elements that are all alike. */
  private List<String> elements() {
    List<String> elements = new ArrayList<>();
    int count = 2 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      elements.add("{\"name\":\"" + word() + "\",\"price\":" + number() + "}");
    }
    return elements;
  }

  private List<String> shuffled(int count) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add("{\"id\":" + i + ",\"name\":\"" + WORDS.get(i) + "\"}");
    }
    Collections.shuffle(elements, random);
    return elements;
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private String value(String json) {
    return json("{\"w\":1,\"v\":" + json + "}");
  }

  private String items(List<String> elements) {
    return json("{\"items\":[" + String.join(",", elements) + "]}");
  }

  private String json(String body) {
    return answer("application/json", "", body);
  }

  private String text(String fields, String body) {
    return answer("text/plain", fields, body);
  }

  private static String answer(String type, String fields, String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: "
        + type
        + "\r\n"
        + fields
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
