// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AnswerComparatorTest {
  private static final Moments NOW = new Moments(0, 0);
  private static final String JSON_HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
  private static final String TEXT_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";

  @Test
  void compare_otherStatus_reportsTheStatusAlone() {
    Comparison comparison =
        compare(
            "HTTP/1.1 201 Created\r\nLocation: /1\r\n\r\n{\"id\":1}",
            "HTTP/1.1 500 Oops\r\nX: y\r\n\r\n<html>");
    assertThat(comparison.differences())
        .containsExactly(
            new Difference("status", DifferenceKind.STATUS, Change.VALUE, "201", "500"));
    assertThat(comparison.notes()).contains("body_not_compared: status differs");
  }

  @Test
  void compare_headers_reportsPresenceAndValueApart() {
    Comparison comparison =
        compare(
            "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nVary: Accept\r\n\r\n",
            "HTTP/1.1 200 OK\r\nvary: Accept, Cookie\r\nX-New: 1\r\n\r\n");
    assertThat(comparison.differences())
        .extracting(Difference::path, Difference::change, Difference::baseline, Difference::actual)
        .containsExactly(
            tuple("header:cache-control", Change.MISSING, "no-store", null),
            tuple("header:vary", Change.VALUE, "Accept", "Accept, Cookie"),
            tuple("header:x-new", Change.ADDED, null, "1"));
  }

  @Test
  void compare_hopByHopFramingAndTime_areNoDifferences() {
    Comparison comparison =
        compare(
            "HTTP/1.1 200 OK\r\nDate: a\r\nServer: nginx\r\nContent-Length: 2\r\n"
                + "Connection: keep-alive\r\nA: 1\r\nA: 2\r\n\r\nok",
            "HTTP/1.1 200 Fine\r\nA: 1, 2\r\nDATE: b\r\nTransfer-Encoding: chunked\r\n"
                + "Via: 1.1 x\r\n\r\nok");
    assertThat(comparison.differences()).isEmpty();
  }

  @Test
  void compare_cookies_cookieByCookieWithMaskedValues() {
    Comparison comparison =
        compare(
            "HTTP/1.1 200 OK\r\nSet-Cookie: sid=secret1; Path=/; HttpOnly\r\nSet-Cookie: a=1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: sid=secret2; Path=/\r\n\r\n");
    assertThat(comparison.differences())
        .extracting(Difference::path, Difference::change, Difference::baseline, Difference::actual)
        .containsExactly(
            tuple(
                "header:set-cookie[sid]",
                Change.VALUE,
                "<masked, 7 characters>",
                "<masked, 7 characters> (another value)"),
            tuple("header:set-cookie[sid]@httponly", Change.MISSING, "", null));
  }

  @Test
  void compare_secretsIncluded_showsThem() {
    AnswerComparator comparator =
        new AnswerComparator(new ComparatorOptions(ReplayRules.NONE, true, 10));
    Comparison comparison =
        comparator.compare(
            "GET",
            "/",
            Renaming.NONE,
            NOW,
            TestMessages.response("HTTP/1.1 200 OK\r\nSet-Cookie: sid=one\r\n\r\n"),
            TestMessages.response("HTTP/1.1 200 OK\r\nSet-Cookie: sid=two\r\n\r\n"));
    assertThat(comparison.differences().get(0).baseline()).isEqualTo("one");
    assertThat(comparison.differences().get(0).actual()).isEqualTo("two");
  }

  @Test
  void compare_changedBody_doesNotReportTheTagOfTheBodyToo() {
    Comparison comparison =
        compare(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"a\"\r\n\r\n{\"p\":1}",
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"b\"\r\n\r\n{\"p\":2}");
    assertThat(comparison.differences()).extracting(Difference::path).containsExactly("$.p");
    assertThat(comparison.notes()).containsExactly("derived_headers_not_compared: body differs");
  }

  @Test
  void compare_otherMediaType_reportsTheFieldAlone() {
    Comparison comparison = compare(JSON_HEAD + "{}", TEXT_HEAD + "nothing");
    assertThat(comparison.differences())
        .extracting(Difference::path)
        .containsExactly("header:content-type");
  }

  @Test
  void compare_otherCharset_reportsTheField() {
    Comparison comparison =
        compare(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=latin1\r\n\r\nok");
    assertThat(comparison.differences())
        .extracting(Difference::path)
        .containsExactly("header:content-type@charset");
  }

  @Test
  void compare_noJsonAnyMore_isOneTypeDifference() {
    Comparison comparison = compare(JSON_HEAD + "{\"a\":1}", JSON_HEAD + "<html>");
    assertThat(comparison.differences())
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.kind()).isEqualTo(DifferenceKind.JSON);
              assertThat(difference.change()).isEqualTo(Change.TYPE);
            });
  }

  @Test
  void compare_texts_reportsTheLinesThatDiffer() {
    assertThat(compare(TEXT_HEAD + "one\ntwo\nthree", TEXT_HEAD + "one\n2\nthree").differences())
        .containsExactly(
            new Difference("body:line 2", DifferenceKind.TEXT, Change.VALUE, "two", "2"));
    assertThat(compare(TEXT_HEAD + "one\ntwo", TEXT_HEAD + "one").differences())
        .containsExactly(
            new Difference("body:line 2", DifferenceKind.TEXT, Change.MISSING, "two", null));
  }

  @Test
  void compare_bytes_reportsOffsetLengthsAndDigests() {
    String head = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n";
    Comparison comparison = compare(head + "abcdef", head + "abcxef7");
    assertThat(comparison.differences())
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.path()).isEqualTo("body@3");
              assertThat(difference.baseline())
                  .isEqualTo(
                      "6 bytes, sha256 "
                          + "bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721");
              assertThat(difference.actual()).startsWith("7 bytes, sha256 ");
            });
  }

  @Test
  void compare_incompleteBaseline_comparesHeadOnly() {
    HttpResponse baseline =
        TestMessages.response(JSON_HEAD + "{\"a\":", Completeness.TRUNCATED_END);
    Comparison comparison =
        new AnswerComparator(ComparatorOptions.defaults())
            .compare(
                "GET",
                "/",
                Renaming.NONE,
                NOW,
                baseline,
                TestMessages.response(JSON_HEAD + "{\"a\":1}"));
    assertThat(comparison.differences()).isEmpty();
    assertThat(comparison.notes())
        .containsExactly("body_not_compared: recorded body is incomplete");
  }

  @Test
  void compare_moreThanTheLimit_reportsThatManyAndCountsTheRest() {
    AnswerComparator comparator =
        new AnswerComparator(new ComparatorOptions(ReplayRules.NONE, false, 2));
    Comparison comparison =
        comparator.compare(
            "GET",
            "/",
            Renaming.NONE,
            NOW,
            TestMessages.response(JSON_HEAD + "[1,2,3,4,5]"),
            TestMessages.response(JSON_HEAD + "[6,7,8,9,0]"));
    assertThat(comparison.differences()).hasSize(2);
    assertThat(comparison.notes()).containsExactly("more_differences: 3");
  }

  @Test
  void compare_redirectToTheRewrittenHost_isEqual() {
    Renaming renaming =
        new Renaming(List.of(new Renaming.Pair("http://shop.example", "http://127.0.0.1:8080")));
    Comparison comparison =
        new AnswerComparator(ComparatorOptions.defaults())
            .compare(
                "GET",
                "/",
                renaming,
                NOW,
                TestMessages.response(
                    "HTTP/1.1 302 Found\r\nLocation: http://shop.example/login\r\n\r\n"),
                TestMessages.response(
                    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:8080/login\r\n\r\n"));
    assertThat(comparison.equal()).isTrue();
  }

  @Test
  void compare_ignoredPlaces_areCountedAndTheirRulesUsed() throws Exception {
    ReplayRules rules =
        RulesReader.parse(
            "rules.yaml",
            """
            ignore:
              - header: x-request-*
              - path: $.items[*].at
                endpoint: GET /api/**
              - path: $..nonce
              - header: never-there
              - path: $.other
                endpoint: POST /api/**
            """);
    AnswerComparator comparator = new AnswerComparator(new ComparatorOptions(rules, false, 10));
    String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: ";
    Comparison comparison =
        comparator.compare(
            "GET",
            "/api/list?page=1",
            Renaming.NONE,
            NOW,
            TestMessages.response(
                head + "1\r\n\r\n{\"items\":[{\"at\":1,\"v\":1},{\"at\":2}],\"a\":{\"nonce\":5}}"),
            TestMessages.response(
                head + "2\r\n\r\n{\"items\":[{\"at\":9,\"v\":2},{}],\"a\":{\"nonce\":6}}"));
    assertThat(comparison.differences())
        .extracting(Difference::path)
        .containsExactly("$.items[0].v");
    assertThat(comparison.ignored()).isEqualTo(3);
    assertThat(rules.unused()).extracting(rule -> rule.at().line()).containsExactly(6, 7);
  }

  @Test
  void compare_ignoredTextAndBody_areEqual() throws Exception {
    ReplayRules rules =
        RulesReader.parse(
            "rules.yaml",
            """
            ignore:
              - text: nonce="[^"]*"
              - path: body
                endpoint: /metrics
            """);
    AnswerComparator comparator = new AnswerComparator(new ComparatorOptions(rules, false, 10));
    HttpResponse before = TestMessages.response(TEXT_HEAD + "<a nonce=\"1\">x");
    HttpResponse now = TestMessages.response(TEXT_HEAD + "<a nonce=\"2\">x");
    assertThat(comparator.compare("GET", "/", Renaming.NONE, NOW, before, now).equal()).isTrue();
    HttpResponse other = TestMessages.response(TEXT_HEAD + "something else");
    assertThat(comparator.compare("GET", "/", Renaming.NONE, NOW, before, other).equal()).isFalse();
    assertThat(comparator.compare("GET", "/metrics", Renaming.NONE, NOW, before, other).equal())
        .isTrue();
  }

  @Test
  void sameBytes_dateAlone_isIgnored() {
    AnswerComparator comparator = new AnswerComparator(ComparatorOptions.defaults());
    HttpResponse baseline = dated("Tue, 15 Nov 1994 08:12:31 GMT", "X-A: 1");
    assertThat(comparator.sameBytes(baseline, dated("Sun, 06 Nov 2024 18:49:37 GMT", "X-A: 1")))
        .isTrue();
    assertThat(comparator.sameBytes(baseline, dated("Sun, 06 Nov 2024 18:49:37 GMT", "X-A: 2")))
        .isFalse();
    assertThat(comparator.sameBytes(baseline, dated("Tue, 15 Nov 1994 08:12:31 GMT", "X-A: 2")))
        .isFalse();
    assertThat(comparator.sameBytes(baseline, dated("Tue, 15 Nov 1994 08:12:31 GMT", "X-A: 1")))
        .isTrue();
  }

  private static HttpResponse dated(String date, String field) {
    return TestMessages.response(
        "HTTP/1.1 200 OK\r\nServer: s\r\nDate: " + date + "\r\n" + field + "\r\n\r\nbody");
  }

  private static Comparison compare(String baseline, String actual) {
    return new AnswerComparator(ComparatorOptions.defaults())
        .compare(
            "GET",
            "/",
            Renaming.NONE,
            NOW,
            TestMessages.response(baseline),
            TestMessages.response(actual));
  }
}
