// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.rules.ReplayRules;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What differences show of answers that are full of secrets: reports are made to be passed on. */
final class SharedDifferencesTest {
  private static final String RECORDED = "Recorded7CanarySecret";
  private static final String NOW = "Actual99CanarySecret";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "X-Amz-Security-Token: CANARY | text/plain | x",
        "X-Vault-Token: CANARY | text/plain | x",
        "Location: https://ann:CANARY@h/cb?access_token=CANARY#id_token=CANARY | text/plain | x",
        "X-Debug: Authorization is Bearer CANARY | text/plain | x",
        "Set-Cookie: theme=CANARY; Path=/ | text/plain | x",
        "X: y | application/json | {'new_password':'CANARY'}",
        "X: y | application/json | {'credentials':{'value':'CANARY','list':[{'v':'CANARY'}]}}",
        "X: y | application/json | {'a':'{~token~:~CANARY~}'}",
        "X: y | application/json | {'a':'postgres://ann:CANARY@h/db'}",
        "X: y | application/json | [{'id':1,'apiKey':'CANARY'},{'id':2,'o':{'jwt':'CANARY'}}]",
        "X: y | application/xml | <a><b><password>CANARY</password></b><c token='CANARY'/></a>",
        "X: y | text/html | <input name='csrf_token' value='CANARY'><script>token='CANARY'</script>",
        "X: y | text/plain | DB_PASSWORD=CANARY",
      })
  void compare_valuesOfSecrets_areMasked(String field, String type, String body) {
    List<Difference> differences =
        compare(
            answer(field, type, body).replace("CANARY", RECORDED),
            answer(field, type, body).replace("CANARY", NOW));

    assertThat(differences).isNotEmpty();
    assertThat(differences.toString())
        .containsIgnoringCase("mask")
        .doesNotContain(RECORDED)
        .doesNotContain(NOW);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "X: y | application/json | {'credentials':{'value':'CANARY'}}",
        "X: y | text/html | <p>a</p><form><input type=hidden name='csrf' value='CANARY'></form>",
        "X-Vault-Token: CANARY | text/plain | x",
      })
  void compare_secretsThatCameOrWent_areMasked(String field, String type, String body) {
    String with = answer(field, type, body).replace("CANARY", RECORDED);
    String without = answer("X: y", type, type.endsWith("json") ? "{}" : "<p>a</p>");
    if (type.equals("text/plain")) {
      without = answer("X: y", type, "x");
    }
    assertThat(compare(with, without).toString())
        .containsIgnoringCase("mask")
        .doesNotContain(RECORDED);
    assertThat(compare(without, with).toString())
        .containsIgnoringCase("mask")
        .doesNotContain(RECORDED);
  }

  @Test
  void compare_whatIsNoSecret_isShown() {
    List<Difference> differences =
        compare(
            answer("X-Trace: one", "application/json", "{'a':{'title':'old'}}"),
            answer("X-Trace: two", "application/json", "{'a':{'title':'new'}}"));
    assertThat(differences).extracting(Difference::baseline).containsExactly("one", "\"old\"");
  }

  private static String answer(String field, String type, String body) {
    String plain = body.replace('~', '"');
    String json = type.endsWith("json") ? quoted(plain) : plain;
    return "HTTP/1.1 200 OK\r\n" + field + "\r\nContent-Type: " + type + "\r\n\r\n" + json;
  }

  /** Makes JSON of what is easier to read in a table. */
  private static String quoted(String body) {
    return body.replace("\"", "\\\"").replace('\'', '"');
  }

  private static List<Difference> compare(String baseline, String actual) {
    return new AnswerComparator(new ComparatorOptions(ReplayRules.NONE, false, 100))
        .compare(
            "GET",
            "/",
            Renaming.NONE,
            new Moments(0, 0),
            TestMessages.response(baseline),
            TestMessages.response(actual))
        .differences();
  }
}
