// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import com.google.re2j.PatternSyntaxException;
import dev.tapedeck.analyzer.rules.BoundedRegex;
import dev.tapedeck.analyzer.rules.Glob;
import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.analyzer.rules.RulesDocument;
import dev.tapedeck.analyzer.rules.RulesException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads redaction rules: YAML as {@code docs/redaction.schema.json} describes it. */
public final class RedactionRulesReader {
  static final Set<String> TOP_KEYS = Set.of("version", "name", "defaults", "max_body", "rules");
  static final Set<String> RULE_KEYS =
      Set.of("header", "query", "form", "json", "pattern", "name", "reason");
  private static final List<String> PLACES = List.of("header", "query", "form", "json", "pattern");

  private final List<RedactionRules.Name> headers = new ArrayList<>();
  private final List<RedactionRules.Name> parameters = new ArrayList<>();
  private final List<RedactionRules.Name> fields = new ArrayList<>();
  private final List<JsonPathPattern> paths = new ArrayList<>();
  private final List<RedactionRules.NamedPattern> patterns = new ArrayList<>();

  private RedactionRulesReader() {}

  /**
   * Reads a text.
   *
   * @param name of the file, for messages
   * @throws RulesException when it is no rules file; the message names the line
   */
  public static RedactionRules parse(String name, String yaml) throws RulesException {
    RulesDocument.Entries top = RulesDocument.parse(name, yaml, TOP_KEYS);
    return top == null ? RedactionRules.DEFAULT : new RedactionRulesReader().rules(top);
  }

  private RedactionRules rules(RulesDocument.Entries top) throws RulesException {
    for (RulesDocument.Entries rule : top.list("rules", "a redaction rule", RULE_KEYS)) {
      try {
        add(rule);
      } catch (PatternSyntaxException e) {
        throw rule.error("pattern: " + e.getDescription(), e);
      } catch (IllegalArgumentException e) {
        throw rule.error(String.valueOf(e.getMessage()), e);
      }
    }
    String given = top.text("name");
    String defaults = top.text("defaults");
    if (defaults != null && !defaults.equals("true") && !defaults.equals("false")) {
      throw top.errorAt("defaults", "defaults: expected true or false");
    }
    return new RedactionRules(
        given == null ? "rules" : given,
        !"false".equals(defaults),
        headers,
        parameters,
        fields,
        paths,
        patterns,
        maxBody(top));
  }

  private void add(RulesDocument.Entries rule) throws RulesException {
    List<String> places = PLACES.stream().filter(rule::has).toList();
    if (places.size() != 1) {
      throw rule.error("a redaction rule has exactly one of " + String.join(", ", PLACES));
    }
    String place = places.get(0);
    String value = String.valueOf(rule.text(place));
    switch (place) {
      case "header" -> headers.add(new RedactionRules.Name(value, Glob.name(value)));
      case "query" -> parameters.add(new RedactionRules.Name(value, Glob.name(value)));
      case "form" -> fields.add(new RedactionRules.Name(value, Glob.name(value)));
      case "json" -> paths.add(JsonPathPattern.parse(value));
      default -> {
        String name = rule.text("name");
        patterns.add(
            new RedactionRules.NamedPattern(
                name == null ? Integer.toString(patterns.size() + 1) : name,
                BoundedRegex.compile(value)));
      }
    }
  }

  private static int maxBody(RulesDocument.Entries top) throws RulesException {
    String text = top.text("max_body");
    if (text == null) {
      return RedactionRules.DEFAULT_MAX_BODY_BYTES;
    }
    if (!text.matches("[1-9][0-9]{0,7}")) {
      throw top.errorAt("max_body", "max_body: expected a number of bytes up to 99999999");
    }
    return Integer.parseInt(text);
  }
}
