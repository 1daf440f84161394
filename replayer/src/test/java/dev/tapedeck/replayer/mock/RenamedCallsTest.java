// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import static dev.tapedeck.replayer.mock.Calls.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.diff.Synonyms;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and answers that call values what they are called now. */
final class RenamedCallsTest {
  private static final String OK = "HTTP/1.1 200 OK\n\n";
  private static final String JSON = "HTTP/1.1 200 OK\nContent-Type: application/json\n\n";
  private static final String ONE = "0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a";
  private static final String TWO = "7c1de0a4-33f1-4c2b-8f5e-a1b2c3d4e5f6";
  private static final String NEW = "deadbeef-0000-4abc-9def-0123456789ab";
  private static final String NEWER = "cafebabe-1111-4abc-9def-ba9876543210";

  private static String charge(String order) {
    return "POST /charges HTTP/1.1\nContent-Type: application/json\n\n{\"order\":\"%s\",\"cents\":5}"
        .formatted(order);
  }

  private static String charged(String order) {
    return ("HTTP/1.1 201 Created\nContent-Type: application/json\nLocation: /charges/%s?x=1\n\n"
            + "{\"order\":\"%s\",\"receipt\":\"/r/%s?for=%s\",\"cents\":5}")
        .formatted(order, order, order, order);
  }

  private static HttpResponse answer(CallBook book, String request) {
    var asked = TestMessages.request(Calls.message(request));
    Verdict verdict = book.answer(new Upstream("pay.example", 80), "", asked);
    assertThat(verdict).isInstanceOf(Verdict.Hit.class);
    return ((Verdict.Hit) verdict).response();
  }

  @Test
  void id_thatTheServiceMakesUp_isFoundAndItsAnswerHasTheNewOne() throws Exception {
    CallBook book = new Calls().call(charge(ONE), charged(ONE)).book();
    HttpResponse answer = answer(book, charge(NEW));
    assertThat(answer.head().toLatin1() + answer.body().framed().toBytes().toLatin1())
        .isEqualTo(Calls.message(charged(NEW)));
    assertThat(answer.headers().all("location").get(0).value())
        .isEqualTo("/charges/" + NEW + "?x=1");
  }

  @Test
  void idsOfTwo_areOneToOne() throws Exception {
    CallBook book =
        new Calls().call(charge(ONE), charged(ONE)).call(charge(TWO), charged(TWO)).book();
    assertThat(ask(book, charge(NEW))).contains(NEW);
    assertThat(ask(book, charge(NEWER))).contains(NEWER).doesNotContain(TWO);
    // A third was never made up.
    assertThat(ask(book, charge(NEW.replace("dead", "beef")))).startsWith("no_such_request");
  }

  @Test
  void id_isRememberedInLaterRequestsAndAnswers() throws Exception {
    CallBook book =
        new Calls()
            .call(charge(ONE), charged(ONE))
            .call("GET /charges/" + ONE + " HTTP/1.1", charged(ONE))
            .call("GET /last HTTP/1.1", JSON + "{\"last\":\"" + ONE + "\"}")
            .book();
    ask(book, charge(NEW));
    assertThat(book.namesOf(ONE)).containsExactly(NEW);
    assertThat(ask(book, "GET /charges/" + NEW + " HTTP/1.1")).contains(NEW).doesNotContain(ONE);
    assertThat(ask(book, "GET /last HTTP/1.1")).isEqualTo("{\"last\":\"" + NEW + "\"}");
    assertThat(ask(book, "GET /charges/" + NEWER + " HTTP/1.1")).startsWith("no_such_request");
  }

  /** Such values the service did not make up: recorded, now, and what came before. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          another recorded value         | 0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a | 7c1de0a4-33f1-4c2b-8f5e-a1b2c3d4e5f6
          a UUID of another version      | 0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a | deadbeef-0000-1abc-9def-0123456789ab
          no UUID at all                 | 0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a | deadbeef00004abc9def0123456789ab0000
          another prefix                 | ord_8f3k2a91bc                       | usr_1a9zk3f0qq
          text in base64                 | eyJwYWdlIjoxLCJvIjoyfQ==             | eyJwYWdlIjoyLCJvIjoyfQ==
          numbers                        | 1234567890123                        | 1234567890124
          words                          | abcdefghijklmnopqrstuvwxyz           | bbcdefghijklmnopqrstuvwxyz
          """)
  void value_thatNobodyMadeUp_isAMiss(String why, String recorded, String now) throws Exception {
    CallBook book =
        new Calls()
            .call(charge(recorded), charged(recorded))
            .call("GET /x?y=" + TWO + " HTTP/1.1", OK + "x")
            .book();
    assertThat(ask(book, charge(now))).as(why).startsWith("no_such_request $.order");
    assertThat(ask(book, charge(recorded))).as(why).contains(recorded);
  }

  @Test
  void value_thatCameFromOutside_isNotMadeUp() throws Exception {
    String script = "GET /in/%s HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n".formatted(ONE);
    CallBook book =
        new Calls()
            .line("s: @ plain server 10.0.0.1:8080 <- 10.9.9.9:40000")
            .line("s >> " + script)
            .call(charge(ONE), charged(ONE))
            .line("s << HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
            .book();
    assertThat(ask(book, charge(NEW))).startsWith("no_such_request $.order");
  }

  @Test
  void value_thatADownstreamServiceMinted_isNotMadeUp() throws Exception {
    CallBook book =
        new Calls()
            .call("POST /tokens HTTP/1.1", JSON + "{\"token\":\"" + ONE + "\"}")
            .call(charge(ONE), charged(ONE))
            .book();
    assertThat(ask(book, "POST /tokens HTTP/1.1")).contains(ONE);
    assertThat(ask(book, charge(NEW))).startsWith("no_such_request $.order");
    assertThat(ask(book, charge(ONE))).contains(ONE);
  }

  @Test
  void chunkedAnswer_isRenamedInItsChunks() throws Exception {
    CallBook book =
        new Calls()
            .call(
                charge(ONE),
                "HTTP/1.1 201 Created\nContent-Type: application/json\nTransfer-Encoding: chunked"
                    + "\nX-Last: 1\n\n"
                    + "10;a=b\r\n{\"order\":\"0b8f0a\r\n20\r\n"
                    + ONE.substring(6)
                    + "\"}\r\n0\r\nX-Order: "
                    + ONE
                    + "\r\n\r\n")
            .book();
    HttpResponse answer = answer(book, charge(NEW));
    assertThat(answer.body().wire().toBytes().toLatin1()).startsWith("{\"order\":\"" + NEW + "\"}");
    assertThat(answer.body().framed().toBytes().toLatin1()).contains(";a=b\r\n{\"order\":\"dead");
  }

  @Test
  void shortId_thatAReplayRenamed_hasItsNewNameInTheAnswerAndAmountsStay() throws Exception {
    Calls calls =
        new Calls()
            .call(
                "GET /items/7 HTTP/1.1",
                "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Location: /items/7\n\n"
                    + "{\"id\":7,\"price\":7,\"links\":{\"self\":\"/items/7\"},\"stock\":7}");
    Synonyms seven = value -> value.equals("7") ? Set.of("12") : Set.of();
    LiveCalls live =
        new LiveCalls() {
          @Override
          public Set<String> inFlight() {
            return Set.of();
          }

          @Override
          public Synonyms synonyms() {
            return seven;
          }
        };
    HttpResponse answer = answer(calls.book(UsedUp.AUTO, live), "GET /items/12 HTTP/1.1");
    assertThat(answer.body().content().toBytes().toLatin1())
        .isEqualTo("{\"id\":12,\"price\":7,\"links\":{\"self\":\"/items/12\"},\"stock\":7}");
    assertThat(answer.headers().all("content-location").get(0).value()).isEqualTo("/items/12");
  }

  @Test
  void callsOfOneInboundRequest_stayTogetherWhenNothingElseTells() throws Exception {
    Calls calls = new Calls();
    for (String user : new String[] {"anna", "bert"}) {
      String server = user.substring(0, 1);
      int port = user.equals("anna") ? 40101 : 40102;
      calls
          .line(server + ": @ plain server 10.0.0.1:8080 <- 10.9.9.9:" + port)
          .line(server + " >> GET /of/" + user + " HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n")
          .call("GET /user/" + user + " HTTP/1.1", OK + "known")
          .call("GET /next HTTP/1.1", OK + "for " + user)
          .line(server + " << HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n");
    }
    CallBook book = calls.book();
    ask(book, "GET /user/bert HTTP/1.1");
    assertThat(ask(book, "GET /next HTTP/1.1")).isEqualTo("for bert");
    ask(book, "GET /user/anna HTTP/1.1");
    assertThat(ask(book, "GET /next HTTP/1.1")).isEqualTo("for anna");
  }
}
