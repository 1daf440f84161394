// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Volatile values may change, but not into something else. */
final class VolatilityTest {
  private static final String JSON_HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
  private static final Moments MOMENTS =
      new Moments(epochNanos("2026-01-01T00:00:00Z"), epochNanos("2026-03-01T12:00:00Z"));

  private static long epochNanos(String time) {
    return TimeUnit.SECONDS.toNanos(Instant.parse(time).getEpochSecond());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // type | recorded | now, which is still one
        "time, within: 1m | \"2026-01-01T00:00:01Z\" | \"2026-03-01T12:00:30.5Z\"",
        "time, within: 1m | \"2026-01-01T01:00:00Z\" | \"2026-03-01T14:00:01+01:00\"",
        "time, format: unix, within: 5s | 1767225600 | 1772366403",
        "time, format: unix-millis, offset: 1h, within: 5s | 1767229200000 | 1772370001000",
        "time, format: http-date | \"Thu, 01 Jan 2026 00:00:00 GMT\" | \"Sun, 01 Mar 2026 12:00:00 GMT\"",
        "uuid | \"00000000-0000-1000-8000-000000000000\" | \"123e4567-e89b-42d3-a456-426614174000\"",
        "uuid, version: 4 | \"923e4567-e89b-42d3-a456-426614174000\" | \"123e4567-e89b-42d3-a456-426614174000\"",
        "hex, length: 8 | \"deadbeef\" | \"00ff00ff\"",
        "base64, length: 4-8 | \"QUJD\" | \"QUJDRA==\"",
        "integer, min: 0, max: 99 | 1 | 98",
        "number | 1.5 | -2e3",
        "text, pattern: '[a-z]+-[0-9]{2}' | \"node-01\" | \"web-22\"",
        "text, words: 3 | \"took about 12ms, thanks\" | \"took about 9ms, thanks\"",
        "text, nullable: true | \"x\" | null",
        "array, min: 1 | [{\"a\":1},{\"a\":2}] | [{\"a\":9}]"
      })
  void compare_volatileValueOfItsType_isEqual(String type, String recorded, String now)
      throws Exception {
    ReplayRules rules = rules(type);
    assertThat(compare(rules, recorded, now)).isEmpty();
    assertThat(rules.unused()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // type | recorded | now, which is broken | change
        "time, within: 1m | \"2026-01-01T00:00:01Z\" | \"2026-03-01T12:05:00Z\" | FORMAT",
        "time, within: 1m | \"2026-01-01T00:00:01Z\" | \"2026-01-01T00:00:02Z\" | FORMAT",
        "time | \"2026-01-01T00:00:01Z\" | \"2026-03-01 12:00:00\" | FORMAT",
        "time | \"2026-01-01T00:00:01Z\" | \"2026-02-31T12:00:00Z\" | FORMAT",
        "time | \"2026-01-01T00:00:01Z\" | null | TYPE",
        "time | 1767225600 | \"1772366403\" | TYPE",
        "time, format: unix | 1767225600 | 1772366403000 | FORMAT",
        "uuid | \"00000000-0000-1000-8000-000000000000\" | \"\" | FORMAT",
        "uuid | \"00000000-0000-1000-8000-000000000000\" | \"internal error\" | FORMAT",
        "uuid, version: 4 | \"923e4567-e89b-42d3-a456-426614174000\" | \"123e4567-e89b-12d3-a456-426614174000\" | FORMAT",
        "hex, length: 8 | \"deadbeef\" | \"deadbee\" | FORMAT",
        "hex | \"deadbeef\" | {} | TYPE",
        "base64 | \"QUJD\" | \"not found!\" | FORMAT",
        "integer, min: 0 | 1 | -1 | FORMAT",
        "integer | 1 | 1.5 | FORMAT",
        "integer | 1 | \"1\" | TYPE",
        "number | 1 | null | TYPE",
        "text | \"x\" | \"\" | FORMAT",
        "text, words: 3 | \"took about 12ms\" | \"took nearly 9ms\" | FORMAT",
        "array, min: 1 | [1] | [] | FORMAT",
        "array | [{\"a\":1}] | [{\"b\":1}] | FORMAT",
        "array | [1] | null | TYPE",
      })
  void compare_breakInsideAVolatileValue_isOneDifference(
      String type, String recorded, String now, Change change) throws Exception {
    assertThat(compare(rules(type), recorded, now))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("$.v", change));
  }

  @Test
  void compare_volatileValuesInArrays_stillAlign() throws Exception {
    ReplayRules rules = RulesReader.parse("r", "volatile: [{path: '$[*].at', type: integer}]\n");
    assertThat(
            bodies(
                rules,
                "[{\"id\":1,\"at\":5},{\"id\":2,\"at\":6},{\"id\":3,\"at\":7}]",
                "[{\"id\":1,\"at\":8},{\"id\":3,\"at\":9}]"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("$[1]", Change.MISSING));
    assertThat(
            bodies(
                rules,
                "[{\"id\":1,\"at\":5},{\"id\":2,\"at\":6}]",
                "[{\"id\":2,\"at\":8},{\"id\":1,\"at\":9}]"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("$", Change.ORDER));
  }

  @Test
  void compare_optionalMember_mayBeMissingButNotBroken() throws Exception {
    ReplayRules rules =
        RulesReader.parse("r", "volatile: [{path: $.v, type: integer, optional: true}]\n");
    assertThat(bodies(rules, "{\"v\":1}", "{}")).isEmpty();
    assertThat(bodies(rules, "{}", "{\"v\":1}")).isEmpty();
    assertThat(bodies(rules, "{\"v\":1}", "{\"v\":\"oops\"}")).hasSize(1);
  }

  @Test
  void compare_unorderedArrays_compareAsSets() throws Exception {
    ReplayRules sets = RulesReader.parse("r", "unordered: [{path: $.t}]\n");
    assertThat(bodies(sets, "{\"t\":[1,2,2,3]}", "{\"t\":[2,3,1,2]}")).isEmpty();
    assertThat(bodies(sets, "{\"t\":[1,2,3]}", "{\"t\":[3,1]}"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("$.t[1]", Change.MISSING));
    ReplayRules keyed = RulesReader.parse("r", "unordered: [{path: $.t, key: id}]\n");
    assertThat(
            bodies(
                keyed,
                "{\"t\":[{\"id\":1,\"n\":\"a\"},{\"id\":2,\"n\":\"b\"}]}",
                "{\"t\":[{\"id\":2,\"n\":\"c\"},{\"id\":1,\"n\":\"a\"}]}"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("$.t[1].n", Change.VALUE));
    assertThat(bodies(keyed, "{\"t\":[{\"id\":1}]}", "{\"t\":[{\"id\":3}]}"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("$.t[0]", Change.MISSING), tuple("$.t[0]", Change.ADDED));
  }

  @Test
  void compare_tokens_claimByClaim() throws Exception {
    ReplayRules rules = RulesReader.parse("r", "volatile: [{path: $.v, type: jwt}]\n");
    String recorded = jwt("{\"sub\":\"ann\",\"iat\":1767225600,\"exp\":1767229200,\"jti\":\"a\"}");
    String later = jwt("{\"sub\":\"ann\",\"iat\":1772366401,\"exp\":1772370001,\"jti\":\"b\"}");
    String other = jwt("{\"sub\":\"bob\",\"iat\":1772366401,\"exp\":1772370001,\"jti\":\"b\"}");
    String longer = jwt("{\"sub\":\"ann\",\"iat\":1772366401,\"exp\":1782370001,\"jti\":\"b\"}");
    assertThat(compare(rules, recorded, later)).isEmpty();
    assertThat(compare(rules, recorded, other))
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.path()).isEqualTo("$.v.claims.sub");
              assertThat(difference.toString()).doesNotContain("bob");
            });
    assertThat(compare(rules, recorded, longer))
        .extracting(Difference::path)
        .containsExactly("$.v.claims.exp");
    assertThat(compare(rules, recorded, "\"expired\""))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("$.v", Change.TYPE));
    String head = "HTTP/1.1 200 OK\r\nSet-Cookie: auth=";
    ReplayRules cookie =
        RulesReader.parse("r", "volatile: [{header: 'set-cookie[auth]', type: jwt}]\n");
    assertThat(
            answers(
                cookie,
                head + recorded.replace("\"", "") + "\r\n\r\n",
                head + other.replace("\"", "") + "\r\n\r\n"))
        .extracting(Difference::path)
        .containsExactly("header:set-cookie[auth].claims.sub");
  }

  private static String jwt(String claims) {
    return "\"" + base64("{\"alg\":\"HS256\"}") + "." + base64(claims) + ".c2ln\"";
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void compare_volatileFieldsAndCookies_areChecked() throws Exception {
    ReplayRules rules =
        RulesReader.parse(
            "r",
            """
            volatile:
              - {header: X-Request-Id, type: hex, length: 4}
              - {header: 'set-cookie[sid]', type: hex}
              - {header: X-Cache-Age, type: integer, optional: true}
            """);
    String head = "HTTP/1.1 200 OK\r\nX-Request-Id: ";
    assertThat(
            answers(
                rules,
                head + "abcd\r\nSet-Cookie: sid=0a; HttpOnly\r\nX-Cache-Age: 1\r\n\r\n",
                head + "1234\r\nSet-Cookie: sid=0b; HttpOnly\r\n\r\n"))
        .isEmpty();
    assertThat(
            answers(
                rules,
                head + "abcd\r\nSet-Cookie: sid=0a; HttpOnly\r\n\r\n",
                head + "null\r\nSet-Cookie: sid=0b\r\n\r\n"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(
            tuple("header:x-request-id", Change.FORMAT),
            tuple("header:set-cookie[sid]@httponly", Change.MISSING));
    assertThat(answers(rules, head + "abcd\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("header:x-request-id", Change.MISSING));
  }

  @Test
  void compare_fieldsThatTellTheTime_stillHaveTo() {
    String date = "HTTP/1.1 200 OK\r\nDate: ";
    assertThat(
            answers(
                ReplayRules.NONE,
                date + "Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n",
                date + "Fri, 02 Jan 2026 00:00:00 GMT\r\n\r\n"))
        .isEmpty();
    assertThat(
            answers(
                ReplayRules.NONE,
                date + "Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n",
                date + "undefined\r\n\r\n"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("header:date", Change.FORMAT));
  }

  @Test
  void compare_contentTypes_byTypeAndCharset() {
    String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain";
    assertThat(
            answers(
                ReplayRules.NONE,
                head + "; charset=utf-8\r\n\r\n\u00c3\u00a9",
                head + ";charset=\"UTF-8\"\r\n\r\n\u00c3\u00a9"))
        .isEmpty();
    assertThat(
            answers(
                ReplayRules.NONE,
                head + "; charset=utf-8\r\n\r\n\u00c3\u00a9",
                head + "; charset=iso-8859-1\r\n\r\n\u00e9"))
        .extracting(Difference::path, Difference::baseline, Difference::actual)
        .containsExactly(tuple("header:content-type@charset", "utf-8", "iso-8859-1"));
  }

  @Test
  void compare_textLines_neighboursAreOneDifferenceAndRulesApply() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
    ReplayRules rules =
        RulesReader.parse(
            "r",
            """
            volatile:
              - {path: 'line[1]', type: text, words: 2, pattern: '\\d+'}
              - {text: 'load (\\S+)', type: number}
            """);
    assertThat(
            answers(
                rules,
                head + "up 17\na\nb\nc\nload 0.5\nend",
                head + "up 99\na\nX\nY\nload 1.25\nend"))
        .extracting(Difference::path, Difference::baseline, Difference::actual)
        .containsExactly(tuple("body:lines 3-4", "b\nc", "X\nY"));
    assertThat(answers(rules, head + "up 17\nload 0.5", head + "up NaN\nload 0.5"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("body:line 1", Change.FORMAT));
    assertThat(answers(rules, head + "up 17\nload 0.5", head + "up 17\nload err"))
        .extracting(Difference::path)
        .containsExactly("body:line 2");
    assertThat(rules.unused()).extracting(rule -> rule.at().line()).isEmpty();
  }

  private static ReplayRules rules(String type) throws RulesException {
    return RulesReader.parse("r", "volatile: [{path: $.v, type: " + type + "}]\n");
  }

  private static List<Difference> compare(ReplayRules rules, String recorded, String now) {
    return bodies(rules, "{\"v\":" + recorded + "}", "{\"v\":" + now + "}");
  }

  private static List<Difference> bodies(ReplayRules rules, String recorded, String now) {
    return answers(rules, JSON_HEAD + recorded, JSON_HEAD + now);
  }

  private static List<Difference> answers(ReplayRules rules, String recorded, String now) {
    return new AnswerComparator(new ComparatorOptions(rules, false, 100))
        .compare(
            "GET",
            "/",
            Renaming.NONE,
            MOMENTS,
            TestMessages.response(recorded),
            TestMessages.response(now))
        .differences();
  }
}
