// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.analyzer.rules.RulesException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class RulesReaderTest {
  @Test
  void parse_everyForm_isUnderstood() throws Exception {
    ReplayRules rules =
        RulesReader.parse(
            "r.yaml",
            """
            version: 1
            ignore:
              - header: X-Request-Id
                reason: minted for each answer
              - path: "$.a['b c'][3]..d.*"
                endpoint: GET /x/*
              - path: body
              - text: 'id=\\d+'
            """);
    assertThat(rules.ignore())
        .extracting(IgnoreRule::description)
        .containsExactly(
            "header X-Request-Id", "path $.a['b c'][3]..d.* of GET /x/*", "body", "text id=\\d+");
    assertThat(rules.ignore()).extracting(IgnoreRule::line).containsExactly(3, 5, 7, 8);
  }

  @Test
  void parse_nothing_isNoRules() throws Exception {
    assertThat(RulesReader.parse("r.yaml", "# nothing\n").ignore()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ignores:\\n  - header: a | r.yaml:1: unknown key 'ignores'",
        "ignore:\\n  - header: a\\n    endpont: /b | r.yaml:3: unknown key 'endpont'",
        "ignore:\\n  - header: a\\n    path: $.b | r.yaml:2: an ignore rule has exactly one of",
        "ignore:\\n  - endpoint: /b | r.yaml:2: an ignore rule has exactly one of",
        "ignore:\\n  - path: items | r.yaml:2: path 'items'",
        "ignore:\\n  - path: $.a[ | r.yaml:2: path '$.a['",
        "ignore:\\n  - header: a\\n    header: b | r.yaml:3: ",
        "ignore:\\n  - text: '(' | r.yaml:2: text: ",
        "ignore:\\n  - header: a\\n    endpoint: FETCH | r.yaml:2: endpoint 'FETCH'",
        "ignore: all | r.yaml:1: ignore: expected a list",
        "version: 2 | r.yaml:1: version 2",
        "- a | r.yaml:1: expected a rules file",
        "a: [ | r.yaml:1: no YAML"
      })
  void parse_mistake_namesTheLine(String yaml, String message) {
    assertThatThrownBy(() -> RulesReader.parse("r.yaml", yaml.replace("\\n", "\n")))
        .isInstanceOf(RulesException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /a/*,GET,/a/b,true",
    "GET /a/*,GET,/a/b/c,false",
    "GET /a/**,GET,/a/b/c?q=1,true",
    "GET /a/*,POST,/a/b,false",
    "/a/b,POST,/a/b?c,true",
    "* /a.b,GET,/a.b,true",
    "* /a.b,GET,/aXb,false",
    "GET *,GET,/anything/at/all,true"
  })
  void endpoint_pattern_matches(String pattern, String method, String target, boolean expected) {
    assertThat(EndpointPattern.parse(pattern).matches(method, target)).isEqualTo(expected);
  }

  /** The published schema and the reader know the same keys. */
  @Test
  void schema_keys_areThoseOfTheReader() throws Exception {
    Path schema = Path.of(System.getProperty("tapedeck.root"), "docs/rules.schema.json");
    JsonNode root = new JsonMapper().readTree(Files.readString(schema));
    assertThat(new TreeSet<>(root.get("properties").propertyNames()))
        .isEqualTo(new TreeSet<>(RulesReader.TOP_KEYS));
    JsonNode rule = root.get("properties").get("ignore").get("items");
    assertThat(new TreeSet<>(rule.get("properties").propertyNames()))
        .isEqualTo(new TreeSet<>(RulesReader.IGNORE_KEYS));
    assertThat(root.get("additionalProperties").asBoolean()).isFalse();
    assertThat(rule.get("additionalProperties").asBoolean()).isFalse();
  }
}
