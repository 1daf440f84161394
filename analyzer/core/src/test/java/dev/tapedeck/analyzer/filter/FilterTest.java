// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.session.Analyses;
import dev.tapedeck.format.EventScript;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
  /** 1.1 is slow and fails, 1.2 is answered with gzip, 2.1 has no answer. */
  private static final EventScript SHOP =
      EventScript.parse(
          """
          c1: @ tls server 10.0.0.2:8443 <- 10.0.0.1:40001
          c1 >> POST /orders/7?id=42&q=a%20b HTTP/1.1\\r\\nHost: Shop.example:8443\\r\\nX-Tag: one\\r\\nX-Tag: two\\r\\nContent-Type: application/json\\r\\nContent-Length: 7\\r\\n\\r\\n{"a":1}
          + 300ms
          c1 << HTTP/1.1 100 Continue\\r\\n\\r\\n
          c1 << HTTP/1.1 503 Out of \\xc3\\xa9clairs\\r\\nContent-Length: 4\\r\\n\\r\\nsold
          c1 >> GET http://shop.example/menu#top HTTP/1.1\\r\\n\\r\\n
          c1 << HTTP/1.1 200 OK\\r\\nSet-Cookie: a=1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\r\\n0\\r\\nX-Sum: 9\\r\\n\\r\\n
          c2: @ plain client 10.0.0.2:50000 -> 192.0.2.3:80
          c2 >> GET /lost HTTP/1.1\\r\\nhost: y\\r\\n\\r\\n
          """);

  private static final List<Exchange> EXCHANGES =
      Analyses.analyze(SHOP).stream().map(Session::exchanges).flatMap(List::stream).toList();

  private static String ids(String expression) throws FilterSyntaxException {
    Filter filter = Filter.parse(expression);
    return String.join(" ", EXCHANGES.stream().filter(filter).map(Exchange::id).toList());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "status >= 500 and path ~ \"^/orders\" and duration > 200ms | 1.1",
        "status == 503 | 1.1",
        "response.status != 503 | 1.2",
        "status in (200, 404) | 1.2",
        "status in (500..599) | 1.1",
        "status not in (500..599) | 1.2",
        "not status >= 500 | 1.2 2.1",
        "status == null | 2.1",
        "status != null | 1.1 1.2",
        "status | 1.1 1.2",
        "interim.status == 100 | 1.1",
        "reason ~ éclairs | 1.1",
        "method == POST or method == \"DELETE\" | 1.1",
        "METHOD == POST | 1.1",
        "method in (PUT, POST) | 1.1",
        "host == shop.example | 1.1 1.2",
        "authority == 'Shop.example:8443' | 1.1",
        "path == /menu | 1.2",
        "path == /orders/7 and query contains 'id=' | 1.1",
        "query[\"q\"] == \"a b\" | 1.1",
        "target ~ '^/' | 1.1 2.1",
        "header[\"x-tag\"] == two | 1.1",
        "header[\"x-tag\"] != two | ``",
        "header[\"x-tag\"] !~ three | 1.1",
        "request.headers.x-tag == one | 1.1",
        "response.headers[\"Set-Cookie\"] | 1.2",
        "request.header['set-cookie'] | ``",
        "header ~ '(?i)^SET-COOKIE: a' | 1.2",
        "trailer.x-sum == 9 | 1.2",
        "request.body contains '\"a\":1' | 1.1",
        "body ~ '^hel' | 1.2",
        "response.body == hello and response.framing == chunked | 1.2",
        "response.body_sha256 ~ \"^2cf24dba5fb0a30e\" | 1.2",
        "response.body_bytes == 4B | 1.1",
        "body_bytes > 1KiB | ``",
        "body_bytes in (5..7) | 1.1 1.2",
        "duration_us > 200ms | 1.1",
        "duration_us > 200000 | 1.1",
        "duration > 0.2s and duration < 1m | 1.1",
        "first_byte < 250ms and first_byte >= 0 | 1.2",
        "scheme == https and role == server | 1.1 1.2",
        "tls.sni != null and scheme == https | 1.1 1.2",
        "client.ip == 10.0.0.1 | 1.1 1.2",
        "ip in (192.0.2.0/24) | 2.1",
        "ip in (10.0.0.2, ::1) | 1.1 1.2 2.1",
        "server.ip != 10.0.0.0/8 | 2.1",
        "server.ip == ::ffff:192.0.2.3 | 2.1",
        "port == 8443 | 1.1 1.2",
        "pipelined | ``",
        "pipelined == false and id == 1.2 | 1.2",
        "index == 0 and session < 2 | 1.1",
        "completeness == complete | 1.1 1.2",
        "anomaly == null | 1.1 1.2 2.1",
        "link.method == set_fd | 1.1 1.2",
        "NOT (status == 503) AND status | 1.2",
        "started >= 2000-01-01T00:00:00Z and started_ns < 1 | ``",
        "request.ended_ns >= 1 and protocol == HTTP/1.1 | 1.1 1.2 2.1",
      })
  void filter_expression_meansThese(String expression, String expected)
      throws FilterSyntaxException {
    assertThat(ids(expression)).as(expression).isEqualTo(expected);
  }

  @Test
  void symbols_insteadOfWords_meanTheSame() throws FilterSyntaxException {
    assertThat(ids("(status == 503 || status == 200) && !(path ~ orders)")).isEqualTo("1.2");
  }

  @Test
  void relativeTimes_countFromTheCapturesStart() throws FilterSyntaxException {
    Filter filter = Filter.parse("started >= +150ms");
    assertThat(filter.hasRelativeTimes()).isTrue();
    long start = EXCHANGES.get(0).startedEpochNanos();
    assertThat(EXCHANGES.stream().filter(filter.startingAt(start)).map(Exchange::id))
        .containsExactly("1.2", "2.1");
    Filter later = filter.startingAt(start - Duration.ofSeconds(1).toNanos());
    assertThat(EXCHANGES.stream().filter(later)).hasSize(3);
    Filter absolute = Filter.parse("status == 200");
    assertThat(absolute.hasRelativeTimes()).isFalse();
    assertThat(absolute.startingAt(start)).isSameAs(absolute);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "statsu >= 500 | 1 | did you mean 'status'?",
        "request.methdo == GET | 1 | did you mean 'request.method'?",
        "status >= 500 and durtion > 1s | 19 | did you mean 'duration'?",
        "zzzzzzzzzzzz | 1 | --help filter",
        "status = 500 | 8 | equality is written ==",
        "status == abc | 11 | 'status' is a number, such as 500, not 'abc'",
        "status == 500ms | 11 | a number",
        "duration > 200 | 12 | a duration with its unit, such as 200ms, not '200'",
        "body_bytes > 5s | 14 | a size",
        "started > yesterday | 11 | 2026-03-01T12:00:00Z",
        "status ~ 5 | 8 | 'status' is no text",
        "path < 5 | 6 | 'path' has no order",
        "path ~ \"a(b\" | 9 | no regular expression: missing closing )",
        "role == serverr | 9 | did you mean 'server'?",
        "anomaly == gap_or_so | 12 | it is one of missing_bytes",
        "client.ip == 10.0.0.256 | 14 | is no address",
        "status in 500 | 11 | expected a list",
        "status in (500 | 15 | expected ',' or ')'",
        "status in (599..500) | 12 | ends before it begins",
        "(status == 500 | 15 | expected ')' for the bracket at character 1",
        "status == 500) | 14 | unexpected ')'",
        "status == | 10 | expected a number, such as 500, not the end",
        "status == 500 path ~ x | 15 | write 'and' or 'or'",
        "path \"/x\" | 6 | write a comparison such as == or ~",
        "and status | 1 | expected a field",
        "`` | 1 | expected a field",
        "path == \"/x | 9 | text without end",
        "header[x | 9 | expected ']'",
        "status[x] | 7 | has no parts",
        "status not 5 | 12 | expected 'in' or 'contains'",
        "pipelined in (true) | 11 | compare it with ==",
        "status > null | 8 | null is known by == and !=",
        "path @ x | 6 | unexpected '@'",
      })
  void error_anyKind_pointsAtTheCharacter(String expression, int character, String advice) {
    FilterSyntaxException error =
        catchThrowableOfType(FilterSyntaxException.class, () -> Filter.parse(expression));
    assertThat(error).as(expression).isNotNull();
    assertThat(error)
        .hasMessageContaining(advice)
        .hasMessageEndingWith(", at character " + character);
    assertThat(error.marked()).isEqualTo(expression + "\n" + " ".repeat(character - 1) + "^");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "not ", "!"})
  void error_nestedWithoutEnd_noStackOverflow(String opening) {
    FilterSyntaxException error =
        catchThrowableOfType(
            FilterSyntaxException.class, () -> Filter.parse(opening.repeat(10_000) + "status"));
    assertThat(error).hasMessageContaining("nested too deeply");
  }

  @Test
  void error_ofARegexThatNestsTooDeeply_isTold() {
    FilterSyntaxException error =
        catchThrowableOfType(
            FilterSyntaxException.class,
            () -> Filter.parse("path ~ \"" + "(a|".repeat(4000) + ")".repeat(4000) + "\""));
    assertThat(error).hasMessageContaining("no regular expression: nested too deeply");
  }

  @Test
  void backslash_inTextAndInRegex_hasItsMeaning() throws FilterSyntaxException {
    assertThat(ids("path ~ \"^/orders/\\d$\"")).isEqualTo("1.1");
    assertThat(ids("request.body == \"{\\\"a\\\":1}\"")).isEqualTo("1.1");
    assertThat(ids("request.body ~ \"\\{\\\"a\\\"\"")).isEqualTo("1.1");
    assertThat(ids("path == \"a\\\\b\"")).isEmpty();
  }

  @Test
  void regex_thatNeverEndsElsewhere_takesLinearTime() throws FilterSyntaxException {
    Filter filter = Filter.parse("body ~ '^(a+)+$' or path ~ '(x+x+)+y'");
    assertThat(EXCHANGES.stream().filter(filter)).isEmpty();
  }

  @Test
  void names_allFields_areLowerCaseWords() {
    assertThat(Fields.names())
        .hasSizeGreaterThan(80)
        .allMatch(name -> name.matches("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?"));
    assertThat(MessageFields.KEYED).allMatch(name -> Fields.named(name) != null);
  }

  @Test
  void everyField_onEveryExchange_answers() throws FilterSyntaxException {
    for (String name : Fields.names()) {
      Filter known = Filter.parse(name + " != null");
      Filter unknown = Filter.parse(name + " == null");
      for (Exchange exchange : EXCHANGES) {
        assertThat(known.test(exchange)).as(name).isNotEqualTo(unknown.test(exchange));
      }
    }
  }
}
