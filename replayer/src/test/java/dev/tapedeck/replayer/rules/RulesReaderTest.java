// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.analyzer.rules.RulesException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
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
    assertThat(rules.ignore()).extracting(rule -> rule.at().line()).containsExactly(3, 5, 7, 8);
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
        "volatile: [{path: $.a}] | r.yaml:1: a volatile rule has a type",
        "volatile: [{path: $.a, type: date}] | r.yaml:1: type 'date': expected one of array,",
        "volatile: [{type: uuid}] | r.yaml:1: a volatile rule has exactly one of header, path and text",
        "volatile:\\n  - path: $.a\\n    type: uuid\\n    length: 3 | r.yaml:4: length: not for type uuid",
        "volatile: [{path: a, type: uuid}] | r.yaml:1: path 'a': expected a path from $ (JSON)",
        "volatile: [{path: $.a, type: uuid, version: 9}] | r.yaml:1: uuid: version 9",
        "volatile: [{path: $.a, type: time, within: soon}] | r.yaml:1: within 'soon'",
        "volatile: [{path: $.a, type: text, pattern: '('}] | r.yaml:1: no regular expression",
        "volatile: [{path: $.a, type: hex, length: 9-3}] | r.yaml:1: length from 9 to 3",
        "volatile:\\n  - paths: $.a | r.yaml:2: unknown key 'paths'; known are endpoint, format",
        "unordered: [{key: id}] | r.yaml:1: an unordered rule has a path",
        "latency: [{factor: 0.5}] | r.yaml:1: latency: expected",
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
    "GET *,GET,/anything/at/all,true",
    "GET /orders/{id}/items,GET,/orders/7/items,true",
    "GET /orders/{id},GET,/orders/7/items,false"
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
    Map<String, Set<String>> noise =
        Map.of(
            "volatile", NoiseReader.VOLATILE_KEYS,
            "unordered", NoiseReader.UNORDERED_KEYS,
            "latency", NoiseReader.LATENCY_KEYS);
    noise.forEach(
        (list, keys) -> {
          JsonNode own = root.at("/properties/" + list + "/items");
          assertThat(new TreeSet<>(own.get("properties").propertyNames()))
              .isEqualTo(new TreeSet<>(keys));
          assertThat(own.get("additionalProperties").asBoolean()).isFalse();
        });
    assertThat(root.get("additionalProperties").asBoolean()).isFalse();
    assertThat(rule.get("additionalProperties").asBoolean()).isFalse();
  }
}
