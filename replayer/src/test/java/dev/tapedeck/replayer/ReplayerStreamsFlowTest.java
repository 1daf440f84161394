// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.cli.Shop;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.rules.RewriteRule;
import dev.tapedeck.replayer.rules.RulesReader;
import dev.tapedeck.replayer.target.Target;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that answers minted, and rules, over HTTP/2: cookie, CSRF token, JWT, ids. */
final class ReplayerStreamsFlowTest {
  private static final long STEP_NANOS = 2_000_000;
  private static final List<String> NAMES = List.of("X-CSRF-Token", "Cookie", "Authorization");

  private final List<Exchange> exchanges = new ArrayList<>();
  private final ConnectionInfo connection =
      TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);

  /** One visit of a shop on one connection. */
  private Session visit() {
    Shop shop = new Shop(1, 1001);
    String form = cut(ask(shop, "GET", "/login", ""), "token\" value=\"", "\"");
    String login = "user=ann&authenticity_token=" + form;
    String type = "application/x-www-form-urlencoded";
    String sid =
        cut(ask(shop, "POST", "/login", login, "content-type", type), "set-cookie: sid=", ";");
    String page = ask(shop, "GET", "/account", "", "cookie", "lang=en", "cookie", "sid=" + sid);
    String csrf = cut(page, "csrf-token content=\"", "\"");
    String uid = cut(page, "uid: \"", "\"");
    String token =
        ask(shop, "POST", "/api/token", "", "cookie", "sid=" + sid, "x-csrf-token", csrf);
    String bearer = "Bearer " + cut(token, "access_token\":\"", "\"");
    String cart =
        cut(ask(shop, "POST", "/carts", "", "authorization", bearer), "cart_id\":\"", "\"");
    String items = "/carts/" + cart + "/items";
    String lamp = "{\"sku\":\"lamp\"}";
    String item = cut(ask(shop, "POST", items, lamp, "authorization", bearer), "\"id\":", ",");
    ask(shop, "DELETE", items + "/" + item, "", "authorization", bearer);
    String order =
        cut(
            ask(
                shop,
                "POST",
                "/orders",
                "{\"cart\":\"" + cart + "\"}",
                "authorization",
                bearer,
                "content-type",
                "application/json"),
            "location: /orders/",
            "\r\n");
    ask(shop, "GET", "/orders/" + order, "", "authorization", bearer);
    String owner =
        Base64.getUrlEncoder().withoutPadding().encodeToString(Bytes.latin1(uid).toArray());
    ask(shop, "GET", "/all?owner=" + owner, "", "authorization", bearer);
    return TestMessages.session(1, connection, exchanges.toArray(Exchange[]::new));
  }

  private String ask(Shop shop, String method, String path, String body, String... fields) {
    List<String> all =
        new ArrayList<>(List.of(":method", method, ":path", path, ":scheme", "https"));
    all.addAll(List.of(":authority", "shop.example"));
    all.addAll(List.of(fields));
    HttpRequest request =
        new HttpRequest(
            method,
            path,
            "HTTP/2",
            "shop.example",
            Bytes.empty(),
            TestStreams.fields(all),
            HeaderFields.NONE,
            TestStreams.body(body.isEmpty() ? List.of() : List.of(body)),
            new MessageSpan(0, 0, 0, 0),
            Completeness.COMPLETE,
            List.of());
    StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    for (int i = 8; i < all.size(); i += 2) {
      text.append(all.get(i)).append(": ").append(all.get(i + 1)).append("\r\n");
    }
    String answer = shop.answer(asHttp1(text + "\r\n" + body));
    assertThat(answer).as(text.toString()).matches("(?s)HTTP/1.1 [23].*");
    int index = exchanges.size();
    long started = index * STEP_NANOS;
    exchanges.add(
        TestMessages.exchange(
            1, index, connection, started, started + 1, request, response(answer)));
    int end = answer.indexOf("\r\n\r\n");
    return answer.substring(0, end).toLowerCase(Locale.ROOT) + answer.substring(end);
  }

  private static HttpResponse response(String text) {
    int end = text.indexOf("\r\n\r\n");
    String[] lines = text.substring(0, end).split("\r\n", -1);
    String status = lines[0].split(" ", 3)[1];
    List<String> fields = new ArrayList<>(List.of(":status", status));
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(": ");
      fields.add(lines[i].substring(0, colon).toLowerCase(Locale.ROOT));
      fields.add(lines[i].substring(colon + 2));
    }
    String body = text.substring(end + 4);
    return new HttpResponse(
        Integer.parseInt(status),
        "",
        "HTTP/2",
        Bytes.empty(),
        TestStreams.fields(fields),
        HeaderFields.NONE,
        TestStreams.body(body.isEmpty() ? List.of() : List.of(body)),
        new MessageSpan(0, 0, 0, 0),
        Completeness.COMPLETE,
        List.of());
  }

  /** The shop reads names as HTTP/1 clients write them, and cookies in one field. */
  private static String asHttp1(String request) {
    String text = request;
    for (String name : NAMES) {
      text = text.replace("\r\n" + name.toLowerCase(Locale.ROOT) + ": ", "\r\n" + name + ": ");
    }
    return text.replace("Cookie: lang=en\r\nCookie: ", "Cookie: lang=en; ");
  }

  private static String cut(String text, String before, String after) {
    int from = text.indexOf(before) + before.length();
    return text.substring(from, text.indexOf(after, from));
  }

  private static StreamsServer open(Shop shop) throws InterruptedException {
    return new StreamsServer(null, asked -> asked.answerAs(shop.answer(asHttp1(asked.request()))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "x10", "max"})
  void run_againstAFreshShop_isGreenAtAnyPace(String pace) throws Exception {
    try (StreamsServer server = open(new Shop(2, 7))) {
      ReplayPlan plan = plan(Pace.parse(pace), visit());
      ReplayReport report = run(server, PlannedFlows.of(plan), List.of());
      assertThat(report.failed()).isEmpty();
      assertThat(report.differences()).extracting(ExchangeDifference::difference).isEmpty();
      assertThat(report.equal()).isEqualTo(exchanges.size());
      assertThat(report.connectionsOpened()).isEqualTo(1);
    }
  }

  @Test
  void run_withoutFlows_fails() throws Exception {
    try (StreamsServer server = open(new Shop(2, 7))) {
      ReplayPlan plan = plan(Pace.MAX, visit());
      ReplayReport report = run(server, PlannedFlows.none(plan), List.of());
      assertThat(report.different()).isGreaterThan(5);
    }
  }

  @Test
  void run_withRules_sendsWhatTheySay() throws Exception {
    List<RewriteRule> rules =
        RulesReader.parse(
                "rules.yaml",
                """
                version: 1
                rewrite:
                  - host: other.example
                  - header: X-Environment
                    set: test
                  - path: '^/login$'
                    with: /sign-in
                  - form: user
                    set: bob
                """)
            .rewrite();
    try (StreamsServer server = new StreamsServer(null, asked -> asked.answer("ok"))) {
      ReplayPlan plan = plan(Pace.MAX, visit());
      ReplayReport report = run(server, PlannedFlows.none(plan), rules);
      assertThat(report.sent()).isEqualTo(exchanges.size());
      assertThat(server.log().get(0))
          .isEqualTo(
              "1 HEADERS :method=GET :path=/sign-in :scheme=http :authority=other.example"
                  + " x-environment=test");
      assertThat(server.log())
          .anyMatch(line -> line.startsWith("3 DATA user=bob&authenticity_token="));
    }
  }

  private static ReplayPlan plan(Pace pace, Session session) throws Exception {
    return TestPlans.plan(PlanOptions.newBuilder().pace(pace).allowUnsafe(true).build(), session);
  }

  private static ReplayReport run(StreamsServer server, PlannedFlows flows, List<RewriteRule> rules)
      throws Exception {
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "127.0.0.1", server.port()))
            .rehearse(false)
            .build();
    return new Replayer(flows.plan(), options, server.address())
        .carrying(flows, rules)
        .run(progress -> {});
  }
}
