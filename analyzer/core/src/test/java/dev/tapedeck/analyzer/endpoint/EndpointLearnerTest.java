// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Path templates of many kinds of interfaces. */
final class EndpointLearnerTest {
  private static final String HOST = "shop.example";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/orders/17 | /orders/{id}",
        "/orders/17/items/3 | /orders/{id}/items/{id2}",
        "/orders/17?since=2024 | /orders/{id}",
        "/orders/ | /orders/",
        "/ | /",
        "/a//b | /a//b",
        "* | *",
        "shop.example:443 | shop.example:443",
        "http://shop.example/orders/17 | /orders/{id}",
        "http://shop.example | /",
        "/users/6f9619ff-8b86-d011-b42d-00c04fc964ff | /users/{id}",
        "/users/%7B6F9619FF-8B86-D011-B42D-00C04FC964FF%7D/x | /users/{id}/x",
        "/blobs/da39a3ee5e6b4b0d3255bfef95601890afd80709 | /blobs/{hash}",
        "/notes/507f1f77bcf86cd799439011 | /notes/{hash}",
        "/days/2024-05-17 | /days/{date}",
        "/days/2024-05-17T10:00:00Z | /days/{date}",
        "/days/2024-13-45 | /days/2024-13-45",
        "/mail/ann@shop.example/box | /mail/{email}/box",
        "/mail/ann%40shop.example | /mail/{email}",
        "/at/-12.5/48.25 | /at/{number}/{number2}",
        "/t/01ARZ3NDEKTSV4RRFFQ69G5FAV | /t/{token}",
        "/t/dGhpc0lzQTEyM1Rva2VuNDU2 | /t/{token}",
        "/api/2/issue | /api/2/issue",
        "/api/20417/issue | /api/{id}/issue",
        "/v2/decade/facade | /v2/decade/facade",
        "/internationalization/administration | /internationalization/administration",
        "/shop.v1.OrderService/GetOrder | /shop.v1.OrderService/GetOrder",
        "/orders;jsessionid=8f2a/17 | /orders/{id}",
        "/a%20b/c%2Fd | /a%20b/c%2Fd",
        "/brace%7Bd%7D | /brace%7Bd%7D"
      })
  void of_nothingLearned_leavesOutWhatShowsItself(String target, String template) {
    assertThat(Endpoints.NONE.of("GET", HOST, target).template()).isEqualTo(template);
  }

  @Test
  void of_manyNamesInOnePlace_areAParameter() {
    Endpoints endpoints =
        learned(100, i -> "/users/" + name(i), i -> "/users/" + name(i) + "/cart");

    assertThat(endpoints.of("GET", HOST, "/users/" + name(3)).template())
        .isEqualTo("/users/{slug}");
    assertThat(endpoints.of("GET", HOST, "/users/nobody/cart").template())
        .isEqualTo("/users/{slug}/cart");
    assertThat(endpoints.of("GET", "other.example", "/users/" + name(3)).template())
        .isEqualTo("/users/" + name(3));
  }

  @Test
  void of_namesFollowedByTheSame_areAParameterSooner() {
    Endpoints endpoints = learned(8, i -> "/shops/" + name(i) + "/opening-hours");

    assertThat(endpoints.of("GET", HOST, "/shops/" + name(1) + "/opening-hours").template())
        .isEqualTo("/shops/{slug}/opening-hours");
  }

  @Test
  void of_titles_areAParameterSooner() {
    Endpoints endpoints = learned(6, i -> "/blog/how-to-" + name(i) + "-well");

    assertThat(endpoints.of("GET", HOST, "/blog/why-not-to-worry").template())
        .isEqualTo("/blog/{slug}");
  }

  @Test
  void of_manyResources_stayNames() {
    Endpoints endpoints =
        learned(
            40, i -> "/api/v1/" + name(i), i -> "/api/v1/" + name(i) + "/" + i, i -> "/" + name(i));

    assertThat(endpoints.of("GET", HOST, "/api/v1/" + name(7) + "/9").template())
        .isEqualTo("/api/v1/" + name(7) + "/{id}");
    assertThat(endpoints.of("GET", HOST, "/" + name(7)).template()).isEqualTo("/" + name(7));
  }

  @Test
  void of_probesForWhatIsNotThere_leaveTheResourcesTheirNames() {
    EndpointLearner learner = new EndpointLearner();
    for (int i = 0; i < 500; i++) {
      learner.add("GET", HOST, "/" + name(i) + ".php");
      learner.add("GET", HOST, "/orders/" + i);
    }
    Endpoints endpoints = learner.learned();

    assertThat(endpoints.of("GET", HOST, "/orders/9").template()).isEqualTo("/orders/{id}");
    assertThat(endpoints.of("GET", HOST, "/wp-login.php").template()).isEqualTo("/{slug}");
  }

  @Test
  void of_numbersAndNamesInOnePlace_areOneParameter() {
    Endpoints endpoints = learned(30, i -> "/users/" + name(i), i -> "/users/" + i);

    assertThat(endpoints.of("GET", HOST, "/users/7"))
        .isEqualTo(endpoints.of("GET", HOST, "/users/x"));
    assertThat(endpoints.of("GET", HOST, "/users/7").parameters())
        .containsExactly(new PathParameter("id", ParameterKind.MIXED, 1));
  }

  @Test
  void of_nameThatOneMethodAloneHas_staysOne() {
    EndpointLearner learner = new EndpointLearner();
    for (int i = 0; i < 30; i++) {
      learner.add("GET", HOST, "/users/" + name(i));
    }
    learner.add("POST", HOST, "/users/login");
    learner.add("DELETE", HOST, "/users/" + name(4));
    Endpoints endpoints = learner.learned();

    assertThat(endpoints.of("POST", HOST, "/users/login").template()).isEqualTo("/users/login");
    assertThat(endpoints.of("DELETE", HOST, "/users/" + name(4)).template())
        .isEqualTo("/users/{slug}");
  }

  @Test
  void of_numbersBesideText_keepTheText() {
    Endpoints endpoints =
        learned(
            10,
            i -> "/files/order-" + i,
            i -> "/files/" + i + ".json",
            i -> "/static/main." + Integer.toHexString(0x8a3bc000 + i) + ".js",
            i -> "/pages/step" + i,
            i -> "/docs/utf-8",
            i -> "/docs/v" + i);

    assertThat(endpoints.of("GET", HOST, "/files/order-77").template())
        .isEqualTo("/files/order-{id}");
    assertThat(endpoints.of("GET", HOST, "/files/77.json").template())
        .isEqualTo("/files/{id}.json");
    assertThat(endpoints.of("GET", HOST, "/static/main.8a3bc001.js").template())
        .isEqualTo("/static/main.{hash}.js");
    assertThat(endpoints.of("GET", HOST, "/pages/step4").template()).isEqualTo("/pages/step{id}");
    assertThat(endpoints.of("GET", HOST, "/docs/utf-8").template()).isEqualTo("/docs/utf-8");
    assertThat(endpoints.of("GET", HOST, "/docs/v3").template()).isEqualTo("/docs/v3");
  }

  @Test
  void learned_anyOrder_isTheSame() {
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      targets.add("/" + name(i % 13) + "/" + name(i) + "/" + name(i % 7));
      targets.add("/" + name(i % 13) + "/" + name(i) + "-" + i);
    }
    Random random = new Random(7);
    for (long limit : new long[] {2_000, 20_000, EndpointLearner.DEFAULT_MAX_CHARS}) {
      Set<String> first = templates(targets, limit);
      for (int round = 0; round < 3; round++) {
        Collections.shuffle(targets, random);
        assertThat(templates(targets, limit)).as("limit %d", limit).isEqualTo(first);
      }
    }
  }

  @Test
  void learned_beyondTheLimit_stillFindsTheParameters() {
    EndpointLearner learner = new EndpointLearner(50_000);
    for (int i = 0; i < 100_000; i++) {
      learner.add("GET", HOST, "/users/" + name(i) + "/orders/" + i);
    }
    assertThat(learner.learned().of("GET", HOST, "/users/" + name(5) + "/orders/3").template())
        .isEqualTo("/users/{slug}/orders/{id}");
  }

  @Test
  void of_hostsWithAndWithoutUsualPort_areOne() {
    assertThat(Endpoints.NONE.of("GET", "Shop.example:443", "/"))
        .isEqualTo(Endpoints.NONE.of("GET", "shop.example", "/"))
        .isNotEqualTo(Endpoints.NONE.of("GET", "shop.example:8443", "/"));
  }

  @Test
  void of_deepPath_endsWithTheRest() {
    String target = "/a".repeat(40);

    assertThat(Endpoints.NONE.of("GET", HOST, target).template())
        .isEqualTo("/a".repeat(RequestPath.MAX_SEGMENTS) + "/{rest}");
  }

  private static Set<String> templates(List<String> targets, long limit) {
    EndpointLearner learner = new EndpointLearner(limit);
    targets.forEach(target -> learner.add("GET", HOST, target));
    Endpoints endpoints = learner.learned();
    Set<String> templates = new TreeSet<>();
    targets.forEach(target -> templates.add(endpoints.of("GET", HOST, target).template()));
    return templates;
  }

  @SafeVarargs
  private static Endpoints learned(int count, IntFunction<String>... targets) {
    EndpointLearner learner = new EndpointLearner();
    for (IntFunction<String> target : targets) {
      IntStream.range(0, count).forEach(i -> learner.add("GET", HOST, target.apply(i)));
    }
    return learner.learned();
  }

  /** Returns a word without digits, another one for each number. */
  private static String name(int number) {
    return Integer.toString(number + 1000, 26)
        .chars()
        .mapToObj(c -> String.valueOf((char) ('a' + Character.digit(c, 26))))
        .reduce("", String::concat)
        .toLowerCase(Locale.ROOT);
  }
}
