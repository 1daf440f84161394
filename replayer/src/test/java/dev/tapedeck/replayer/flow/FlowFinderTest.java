// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FlowFinderTest {
  private static final String UUID = "550e8400-e29b-41d4-a716-446655440000";
  private static final String OK = "HTTP/1.1 200 OK\n\n";
  private static final String JSON = "HTTP/1.1 200 OK\nContent-Type: application/json\n\n";

  private static String json(String body) {
    return JSON + body;
  }

  private static String post(String target, String type, String body) {
    return "POST %s HTTP/1.1\nContent-Type: %s\nContent-Length: %d\n\n%s"
        .formatted(target, type, body.length(), body);
  }

  @Test
  void find_cookie_isSentBackUnderItsName() {
    Tape tape =
        new Tape()
            .exchange(
                "GET / HTTP/1.1", "HTTP/1.1 200 OK\nSet-Cookie: sid=abc12345x; Path=/; HttpOnly")
            .exchange("GET /a HTTP/1.1\nCookie: lang=en; sid=abc12345x", OK)
            .exchange(2, "GET /b HTTP/1.1\nCookie: sid=abc12345x", OK);
    assertThat(tape.lines())
        .containsExactly(
            "0 header:set-cookie[sid] -> 1 header:cookie cookie[sid]",
            "0 header:set-cookie[sid] -> 2 header:cookie cookie[sid]");
    assertThat(tape.flows().get(0).confidence()).isEqualTo(FlowConfidence.PROVEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sid=; Max-Age=0",
        "sid=abc12345x; Max-Age=0",
        "sid=abc12345x; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "sid=abc12345x; expires=Thu, 01-Jan-1970 00:00:01 GMT; Path=/"
      })
  void find_deletedCookie_mintsNothing(String setCookie) {
    assertThat(
            new Tape()
                .exchange("GET / HTTP/1.1", "HTTP/1.1 200 OK\nSet-Cookie: " + setCookie)
                .exchange("GET /a HTTP/1.1\nCookie: sid=abc12345x", OK)
                .lines())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<form><input type='hidden' name='csrf' value='tok-8f3k2a91'></form>"
            + "| body input[name=csrf]@value",
        "<meta name=csrf-token content=tok-8f3k2a91>| body meta[name=csrf-token]@content",
        "<a href='/x?t=tok-8f3k2a91&amp;b=1'>x</a>| body a@href query[t]",
        "<script>window.T = \"tok-8f3k2a91\";</script>| body script#text word[2]",
        "<p data-token='tok-8f3k2a91'/>| body p@data-token",
        "<r><token>tok-8f3k2a91</token></r>| body token#text",
        "{\"a\":[{\"t\":\"tok-8f3k2a91\"}]}| body $.a[0].t",
        "{\"a\":\"{\\\"t\\\":\\\"tok-8f3k2a91\\\"}\"}| body $.a $.t",
        "t=tok-8f3k2a91&b=2| body form[t]",
        "tok-8f3k2a91| body"
      })
  void find_tokenInAnyAnswer_isExtracted(String body, String place) {
    assertThat(
            new Tape()
                .exchange("GET / HTTP/1.1", "HTTP/1.1 200 OK\n\n" + body)
                .exchange(
                    post("/b", "application/x-www-form-urlencoded", "a=1&csrf=tok-8f3k2a91"), OK)
                .lines())
        .containsExactly("0 " + place + " -> 1 body form[csrf]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Location: /orders/tok-8f3k2a91/items| header:location path[1]",
        "Location: https://a.example/cb?code=tok-8f3k2a91&state=1| header:location query[code]",
        "X-Token: tok-8f3k2a91| header:x-token",
        "Authorization-Info: nextnonce=\"tok-8f3k2a91\"| header:authorization-info word[1]",
        "Link: </p?cursor=tok-8f3k2a91>; rel=\"next\"| header:link word[2]"
      })
  void find_tokenInAnyField_isExtracted(String field, String place) {
    assertThat(
            new Tape()
                .exchange("GET / HTTP/1.1", "HTTP/1.1 200 OK\n" + field)
                .exchange("GET /x/tok-8f3k2a91 HTTP/1.1", OK)
                .lines())
        .containsExactly("0 " + place + " -> 1 target path[1]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /x/p%2Fq+8f3k2a91Zw%3D= HTTP/1.1| target path[1]",
        "GET /x?v=p%2fq%2B8f3k2a91Zw%3d%3d HTTP/1.1| target query[v]",
        "GET /x?v=p/q%2B8f3k2a91Zw== HTTP/1.1| target query[v]",
        "GET /x HTTP/1.1\\nAuthorization: Bearer p/q+8f3k2a91Zw==| header:authorization word[1]",
        "GET /x HTTP/1.1\\nX-Basic: Basic dTpwL3ErOGYzazJhOTFadz09| header:x-basic word[1] base64 word[1]",
        "GET /x HTTP/1.1\\nX-B: cC9xKzhmM2syYTkxWnc9PQ| header:x-b base64",
        "POST /x HTTP/1.1\\nContent-Type: application/json\\n\\n{\"a\":\"p\\/q+8f3k2a91Zw==\"}| body $.a",
        "POST /x HTTP/1.1\\nContent-Type: text/xml\\n\\n<a>p/q+8f3k2a91Zw&#x3d;=</a>| body a#text"
      })
  void find_anyCoding_isSeenThrough(String request, String place) {
    assertThat(
            new Tape()
                .exchange("GET / HTTP/1.1", json("{\"v\":\"p/q+8f3k2a91Zw==\"}"))
                .exchange(request.replace("\\n", "\n"), OK)
                .lines())
        .containsExactly("0 body $.v -> 1 " + place);
  }

  @Test
  void find_jwt_wholeAndByClaim() {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String jwt =
        encoder.encodeToString(
                "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + encoder.encodeToString(
                ("{\"sub\":\"" + UUID + "\",\"n\":1}").getBytes(StandardCharsets.UTF_8))
            + ".c2lnbmF0dXJlLWJ5dGVzMTIz";
    assertThat(
            new Tape()
                .exchange("POST /login HTTP/1.1", json("{\"access_token\":\"" + jwt + "\"}"))
                .exchange("GET /users/" + UUID + " HTTP/1.1\nAuthorization: Bearer " + jwt, OK)
                .lines())
        .containsExactlyInAnyOrder(
            "0 body $.access_token -> 1 header:authorization word[1]",
            "0 body $.access_token jwt.claims $.sub -> 1 target path[1]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST /orders| {\"id\":1042}| GET /orders/1042 HTTP/1.1",
        "POST /orders| {\"data\":{\"id\":1042}}| GET /orders/1042 HTTP/1.1",
        "POST /x| {\"order\":{\"id\":\"1042\"}}| GET /orders/1042/items HTTP/1.1",
        "POST /x| {\"orderId\":1042}| GET /api?order_id=1042 HTTP/1.1",
        "GET /orders| [{\"id\":1041},{\"id\":1042}]| DELETE /orders/1042 HTTP/1.1",
        "GET /catalog| [{\"sku\":\"BOOK-007\"}]| PUT /cart?sku=BOOK-007 HTTP/1.1",
        "POST /checkout| {\"id\":1042}| GET /orders/1042 HTTP/1.1"
      })
  void find_shortId_needsNamesThatAgree(String first, String body, String second) {
    assertThat(new Tape().exchange(first + " HTTP/1.1", json(body)).exchange(second, OK).lines())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /cart| {\"quantity\":2}| GET /orders/2 HTTP/1.1",
        "GET /cart| {\"page\":2,\"status\":\"open\"}| GET /list?page=2&status=open HTTP/1.1",
        "GET /users| [{\"id\":7}]| GET /orders/7 HTTP/1.1",
        "GET /cart| {\"currency\":\"EUR\",\"paid\":true}| GET /pay?currency=EUR&paid=true HTTP/1.1",
        "GET /cart| {\"at\":\"2024-05-01T10:00:00Z\"}| GET /x?since=2024-05-01T10:00:00Z HTTP/1.1",
        "GET /cart| {\"day\":\"2024-05-01\"}| GET /x/2024-05-01 HTTP/1.1",
        "GET /cart| {\"version\":\"1.12.3\",\"ip\":\"10.0.0.1\"}| GET /x/1.12.3?ip=10.0.0.1 HTTP/1.1",
        "GET /cart| {\"price\":12.50}| GET /x?price=12.50 HTTP/1.1",
        "GET /cart| {\"mail\":\"a@b.example\"}| GET /x?mail=a@b.example HTTP/1.1",
        "GET /cart| {\"time\":1714557600}| GET /x?t=1714557600 HTTP/1.1",
        "GET /cart| {\"title\":\"A fine lamp\"}| GET /search?q=A+fine+lamp HTTP/1.1"
      })
  void find_constantsAndChoices_areNoFlows(String first, String body, String second) {
    assertThat(new Tape().exchange(first + " HTTP/1.1", json(body)).exchange(second, OK).lines())
        .isEmpty();
  }

  @Test
  void find_valueThatTheClientChose_isNoFlow() {
    String chosen = "ord-8f3k2a91";
    assertThat(
            new Tape()
                .exchange(
                    "PUT /orders/" + chosen + " HTTP/1.1", json("{\"id\":\"" + chosen + "\"}"))
                .exchange("GET /orders/" + chosen + " HTTP/1.1", OK)
                .lines())
        .isEmpty();
  }

  @Test
  void find_valueMadeOfChosenOnes_isNoFlow() {
    String made =
        Base64.getEncoder().encodeToString("alice:s3cr3t77".getBytes(StandardCharsets.UTF_8));
    assertThat(
            new Tape()
                .exchange(
                    post("/login", "application/x-www-form-urlencoded", "u=alice&p=s3cr3t77"),
                    json("{\"basic\":\"" + made + "\",\"key\":\"alice-s3cr3t77\"}"))
                .exchange("GET /a?k=alice-s3cr3t77 HTTP/1.1\nAuthorization: Basic " + made, OK)
                .lines())
        .isEmpty();
  }

  @Test
  void find_answerNotYetWhole_isNoCause() {
    Tape tape =
        new Tape()
            .exchange(1, 10, 30, "GET /a HTTP/1.1", json("{\"id\":\"" + UUID + "\"}"))
            .exchange(2, 20, 40, "GET /b/" + UUID + " HTTP/1.1", OK)
            .exchange(3, 50, 60, "GET /c/" + UUID + " HTTP/1.1", OK);
    assertThat(tape.lines()).isEmpty();
    assertThat(
            new Tape()
                .exchange(1, 10, 30, "GET /a HTTP/1.1", json("{\"id\":\"" + UUID + "\"}"))
                .exchange(2, 30, 40, "GET /b/" + UUID + " HTTP/1.1", OK)
                .lines())
        .hasSize(1);
  }

  @Test
  void find_constantOfEveryAnswer_isNoFlow() {
    String build = "HTTP/1.1 200 OK\nX-Build: 8f3k2a91bc\n\n";
    Tape tape = new Tape();
    for (int i = 0; i < 6; i++) {
      tape.exchange(i, "GET /" + (i == 5 ? "x?build=8f3k2a91bc" : "a") + " HTTP/1.1", build);
    }
    assertThat(tape.lines()).isEmpty();
  }

  @Test
  void find_sameShortIdOfTwoSessions_staysInItsSession() {
    assertThat(
            new Tape()
                .exchange(1, "POST /carts HTTP/1.1", json("{\"id\":1}"))
                .exchange(2, "POST /carts HTTP/1.1", json("{\"id\":1}"))
                .exchange(2, "GET /carts/1 HTTP/1.1", OK)
                .exchange(1, "GET /carts/1 HTTP/1.1", OK)
                .lines())
        .containsExactly("0 body $.id -> 3 target path[1]", "1 body $.id -> 2 target path[1]");
  }

  @Test
  void find_answerThatRepeatsItsRequestsId_isNoMint() {
    assertThat(
            new Tape()
                .exchange(
                    post("/books", "application/json", "{\"title\":\"x\"}"), json("{\"id\":1042}"))
                .exchange(2, "GET /books/1042 HTTP/1.1", json("{\"id\":1042,\"title\":\"x\"}"))
                .exchange(2, "GET /books/1042/pages HTTP/1.1", OK)
                .lines())
        .containsExactly("0 body $.id -> 1 target path[1]", "0 body $.id -> 2 target path[1]");
  }

  @Test
  void find_validators_areSentBack() {
    assertThat(
            new Tape()
                .exchange(
                    "GET /a HTTP/1.1",
                    "HTTP/1.1 200 OK\nETag: \"1\"\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT")
                .exchange(
                    "GET /a HTTP/1.1\nIf-None-Match: \"1\"\n"
                        + "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
                    "HTTP/1.1 304 Not Modified")
                .lines())
        .containsExactly(
            "0 header:etag -> 1 header:if-none-match",
            "0 header:last-modified -> 1 header:if-modified-since");
  }

  @Test
  void find_adminsId_isUsedByAUserElsewhere() {
    assertThat(
            new Tape()
                .exchange(
                    1,
                    "POST /admin/products HTTP/1.1",
                    "HTTP/1.1 201 Created\nLocation: /products/31")
                .exchange(
                    2, post("/carts/mine", "application/json", "{\"productId\":31,\"n\":1}"), OK)
                .lines())
        .containsExactly("0 header:location path[1] -> 1 body $.productId");
  }

  @Test
  void find_twiceTheBytes_takesAboutTwiceTheMemoryOfRequestsOnly() {
    // Answers full of values that nobody sends back leave nothing behind.
    StringBuilder body = new StringBuilder("[");
    for (int i = 0; i < 20_000; i++) {
      body.append(i == 0 ? "" : ",")
          .append(String.format(Locale.ROOT, "{\"id\":\"%08x-aaaa\"}", i * 7919));
    }
    body.append(']');
    Tape tape = new Tape().exchange("GET /a HTTP/1.1", json(body.toString()));
    tape.exchange("GET /a/00001eef-aaaa HTTP/1.1", OK);
    assertThat(tape.lines()).containsExactly("0 body $[1].id -> 1 target path[1]");
  }
}
