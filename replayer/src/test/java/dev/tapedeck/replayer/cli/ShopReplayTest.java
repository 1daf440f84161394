// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A shop's sessions are replayed against another instance of it, which mints other values. */
final class ShopReplayTest {
  private static final int USERS = 6;

  @TempDir private Path directory;
  private final List<String> script = new ArrayList<>();
  private Path capture;
  private int requests;

  @BeforeEach
  void recordTheShop() throws IOException {
    Shop shop = new Shop(1, 1001);
    List<List<Runnable>> clients = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      clients.add(new Visit(shop, i).steps());
    }
    for (int step = 0; step < clients.get(0).size(); step++) {
      for (List<Runnable> client : clients) {
        client.get(step).run();
      }
    }
    capture = directory.resolve("shop.tape");
    EventScript.parse(String.join("\n", script)).writeTo(capture);
  }

  /** What one browser, its script, and the phone of the same person do. */
  private final class Visit {
    private final Shop shop;
    private final String web;
    private final String phone;
    private final String name;
    private String token = "";
    private String sid = "";
    private String uid = "";
    private String bearer = "";
    private String cart = "";
    private String item = "";
    private String order = "";

    Visit(Shop shop, int number) {
      this.shop = shop;
      this.web = "web" + number;
      this.phone = "phone" + number;
      this.name = "user" + number;
      script.add(web + ": @ plain server 192.0.2.2:80 <- 192.0.2.1:" + (40000 + number));
      script.add(phone + ": @ plain server 192.0.2.2:80 <- 192.0.2.9:" + (50000 + number));
    }

    List<Runnable> steps() {
      return List.of(
          () -> token = cut(send(web, "GET /login", "", ""), "token\" value=\"", "\""),
          () ->
              sid =
                  cut(
                      send(
                          web,
                          "POST /login",
                          "Content-Type: application/x-www-form-urlencoded\r\n",
                          "user=" + name + "&authenticity_token=" + token),
                      "sid=",
                      ";"),
          () -> {
            String page = send(web, "GET /account", cookie(), "");
            token = cut(page, "csrf-token content=\"", "\"");
            uid = cut(page, "uid: \"", "\"");
          },
          () ->
              bearer =
                  cut(
                      send(
                          web, "POST /api/token", cookie() + "X-CSRF-Token: " + token + "\r\n", ""),
                      "access_token\":\"",
                      "\""),
          () -> cart = cut(send(web, "POST /carts", bearer(), ""), "cart_id\":\"", "\""),
          () ->
              item =
                  cut(
                      send(
                          web,
                          "POST /carts/" + cart + "/items",
                          bearer() + "Content-Type: application/json\r\n",
                          "{\"sku\":\"lamp\",\"quantity\":2}"),
                      "\"id\":",
                      ","),
          () -> send(web, "DELETE /carts/" + cart + "/items/" + item, bearer(), ""),
          () -> send(web, "POST /carts/" + cart + "/items", bearer(), "{\"sku\":\"chair\"}"),
          () ->
              order =
                  cut(
                      send(
                          web,
                          "POST /orders",
                          bearer() + "Content-Type: application/json\r\n",
                          "{\"cart\":\"" + cart + "\"}"),
                      "Location: /orders/",
                      "\r\n"),
          () -> send(phone, "GET /orders/" + order, bearer(), ""),
          () -> send(phone, "GET /all?owner=" + base64(uid), bearer(), ""),
          () -> send(web, "GET /login", "", ""));
    }

    private String cookie() {
      return "Cookie: lang=en; sid=" + sid + "\r\n";
    }

    private String bearer() {
      return "Authorization: Bearer " + bearer + "\r\n";
    }

    private String send(String connection, String line, String fields, String body) {
      String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
      String request =
          line + " HTTP/1.1\r\nHost: shop.example\r\n" + fields + length + "\r\n" + body;
      String answer = shop.answer(request);
      assertThat(answer).as(request).matches("(?s)HTTP/1.1 [23].*");
      script.add(connection + " >> " + EventScript.escaped(request));
      script.add(connection + " << " + EventScript.escaped(answer));
      requests++;
      return answer;
    }
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String cut(String text, String before, String after) {
    int from = text.indexOf(before) + before.length();
    return text.substring(from, text.indexOf(after, from));
  }

  private static RawServer open(Shop shop) throws IOException {
    return new RawServer(
        conversation -> {
          String request = conversation.readRequest();
          while (request != null) {
            conversation.write(shop.answer(request));
            request = conversation.readRequest();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"x1", "x10", "max"})
  void run_againstAFreshShop_isGreenAtAnyPace(String pace) throws Exception {
    try (RawServer server = open(new Shop(2, 7))) {
      Ran result = run(server, "--pace", pace);
      assertThat(result.code()).as(result.out()).isEqualTo(ExitCode.OK);
      JsonNode report = new JsonMapper().readTree(result.out());
      assertThat(report.get("sent").asInt()).isEqualTo(requests);
      assertThat(report.get("equal").asInt()).isEqualTo(requests);
    }
  }

  @Test
  void run_withoutFlows_fails() throws Exception {
    try (RawServer server = open(new Shop(2, 7))) {
      Ran result = run(server, "--pace", "max", "--no-flows");
      assertThat(result.code()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(new JsonMapper().readTree(result.out()).get("different").asInt())
          .isGreaterThan(USERS * 5);
    }
  }

  @Test
  void run_shopThatMintsNothing_failsWhatNeedsTheValue() throws Exception {
    RawServer.Behaviour closed =
        conversation -> {
          while (conversation.readRequest() != null) {
            conversation.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
          }
        };
    try (RawServer server = new RawServer(closed)) {
      Ran result = run(server, "--pace", "max", "--max-errors", "0");
      assertThat(result.code()).isEqualTo(ExitCode.DIFFERENT);
      JsonNode report = new JsonMapper().readTree(result.out());
      // Of each visit the two requests of /login need nothing.
      assertThat(report.at("/failed/flow_missing").asInt()).isEqualTo(requests - 2 * USERS);
      assertThat(report.get("sent").asInt()).isEqualTo(2 * USERS);
    }
  }

  private Ran run(RawServer server, String... more) {
    String[] words =
        Stream.concat(
                Stream.of(
                    "run",
                    capture.toString(),
                    "--target",
                    "http://127.0.0.1:" + server.port(),
                    "--allow-unsafe",
                    "--format",
                    "json"),
                Stream.of(more))
            .toArray(String[]::new);
    return Ran.command(words);
  }

  @Test
  void plan_showsTheFlowsWithoutTheirValues() throws Exception {
    String[] words = {
      "plan",
      capture.toString(),
      "--target",
      "http://127.0.0.1:9",
      "--allow-unsafe",
      "--select",
      "2",
      "--format",
      "json"
    };
    Ran ran = Ran.command(words);
    assertThat(ran.code()).isZero();
    JsonNode flows = ran.json().get("flows");
    assertThat(flows.isArray()).isTrue();
    assertThat(flows.size()).isGreaterThanOrEqualTo(9);
    JsonNode first = flows.get(0);
    assertThat(first.get("mint").get("exchange_id").asString()).isNotEmpty();
    assertThat(first.get("mint").get("extractor").asString())
        .isEqualTo("body input[name=authenticity_token]@value");
    assertThat(first.get("uses").get(0).get("place").asString())
        .isEqualTo("body form[authenticity_token]");
    assertThat(first.get("confidence").asString()).isEqualTo("proven");
    assertThat(ran.out())
        .doesNotContain(script.get(script.size() - 1).replaceAll(".*value=\"([^\"]+)\".*", "$1"));
    Files.delete(capture);
  }
}
