// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.Glob;
import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.analyzer.rules.RulesDocument;
import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.replayer.rules.MockRule.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads the rules by which mocks match requests. */
final class MockRuleReader {
  static final Set<String> KEYS =
      Set.of(
          "query",
          "form",
          "json",
          "text",
          "path",
          "body",
          "header",
          "upstream",
          "endpoint",
          "reason");

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private MockRuleReader() {}

  static MockRule read(RulesDocument.Entries rule) throws RulesException {
    List<Subject> subjects = new ArrayList<>();
    for (Subject subject : Subject.values()) {
      if (rule.has(subject.key())) {
        subjects.add(subject);
      }
    }
    if (subjects.size() != 1) {
      throw rule.error(
          "a mock rule has exactly one of query, form, json, text, path, body and header");
    }
    Subject subject = subjects.get(0);
    String text = String.valueOf(rule.text(subject.key()));
    String where = rule.text("endpoint");
    String upstream = rule.text("upstream");
    try {
      return new MockRule(
          RuleLine.of(rule),
          subject,
          text,
          where == null ? EndpointPattern.ANY : EndpointPattern.parse(where),
          upstream == null ? null : Glob.name(upstream.toLowerCase(Locale.ROOT)),
          pattern(rule, subject, text),
          subject == Subject.JSON ? JsonPathPattern.parse(text) : null);
    } catch (PatternSyntaxException e) {
      throw rule.error(subject.key() + ": " + e.getDescription(), e);
    } catch (IllegalArgumentException e) {
      throw rule.error(String.valueOf(e.getMessage()), e);
    }
  }

  private static @Nullable Pattern pattern(RulesDocument.Entries rule, Subject subject, String text)
      throws RulesException {
    switch (subject) {
      case QUERY, FORM -> {
        return Glob.name(text);
      }
      case TEXT, PATH -> {
        return Pattern.compile(text);
      }
      case BODY -> {
        if (!text.equals("any")) {
          throw rule.errorAt("body", "body: expected any");
        }
        return null;
      }
      case HEADER -> {
        if (!TOKEN.matcher(text).matches()) {
          throw rule.errorAt("header", "header '" + text + "': no name of a field");
        }
        return null;
      }
      default -> {
        return null;
      }
    }
  }
}
