// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LiveFlowsTest {
  private static final String OK = "HTTP/1.1 200 OK\n\n";
  private static final String JSON = "HTTP/1.1 200 OK\nContent-Type: application/json\n\n";
  private static final String OLD = "p/q+8f3k2a91Zw==";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /x/p%2Fq+8f3k2a91Zw%3D=/y HTTP/1.1| GET /x/N%2F+%201=/y HTTP/1.1",
        "GET /x?v=p%2fq%2B8f3k2a91Zw%3d%3d&w=%7e HTTP/1.1| GET /x?v=N%2f%2b+1%3d&w=%7e HTTP/1.1",
        "GET /x HTTP/1.1~Authorization: Bearer p/q+8f3k2a91Zw==| "
            + "GET /x HTTP/1.1~Authorization: Bearer N/+ 1=",
        "POST /x HTTP/1.1~Content-Type: application/json~Content-Length: 26~~"
            + "{\"a\":\"p\\/q+8f3k2a91Zw==\"} | "
            + "POST /x HTTP/1.1~Content-Type: application/json~Content-Length: 15~~"
            + "{\"a\":\"N\\/+ 1=\"}",
        "POST /x HTTP/1.1~Content-Type: text/xml~CONTENT-LENGTH:   23~~"
            + "<a>p/q+8f3k2a91Zw==</a>| "
            + "POST /x HTTP/1.1~Content-Type: text/xml~CONTENT-LENGTH:   13~~<a>N/+ 1=</a>"
      })
  void write_anyCoding_spliceTheValueAlone(String recorded, String sent) {
    Tape tape =
        new Tape()
            .exchange("GET / HTTP/1.1", JSON + "{\"v\":\"" + OLD + "\"}")
            .exchange(recorded.replace('~', '\n'), OK);
    assertThat(tape.sent(1, JSON + "{\"v\":\"N/+ 1=\"}").stripTrailing())
        .isEqualTo(sent.replace('~', '\n'));
  }

  @Test
  void write_base64OfAPair_encodesItAgain() {
    Base64.Encoder encoder = Base64.getEncoder();
    String basic = encoder.encodeToString(("me:" + OLD).getBytes(StandardCharsets.UTF_8));
    Tape tape =
        new Tape()
            .exchange("GET / HTTP/1.1", JSON + "{\"v\":\"" + OLD + "\"}")
            .exchange("GET /a HTTP/1.1\nAuthorization: Basic " + basic, OK);
    assertThat(tape.sent(1, JSON + "{\"v\":\"new\"}"))
        .contains(
            "Basic " + encoder.encodeToString("me:new".getBytes(StandardCharsets.UTF_8)) + "\n");
  }

  @Test
  void write_severalValuesOfOneRequest_eachAtItsPlace() {
    Tape tape =
        new Tape()
            .exchange(
                "POST /login HTTP/1.1",
                "HTTP/1.1 200 OK\nSet-Cookie: sid=aaaa1111bb\nSet-Cookie: csrf=cccc2222dd\n\n")
            .exchange("POST /orders HTTP/1.1", "HTTP/1.1 201 Created\nLocation: /orders/1042")
            .exchange(
                """
                GET /orders/1042?t=cccc2222dd HTTP/1.1
                Cookie: csrf=cccc2222dd; lang=en; sid=aaaa1111bb
                X-All: cccc2222dd,aaaa1111bb.cccc2222dd""",
                OK);
    assertThat(
            tape.sent(
                2,
                "HTTP/1.1 200 OK\nSet-Cookie: sid=S.1\nSet-Cookie: csrf=C\n\n",
                "HTTP/1.1 201 Created\nLocation: http://other.example/orders/7"))
        .isEqualTo(
            "GET /orders/7?t=C HTTP/1.1\nCookie: csrf=C; lang=en; sid=S.1\nX-All: C,S.1.C\n\n");
  }

  @Test
  void write_sameValue_keepsEveryByte() {
    Tape tape =
        new Tape()
            .exchange("GET / HTTP/1.1", JSON + "{\"v\":\"" + OLD + "\"}")
            .exchange("GET /a?x=%70/q%2B8f3k2a91Zw== HTTP/1.1", OK);
    assertThat(tape.sent(1, JSON + "{\"v\":\"" + OLD + "\"}"))
        .isEqualTo("GET /a?x=%70/q%2B8f3k2a91Zw== HTTP/1.1\n\n");
  }

  @Test
  void missing_answerWithoutTheValue_namesThePlace() {
    Tape tape =
        new Tape()
            .exchange("POST /orders HTTP/1.1", JSON + "{\"id\":1042}")
            .exchange("GET /orders/1042 HTTP/1.1", OK);
    assertThat(tape.sent(1)).isEqualTo("missing: body $.id");
    assertThat(tape.sent(1, "HTTP/1.1 500 Oops\n\n")).isEqualTo("missing: body $.id");
    assertThat(tape.sent(1, JSON + "{\"id\":null}")).startsWith("missing");
  }

  @Test
  void missing_valueWithALineBreak_isNotCarried() {
    Tape tape =
        new Tape()
            .exchange("POST /orders HTTP/1.1", JSON + "{\"token\":\"8f3k2a91bc\"}")
            .exchange("GET /orders HTTP/1.1\nX-Token: 8f3k2a91bc", OK);
    assertThat(tape.sent(1, JSON + "{\"token\":\"a\\r\\nX-Evil: 1\"}")).startsWith("missing");
  }

  @Test
  void write_numberThatIsATextNow_isQuoted() {
    Tape tape =
        new Tape()
            .exchange("POST /orders HTTP/1.1", JSON + "{\"id\":1042}")
            .exchange(
                "POST /pay HTTP/1.1\nContent-Type: application/json\nContent-Length: 17\n\n"
                    + "{\"order_id\":1042}",
                OK);
    assertThat(tape.sent(1, JSON + "{\"id\":7}")).endsWith("Length: 14\n\n{\"order_id\":7}");
    assertThat(tape.sent(1, JSON + "{\"id\":\"A-7\"}")).endsWith("{\"order_id\":\"A-7\"}");
  }

  @Test
  void names_valuesThatNobodySendsBack_areRenamedToo() {
    LiveFlows live = twoOrders().live();
    live.answered(0, answer("7"));
    live.answered(1, answer("8"));
    assertThat(live.names()).isEqualTo(Map.of("1041", Set.of("7"), "1042", Set.of("8")));
  }

  @Test
  void names_oneIdForTwo_isADifference() {
    LiveFlows live = twoOrders().live();
    live.answered(0, answer("7"));
    live.answered(1, answer("7"));
    assertThat(live.names()).isEqualTo(Map.of("1041", Set.of("7")));
  }

  /** Of two orders one is asked for again. */
  private static Tape twoOrders() {
    return new Tape()
        .exchange("POST /orders HTTP/1.1", JSON + "{\"id\":1041}")
        .exchange("POST /orders HTTP/1.1", JSON + "{\"id\":1042}")
        .exchange("GET /orders/1041 HTTP/1.1", OK);
  }

  private static HttpResponse answer(String id) {
    return Tape.answer(JSON + "{\"id\":" + id + "}");
  }

  @Test
  void answered_firstPlaceIsGone_nextOneServes() {
    Tape tape =
        new Tape()
            .exchange(
                "POST /orders HTTP/1.1",
                "HTTP/1.1 201 Created\nLocation: /orders/1042\nContent-Type: application/json\n\n"
                    + "{\"id\":1042}")
            .exchange("GET /orders/1042 HTTP/1.1", OK);
    assertThat(tape.sent(1, JSON + "{\"id\":9}")).startsWith("GET /orders/9 ");
  }

  @Test
  void answered_listInAnotherOrder_keepsTheRecordedId() {
    Tape tape =
        new Tape()
            .exchange("GET /orders HTTP/1.1", JSON + "[{\"id\":11},{\"id\":12}]")
            .exchange("GET /orders/12 HTTP/1.1", OK);
    assertThat(tape.sent(1, JSON + "[{\"id\":12},{\"id\":13},{\"id\":11}]"))
        .startsWith("GET /orders/12 ");
    // Counters that go on overlap, but not all of what was recorded is there.
    assertThat(tape.sent(1, JSON + "[{\"id\":12},{\"id\":13}]")).startsWith("GET /orders/13 ");
  }

  @Test
  void answered_serverRenewsTheCookie_clientFollows() {
    Tape tape =
        new Tape()
            .exchange("GET / HTTP/1.1", "HTTP/1.1 200 OK\nSet-Cookie: sid=aaaa1111bb")
            .exchange("GET /a HTTP/1.1\nCookie: sid=aaaa1111bb", OK)
            .exchange("GET /b HTTP/1.1\nCookie: sid=aaaa1111bb", OK);
    assertThat(
            tape.sent(
                2,
                "HTTP/1.1 200 OK\nSet-Cookie: sid=first",
                "HTTP/1.1 200 OK\nSet-Cookie: sid=second"))
        .contains("sid=second");
    assertThat(
            tape.sent(
                2,
                "HTTP/1.1 200 OK\nSet-Cookie: sid=first",
                "HTTP/1.1 200 OK\nSet-Cookie: sid=x; Max-Age=0"))
        .contains("sid=first");
  }
}
