// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
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
    String basic = encoder.encodeToString(("me:" + OLD).getBytes());
    Tape tape =
        new Tape()
            .exchange("GET / HTTP/1.1", JSON + "{\"v\":\"" + OLD + "\"}")
            .exchange("GET /a HTTP/1.1\nAuthorization: Basic " + basic, OK);
    assertThat(tape.sent(1, JSON + "{\"v\":\"new\"}"))
        .contains("Basic " + encoder.encodeToString("me:new".getBytes()) + "\n");
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
                "GET /orders/1042?t=cccc2222dd HTTP/1.1\n"
                    + "Cookie: csrf=cccc2222dd; lang=en; sid=aaaa1111bb\n"
                    + "X-All: cccc2222dd,aaaa1111bb.cccc2222dd",
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
