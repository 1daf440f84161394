// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.splice.EditableRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RewriteRuleTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("TOKEN", "t0k", "PAIR", "me:secret", "BROKEN", "a\r\nX-Evil: 1");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "host: test.example| GET /a HTTP/1.1~hOst:  test.example~A: b~a:c~~",
        "{header: a, set: x}| GET /a HTTP/1.1~hOst:  old~A: x~~",
        "{header: New, set: x}| GET /a HTTP/1.1~hOst:  old~A: b~a:c~New: x~~",
        "{header: A, add: x}| GET /a HTTP/1.1~hOst:  old~A: b~a:c~A: x~~",
        "{header: A, remove: true}| GET /a HTTP/1.1~hOst:  old~~",
        "{header: A, replace: '[bc]', with: '<$0>'}| GET /a HTTP/1.1~hOst:  old~A: <b>~a:<c>~~",
        "{header: A, env: TOKEN}| GET /a HTTP/1.1~hOst:  old~A: t0k~~",
        "{credentials: bearer, env: TOKEN}"
            + "| GET /a HTTP/1.1~hOst:  old~A: b~a:c~Authorization: Bearer t0k~~",
        "{credentials: basic, env: PAIR}"
            + "| GET /a HTTP/1.1~hOst:  old~A: b~a:c~Authorization: Basic bWU6c2VjcmV0~~",
        "{credentials: bearer, file: token.txt}"
            + "| GET /a HTTP/1.1~hOst:  old~A: b~a:c~Authorization: Bearer from-file~~"
      })
  void apply_fields_movesNothingElse(String rule, String sent) throws Exception {
    assertThat(applied(rule, "GET /a HTTP/1.1~hOst:  old~A: b~a:c~~")).isEqualTo(sent);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{path: '^/v1/', with: /v2/}| /v2/v1/x?q=/v1/&r",
        "{path: '/(v1)/x', with: '/$1'}| /v1/v1?q=/v1/&r",
        "{query: q, set: 'a b&c'}| /v1/v1/x?q=a+b%26c&r",
        "{query: q, remove: true}| /v1/v1/x?r",
        "{query: r, remove: true}| /v1/v1/x?q=/v1/",
        "{query: s, add: 1}| /v1/v1/x?q=/v1/&r&s=1"
      })
  void apply_target_movesNothingElse(String rule, String target) throws Exception {
    assertThat(applied(rule, "GET /v1/v1/x?q=/v1/&r HTTP/1.1~Host: a~~"))
        .isEqualTo("GET " + target + " HTTP/1.1~Host: a~~");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{json: $.a.b, set: 'x\"y'}| { 'a' : {'b':'x\\'y', 'n' : 12} }",
        "{json: $.a.n, set: 7}| { 'a' : {'b':'old', 'n' : 7} }",
        "{json: $.a.n, set: seven}| { 'a' : {'b':'old', 'n' : 'seven'} }",
        "{json: $..b, env: TOKEN}| { 'a' : {'b':'t0k', 'n' : 12} }"
      })
  void apply_json_movesNothingElse(String rule, String body) throws Exception {
    String old = "{ 'a' : {'b':'old', 'n' : 12} }".replace('\'', '"');
    String sent = applied(rule, "PUT /a HTTP/1.1~content-length: 31~X: y~~" + old);
    String now = body.replace('\'', '"');
    assertThat(sent).isEqualTo("PUT /a HTTP/1.1~content-length: " + now.length() + "~X: y~~" + now);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{form: password, env: TOKEN}| user=a%20b&password=t0k&x=",
        "{form: user, set: 'c d'}| user=c%20d&password=p%2B&x=",
        "{form: x, remove: true}| user=a%20b&password=p%2B",
        "{form: user, remove: true}| password=p%2B&x="
      })
  void apply_form_movesNothingElse(String rule, String body) throws Exception {
    String head = "POST /a HTTP/1.1~Content-Type: application/x-www-form-urlencoded~";
    assertThat(applied(rule, head + "Content-Length: 26~~user=a%20b&password=p%2B&x="))
        .isEqualTo(head + "Content-Length: " + body.length() + "~~" + body);
  }

  @Test
  void apply_otherEndpoint_leavesAloneAndCountsNothing() throws Exception {
    ReplayRules rules =
        parse(
            "rewrite:\n  - header: A\n    set: x\n    endpoint: POST /b\n  - form: y\n    set: z\n");
    assertThat(sent(rules, "GET /a HTTP/1.1~A: b~~")).isEqualTo("GET /a HTTP/1.1~A: b~~");
    assertThat(rules.unused())
        .extracting(CountedRule::description)
        .containsExactly("header A set of POST /b", "form y set");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rewrite:\n- {credentials: bearer, file: tok.txt}\n",
        "# \ud83d\ude00\nrewrite:\n- credentials: bearer\n  file: './tok.txt' # the token\n  reason: file: tok.txt\n",
        "rewrite:\n- {file: \"tok.txt\", credentials: bearer}\n- {header: X-A, file: ../%s/tok.txt}\n"
      })
  void withAbsoluteFiles_ofACopyElsewhere_readsTheSameFiles(String yaml, @TempDir Path folder)
      throws Exception {
    Files.writeString(folder.resolve("tok.txt"), "t0k");
    Path file = folder.resolve("rules.yaml");
    String known = yaml.replace("%s", folder.getFileName().toString());
    Files.writeString(file, known.replace("reason: file: tok.txt", "reason: \"file: tok.txt\""));
    Path copy = Files.createDirectories(folder.resolve("deep/er")).resolve("rules.yaml");

    Files.writeString(copy, RulesReader.withAbsoluteFiles(file));

    String request = "GET /a HTTP/1.1~Authorization: Bearer old~X-A: old~~";
    assertThat(sent(RulesReader.read(copy), request))
        .isEqualTo(sent(RulesReader.read(file), request))
        .contains("Bearer t0k");
  }

  @Test
  void apply_byHand_isTheRecordedRequest() throws Exception {
    String recorded = "GET /a HTTP/1.1~Host: a~~";
    assertThat(sent(ReplayRules.NONE, recorded)).isEqualTo(recorded);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{header: A, sett: x}| r.yaml:2: unknown key 'sett'",
        "{set: x}| r.yaml:2: a rewrite rule has exactly one of",
        "{header: A, query: b, set: x}| r.yaml:2: a rewrite rule has exactly one of",
        "{header: A}| r.yaml:2: this rule has exactly one of set",
        "{header: A, set: x, remove: true}| r.yaml:2: this rule has exactly one of set",
        "{header: A B, set: x}| r.yaml:2: header 'A B': no name of a field",
        "{header: A, remove: maybe}| r.yaml:2: remove: expected true",
        "{header: A, replace: '('}| r.yaml:2: replace goes with with",
        "{header: A, replace: '(', with: x}| r.yaml:2: no regular expression",
        "{header: A, env: NOT_SET}| r.yaml:2: environment variable NOT_SET is not set",
        "{header: A, env: BROKEN}| r.yaml:2: a field's value holds no line break",
        "{header: A, file: nowhere}| r.yaml:2: file nowhere cannot be read",
        "{json: a.b, set: x}| r.yaml:2: path 'a.b'",
        "{credentials: digest, env: TOKEN}| r.yaml:2: credentials: expected basic or bearer",
        "{credentials: basic, env: TOKEN}| r.yaml:2: basic: expected user:password",
        "{credentials: bearer, set: x}| r.yaml:2: this rule has exactly one of env, file",
        "{path: a}| r.yaml:2: this rule has exactly one of with",
        "{host: a, set: b}| r.yaml:2: this rule has no action"
      })
  void parse_mistake_namesTheLineAndNoSecret(String rule, String message) {
    assertThatThrownBy(() -> parse("rewrite:\n  - " + rule + "\n"))
        .isInstanceOf(RulesException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("t0k");
  }

  private String applied(String rule, String recorded) throws Exception {
    Files.writeString(folder.resolve("token.txt"), "from-file\n");
    ReplayRules rules = parse("rewrite:\n  - " + rule + "\n");
    String sent = sent(rules, recorded);
    assertThat(rules.unused()).isEmpty();
    return sent;
  }

  private ReplayRules parse(String yaml) throws RulesException {
    return RulesReader.parse("r.yaml", yaml, new RewriteReader(folder, ENVIRONMENT::get));
  }

  /** A tilde stands for CR LF. */
  private static String sent(ReplayRules rules, String recorded) {
    EditableRequest request =
        new EditableRequest(TestMessages.request(recorded.replace("~", "\r\n")));
    for (RewriteRule rule : rules.rewrite()) {
      if (rule.isFor(request.method(), request.target())) {
        rule.apply(request);
      }
    }
    StringBuilder sent = new StringBuilder();
    for (Bytes run : request.http1()) {
      sent.append(run.toLatin1());
    }
    return sent.toString().replace("\r\n", "~");
  }
}
