// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import static dev.tapedeck.replayer.mock.Calls.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.diff.Synonyms;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallBookTest {
  private static final String OK = "HTTP/1.1 200 OK\n\n";

  /** Pairs of requests that ask for the same; a line break is written as ~. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /a?b=1&c=2 HTTP/1.1 | GET /a?c=2&b=1 HTTP/1.1
          GET /%7euser/%c3%a9 HTTP/1.1 | GET /~user/%C3%A9 HTTP/1.1
          GET /a?q=x+y HTTP/1.1 | GET /a?q=x%20y HTTP/1.1
          GET http://pay.example/a HTTP/1.1 | GET /a HTTP/1.1
          GET http://pay.example HTTP/1.1 | GET / HTTP/1.1
          GET /a HTTP/1.1~User-Agent: one | GET /a HTTP/1.1~User-Agent: two
          POST /a HTTP/1.1~Content-Type: application/json~~{"a":1,"b":[1.50]} | POST /a HTTP/1.1~Content-Type: application/json; charset=utf-8~~{ "b": [1.5], "a": 1 }
          POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~~a=1&b=x+y | POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~~b=x%20y&a=1
          POST /a HTTP/1.1~Content-Type: multipart/form-data; boundary=AaB~~--AaB~x~--AaB-- | POST /a HTTP/1.1~Content-Type: multipart/form-data; boundary="zZz"~~--zZz~x~--zZz--
          """)
  void requests_thatAskForTheSame_getTheAnswer(String recorded, String now) throws Exception {
    CallBook book = new Calls().call(recorded.replace('~', '\n'), OK + "yes").book();
    // The tilde of the second pair is one: only its line breaks are written so.
    String asked = now.contains("~user") ? now : now.replace('~', '\n');
    assertThat(ask(book, asked)).isEqualTo("yes");
  }

  /** What differs in what counts is a miss that names it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /a HTTP/1.1 | POST /a HTTP/1.1 | method
          GET /a/1 HTTP/1.1 | GET /a/2 HTTP/1.1 | path
          GET /a/ HTTP/1.1 | GET /a HTTP/1.1 | path
          GET /a%2Fb HTTP/1.1 | GET /a/b HTTP/1.1 | path
          GET /A HTTP/1.1 | GET /a HTTP/1.1 | path
          GET /a?b=1 HTTP/1.1 | GET /a?b=2 HTTP/1.1 | query:b
          GET /a?b=1&b=2 HTTP/1.1 | GET /a?b=2&b=1 HTTP/1.1 | query:b
          GET /a?b=1 HTTP/1.1 | GET /a HTTP/1.1 | query:b
          GET /a HTTP/1.1 | GET /a?b HTTP/1.1 | query:b
          GET /a HTTP/1.1~Range: bytes=0-9 | GET /a HTTP/1.1 | header:range
          POST /a HTTP/1.1~SOAPAction: one | POST /a HTTP/1.1~SOAPAction: two | header:soapaction
          POST /a HTTP/1.1~Content-Type: application/json~~{"a":{"b":1}} | POST /a HTTP/1.1~Content-Type: application/json~~{"a":{"b":2}} | $.a.b
          POST /a HTTP/1.1~Content-Type: application/json~~{"a":1} | POST /a HTTP/1.1~Content-Type: application/json~~{"a":"1"} | $.a
          POST /a HTTP/1.1~Content-Type: application/json~~{"a":1} | POST /a HTTP/1.1~Content-Type: application/json~~{"a":1.0} | $.a
          POST /a HTTP/1.1~Content-Type: application/json~~[1,2] | POST /a HTTP/1.1~Content-Type: application/json~~[2,1] | $
          POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~~a=1&b=2 | POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~~a=1&b=3 | form:b
          POST /a HTTP/1.1~Content-Type: text/plain~~x | POST /a HTTP/1.1~Content-Type: text/plain~~y | body:line 1
          POST /a HTTP/1.1~~x | POST /a HTTP/1.1~~y | body@0
          POST /a HTTP/1.1~Content-Type: text/plain~~x | POST /a HTTP/1.1~Content-Type: text/html~~x | header:content-type
          """)
  void requests_thatAskForAnotherThing_missAndTheFieldIsNamed(
      String recorded, String now, String field) throws Exception {
    CallBook book = new Calls().call(recorded.replace('~', '\n'), OK + "yes").book();
    assertThat(ask(book, now.replace('~', '\n'))).isEqualTo("no_such_request " + field);
  }

  @Test
  void duplicateMembers_areNotTakenForTheLastOne() throws Exception {
    String head = "POST /a HTTP/1.1\nContent-Type: application/json\n\n";
    CallBook book = new Calls().call(head + "{\"a\":1,\"a\":2}", OK + "yes").book();
    assertThat(ask(book, head + "{\"a\":2}")).startsWith("no_such_request");
    assertThat(ask(book, head + "{\"a\":1,\"a\":2}")).isEqualTo("yes");
  }

  @Test
  void service_nobodyCalled_isAMiss() throws Exception {
    CallBook book = new Calls().call("GET /a HTTP/1.1", OK + "yes").book();
    String get = "GET /a HTTP/1.1\nHost: x";
    assertThat(ask(book, new Upstream("other.example", 80), get)).isEqualTo("unknown_upstream");
    assertThat(ask(book, new Upstream("pay.example", 8080), get)).isEqualTo("unknown_upstream");
    assertThat(ask(book, new Upstream("PAY.example.", 80), get)).isEqualTo("yes");
    assertThat(ask(book, new Upstream("10.0.0.2", 80), get)).isEqualTo("yes");
  }

  @Test
  void repeatedRequests_getSuccessiveAnswers() throws Exception {
    Calls calls = new Calls();
    for (String answer : new String[] {"first", "second", "third"}) {
      calls.call("GET /job HTTP/1.1", OK + answer);
    }
    CallBook book = calls.book();
    assertThat(ask(book, "GET /job HTTP/1.1")).isEqualTo("first");
    assertThat(ask(book, "GET /job HTTP/1.1")).isEqualTo("second");
    assertThat(book.unasked()).isEqualTo(1);
    assertThat(ask(book, "GET /job HTTP/1.1")).isEqualTo("third");
    // Nobody knows what a fourth would have been.
    assertThat(ask(book, "GET /job HTTP/1.1")).isEqualTo("used_up");
  }

  @ParameterizedTest
  @CsvSource({"LAST,second,second", "AGAIN,first,second", "MISS,used_up,used_up"})
  void usedUp_isAsAsked(UsedUp usedUp, String third, String fourth) throws Exception {
    Calls calls = new Calls();
    calls.call("POST /job HTTP/1.1", OK + "first").call("POST /job HTTP/1.1", OK + "second");
    CallBook book = calls.book(usedUp, LiveCalls.NONE);
    ask(book, "POST /job HTTP/1.1");
    ask(book, "POST /job HTTP/1.1");
    assertThat(ask(book, "POST /job HTTP/1.1")).isEqualTo(third);
    assertThat(ask(book, "POST /job HTTP/1.1")).isEqualTo(fourth);
  }

  @Test
  void usedUp_answersThatNeverChanged_areGivenAgainToSafeMethodsOnly() throws Exception {
    CallBook book =
        new Calls()
            .call("GET /config HTTP/1.1", OK + "same")
            .call("GET /config HTTP/1.1", OK + "same")
            .call("POST /charge HTTP/1.1", OK + "paid")
            .book();
    for (int i = 0; i < 5; i++) {
      assertThat(ask(book, "GET /config HTTP/1.1")).isEqualTo("same");
    }
    assertThat(ask(book, "POST /charge HTTP/1.1")).isEqualTo("paid");
    assertThat(ask(book, "POST /charge HTTP/1.1")).isEqualTo("used_up");
  }

  @Test
  void fieldsOfTheHead_chooseAmongCallsThatAreAlike() throws Exception {
    CallBook book =
        new Calls()
            .call("GET /me HTTP/1.1\nAuthorization: Bearer a", OK + "anna")
            .call("GET /me HTTP/1.1\nAuthorization: Bearer b", OK + "bert")
            .book();
    assertThat(ask(book, "GET /me HTTP/1.1\nAuthorization: Bearer b")).isEqualTo("bert");
    assertThat(ask(book, "GET /me HTTP/1.1\nAuthorization: Bearer a")).isEqualTo("anna");
  }

  @Test
  void answers_thatTheCaptureLacks_areMissesAndNotOtherAnswers() throws Exception {
    CallBook book =
        new Calls()
            .call("GET /a HTTP/1.1", "")
            .line("c2: @ plain client 10.0.0.1:50000 -> 10.0.0.2:80")
            .line("c2 >> GET /b HTTP/1.1\\r\\nHost: pay.example\\r\\n\\r\\n")
            .line("c2 << HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nab")
            .line("c2 << gap 7")
            .line("c3: @ plain client 10.0.0.1:50001 -> 10.0.0.2:80")
            .line(
                "c3 >> POST /c HTTP/1.1\\r\\nHost: pay.example\\r\\nContent-Length: 4\\r\\n\\r\\n")
            .line("c3 >> gap 4")
            .line("c3 << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
            .book();
    assertThat(ask(book, "GET /a HTTP/1.1")).startsWith("no_answer");
    assertThat(ask(book, "GET /b HTTP/1.1")).startsWith("no_answer");
    assertThat(ask(book, "POST /c HTTP/1.1\n\nabcd")).startsWith("no_such_request");
    assertThat(book.leftOut())
        .containsEntry("no_answer", 1)
        .containsEntry("incomplete_answer", 1)
        .containsEntry("incomplete_request", 1);
  }

  @Test
  void notModified_isNoAnswerToARequestWithoutCondition() throws Exception {
    CallBook book =
        new Calls()
            .call("GET /a HTTP/1.1\nIf-None-Match: \"1\"", "HTTP/1.1 304 Not Modified")
            .book();
    assertThat(ask(book, "GET /a HTTP/1.1")).startsWith("no_such_request");
  }

  @Test
  void servers_ownExchanges_areNotServed() throws Exception {
    CallBook book =
        new Calls()
            .line("s: @ plain server 10.0.0.1:8080 <- 10.9.9.9:40000")
            .line("s >> GET /in HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n")
            .line("s << HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
            .call("GET /a HTTP/1.1", OK + "yes")
            .book();
    assertThat(book.upstreams().keySet()).containsExactly(new Upstream("pay.example", 80));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          query: ts | GET /a?ts=1&b=2 HTTP/1.1 | GET /a?b=2&ts=9 HTTP/1.1
          query: utm_* | GET /a HTTP/1.1 | GET /a?utm_source=x HTTP/1.1
          {query: ts, endpoint: GET /a} | GET /a?ts=1 HTTP/1.1 | GET /a?ts=2 HTTP/1.1
          {query: ts, upstream: pay.*} | GET /a?ts=1 HTTP/1.1 | GET /a?ts=2 HTTP/1.1
          json: $.sent_at | POST /a HTTP/1.1~Content-Type: application/json~~{"a":1,"sent_at":1} | POST /a HTTP/1.1~Content-Type: application/json~~{"sent_at":2,"a":1}
          form: nonce | POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~~a=1&nonce=2 | POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~~a=1&nonce=3
          text: 'id="[^"]*"' | POST /a HTTP/1.1~Content-Type: text/xml~~<a id="1"/> | POST /a HTTP/1.1~Content-Type: text/xml~~<a id="2"/>
          path: '(?<=/up/)[^/]+' | PUT /up/f1/x HTTP/1.1 | PUT /up/f2/x HTTP/1.1
          body: any | POST /a HTTP/1.1~Content-Type: text/plain~~x | POST /a HTTP/1.1~Content-Type: text/html~~yy
          """)
  void rules_excuseWhatMayDiffer(String rule, String recorded, String now) throws Exception {
    Calls calls = new Calls().call(recorded.replace('~', '\n'), OK + "yes");
    assertThat(ask(calls.book(), now.replace('~', '\n'))).startsWith("no_such_request");
    assertThat(ask(calls.book(rule), now.replace('~', '\n'))).isEqualTo("yes");
    assertThat(ask(calls.book("{query: ts, endpoint: /other}"), now.replace('~', '\n')))
        .startsWith("no_such_request");
  }

  @Test
  void rule_ofAHeader_makesItCount() throws Exception {
    Calls calls = new Calls().call("GET /a HTTP/1.1\nX-Tenant: one", OK + "yes");
    assertThat(ask(calls.book(), "GET /a HTTP/1.1\nX-Tenant: two")).isEqualTo("yes");
    assertThat(ask(calls.book("header: X-Tenant"), "GET /a HTTP/1.1\nX-Tenant: two"))
        .isEqualTo("no_such_request header:x-tenant");
  }

  @Test
  void miss_namesTheNearestCallAndMasksSecrets() throws Exception {
    CallBook book =
        new Calls()
            .call("GET /far/away HTTP/1.1", OK + "no")
            .call("GET /a?token=s3cr3t&n=1 HTTP/1.1", OK + "no")
            .book();
    Verdict verdict =
        book.answer(
            new Upstream("pay.example", 80),
            "http://pay.example/a?token=0ther&n=2",
            TestMessages.request("GET /a?token=0ther&n=2 HTTP/1.1\r\nHost: x\r\n\r\n"));
    Miss miss = ((Verdict.None) verdict).miss();
    assertThat(miss.nearestId()).isEqualTo("2.1");
    assertThat(miss.line())
        .startsWith("mock miss: GET http://pay.example/a?token=")
        .contains("query:n recorded 1 now 2")
        .doesNotContain("s3cr3t")
        .doesNotContain("0ther");
  }

  /** Two requests are served at once, and each asks for the same with another answer. */
  private static Calls twoAtOnce() {
    return new Calls()
        .line("s1: @ plain server 10.0.0.1:8080 <- 10.9.9.9:40001")
        .line("s2: @ plain server 10.0.0.1:8080 <- 10.9.9.9:40002")
        .line("s1 >> GET /1 HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n")
        .call("GET /next HTTP/1.1", OK + "one")
        .line("s1 << HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
        .line("s2 >> GET /2 HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n")
        .call("GET /next HTTP/1.1", OK + "two")
        .line("s2 << HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n");
  }

  @Test
  void calls_areTiedToWhatWasServedWhenTheyWereMade() throws Exception {
    assertThat(ask(twoAtOnce().book(UsedUp.AUTO, serving("2.1")), "GET /next HTTP/1.1"))
        .isEqualTo("two");
    assertThat(ask(twoAtOnce().book(UsedUp.AUTO, serving("1.1")), "GET /next HTTP/1.1"))
        .isEqualTo("one");
    assertThat(ask(twoAtOnce().book(), "GET /next HTTP/1.1")).isEqualTo("one");
  }

  @Test
  void call_thatWasMadeForAnotherRequest_isToldToBeThat() throws Exception {
    CallBook book = twoAtOnce().book(UsedUp.AUTO, serving("2.1"));
    Upstream pay = new Upstream("pay.example", 80);
    var get = TestMessages.request("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(((Verdict.Hit) book.answer(pay, "", get)).elsewhere()).isFalse();
    assertThat(((Verdict.Hit) book.answer(pay, "", get)).elsewhere()).isTrue();
  }

  private static LiveCalls serving(String... ids) {
    return live(Synonyms.NONE, ids);
  }

  private static LiveCalls live(Synonyms synonyms, String... ids) {
    return new LiveCalls() {
      @Override
      public Set<String> inFlight() {
        return Set.of(ids);
      }

      @Override
      public Synonyms synonyms() {
        return synonyms;
      }
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /orders/1001 HTTP/1.1 | GET /orders/77 HTTP/1.1
          GET /find?id=1001&x=1 HTTP/1.1 | GET /find?x=1&id=77 HTTP/1.1
          POST /a HTTP/1.1~Content-Type: application/json~~{"order":1001,"note":"of 1001"} | POST /a HTTP/1.1~Content-Type: application/json~~{"note":"of 77","order":77}
          POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~~order=1001 | POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~~order=77
          """)
  void values_thatAReplayRenamed_areFoundByTheirNamesNow(String recorded, String now)
      throws Exception {
    Calls calls =
        new Calls().call(recorded.replace('~', '\n'), OK + "yes").call("GET /x HTTP/1.1", OK);
    Synonyms renamed = value -> value.equals("1001") ? Set.of("77") : Set.of();
    CallBook book = calls.book(UsedUp.AUTO, live(renamed));
    assertThat(ask(book, now.replace("77", "78").replace('~', '\n'))).startsWith("no_such");
    assertThat(ask(book, now.replace('~', '\n'))).isEqualTo("yes");
  }
}
