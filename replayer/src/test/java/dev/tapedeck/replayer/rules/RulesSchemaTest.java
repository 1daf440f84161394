// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published schema and the examples in the documentation say the same as the reader. */
final class RulesSchemaTest {
  private static final Path DOCS = Path.of(System.getProperty("tapedeck.root"), "docs");
  private static final JsonMapper JSON = new JsonMapper();

  private final JsonNode schema = JSON.readTree(DOCS.resolve("rules.schema.json").toFile());

  @ParameterizedTest
  @ValueSource(strings = {"REPLAY.md", "COMPARE.md", "FLOWS.md", "MOCK.md"})
  void examples_ofTheDocumentation_matchSchemaAndReader(String document) throws Exception {
    List<String> examples = new ArrayList<>();
    Matcher matcher =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(DOCS.resolve(document)));
    while (matcher.find()) {
      examples.add(matcher.group(1));
    }
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      assertThat(problems(example)).as(example).isEmpty();
      RewriteReader rewrites = new RewriteReader(DOCS, name -> "user:secret");
      assertThat(RulesReader.parse("example", example.replaceAll("file: \\S+", "env: X"), rewrites))
          .isNotEqualTo(ReplayRules.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rewrites: []",
        "rewrite: [{header: A, sett: x}]",
        "rewrite: [{set: x}]",
        "rewrite: [{header: A, query: b, set: x}]",
        "rewrite: [{header: 'A B', set: x}]",
        "rewrite: [{header: A, remove: maybe}]",
        "rewrite: [{json: a.b, set: x}]",
        "rewrite: [{credentials: digest, env: T}]",
        "ignore: [{path: items}]",
        "volatile: [{path: $.a}]",
        "volatile: [{path: $.a, type: date}]",
        "volatile: [{path: a, type: uuid}]",
        "volatile: [{path: $.a, header: b, type: uuid}]",
        "volatile: [{path: $.a, type: time, within: soon}]",
        "unordered: [{key: id}]",
        "latency: [{quantile: 3}]",
        "mock: [{query: a, form: b}]",
        "mock: [{json: a.b}]",
        "mock: [{body: some}]",
        "mock: [{querry: a}]",
        "version: 2"
      })
  void mistakes_thatTheReaderRefuses_areNoneOfTheSchema(String yaml) {
    assertThat(problems(yaml)).isNotEmpty();
  }

  @Test
  void keys_ofTheReader_areThoseOfTheSchema() {
    JsonNode rewrite = schema.at("/properties/rewrite/items/properties");
    assertThat(rewrite.propertyNames()).containsExactlyInAnyOrderElementsOf(RewriteReader.KEYS);
    JsonNode mock = schema.at("/properties/mock/items/properties");
    assertThat(mock.propertyNames()).containsExactlyInAnyOrderElementsOf(MockRuleReader.KEYS);
  }

  private List<String> problems(String yaml) {
    Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    List<String> problems = new ArrayList<>();
    validate(schema, JSON.valueToTree(document), "$", problems);
    return problems;
  }

  /** What of JSON Schema the published one uses. */
  private static void validate(JsonNode rule, JsonNode value, String at, List<String> problems) {
    JsonNode type = rule.get("type");
    if (type != null && !isOfType(type, value)) {
      problems.add(at + ": type");
    }
    if (rule.has("const") && !rule.get("const").equals(value)) {
      problems.add(at + ": const");
    }
    if (rule.has("enum") && !rule.get("enum").valueStream().toList().contains(value)) {
      problems.add(at + ": enum");
    }
    if (value.isString()) {
      String text = value.stringValue();
      if (rule.has("pattern")
          && !Pattern.compile(rule.get("pattern").asString()).matcher(text).find()) {
        problems.add(at + ": pattern");
      }
      if (rule.has("minLength") && text.length() < rule.get("minLength").asInt()) {
        problems.add(at + ": minLength");
      }
    }
    if (rule.has("required")
        && !rule.get("required").valueStream().allMatch(key -> value.has(key.asString()))) {
      problems.add(at + ": required");
    }
    if (rule.has("oneOf")) {
      long fitting =
          rule.get("oneOf")
              .valueStream()
              .filter(
                  one -> one.get("required").valueStream().allMatch(k -> value.has(k.asString())))
              .count();
      if (fitting != 1) {
        problems.add(at + ": oneOf");
      }
    }
    JsonNode known = rule.get("properties");
    if (known != null && value.isObject()) {
      value
          .properties()
          .forEach(
              member -> {
                JsonNode own = known.get(member.getKey());
                if (own == null) {
                  problems.add(at + ": unknown " + member.getKey());
                } else {
                  validate(own, member.getValue(), at + "." + member.getKey(), problems);
                }
              });
    }
    if (rule.has("items") && value.isArray()) {
      value.forEach(element -> validate(rule.get("items"), element, at + "[]", problems));
    }
  }

  private static boolean isOfType(JsonNode type, JsonNode value) {
    if (type.isArray()) {
      return type.valueStream().anyMatch(one -> isOfType(one, value));
    }
    return switch (type.asString()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> value.isString();
    };
  }
}
