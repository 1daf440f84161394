// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.replayer.markup.MarkupNode;
import dev.tapedeck.replayer.markup.MarkupText;
import dev.tapedeck.replayer.rules.IgnoreRule;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.Subject;
import dev.tapedeck.replayer.rules.UnorderedRule;
import dev.tapedeck.replayer.rules.VolatileRule;
import dev.tapedeck.replayer.volatility.JwtType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** The rules for the answers to one request, with what they excused there. */
final class RuleScope {
  private final List<IgnoreRule> rules;
  private final List<VolatileRule> volatiles;
  private final List<UnorderedRule> unordered;
  private final Moments moments;
  private int excused;

  RuleScope(ReplayRules rules, String method, String target, Moments moments) {
    this.rules = rules.ignore().stream().filter(rule -> rule.isFor(method, target)).toList();
    // Tokens first: other rules may be about their claims.
    this.volatiles =
        rules.volatiles().stream()
            .filter(rule -> rule.isFor(method, target))
            .sorted(Comparator.comparing(rule -> !(rule.type() instanceof JwtType)))
            .toList();
    this.unordered = rules.unordered().stream().filter(r -> r.isFor(method, target)).toList();
    this.moments = moments;
  }

  /** Returns how many mismatches were excused. */
  int excused() {
    return excused;
  }

  /** Returns whether a mismatch of the field, name in lower case, is excused. */
  boolean ignoresHeader(String name) {
    for (IgnoreRule rule : rules) {
      Pattern header = rule.header();
      if (header != null && header.matcher(name).matches()) {
        rule.used();
        excused++;
        return true;
      }
    }
    return false;
  }

  /** Returns whether a mismatch of the body is excused. */
  boolean ignoresBody() {
    for (IgnoreRule rule : rules) {
      if (rule.wholeBody()) {
        rule.used();
        excused++;
        return true;
      }
    }
    return false;
  }

  /** What rules say of a field or cookie that differs. */
  enum FieldVerdict {
    /** No rule is about it. */
    NONE,
    /** It may differ, and is what it should be. */
    SETTLED,
    /** It may differ, but is not what it should be. */
    BROKEN
  }

  /**
   * Returns what volatility rules say of a field that differs.
   *
   * @param cookie that the field sets; null for a whole field
   * @param before the value; null when there was none
   * @param now the value; null when there is none
   */
  FieldVerdict field(
      String name, @Nullable String cookie, @Nullable String before, @Nullable String now) {
    for (VolatileRule rule : volatiles) {
      if (rule.subject() instanceof Subject.Header header
          && header.name().matcher(name).matches()
          && (header.cookie() == null
              ? cookie == null
              : cookie != null && header.cookie().matcher(cookie).matches())) {
        rule.used();
        VolatileCheck check = new VolatileCheck(rule, rule.type(), moments);
        String steady = before == null ? null : check.recorded(before);
        String steadyNow = now == null ? null : check.now(now);
        boolean missing = before == null || now == null;
        boolean settled =
            missing
                ? rule.optional() && (now == null || steadyNow != null)
                : steadyNow != null && steadyNow.equals(steady);
        if (settled) {
          excused++;
          return FieldVerdict.SETTLED;
        }
        return missing || steady == null ? FieldVerdict.NONE : FieldVerdict.BROKEN;
      }
    }
    return FieldVerdict.NONE;
  }

  /**
   * Two tokens as they are compared: header and claims.
   *
   * @param before recorded
   * @param now as it came
   */
  record Tokens(JsonNode before, JsonNode now) {}

  /** Returns two tokens of a field that a rule says are such; null when none does. */
  @Nullable Tokens tokens(String before, String now) {
    for (VolatileRule rule : volatiles) {
      if (rule.subject() instanceof Subject.Header && rule.type() instanceof JwtType) {
        VolatileJson values =
            new VolatileJson(moments, StringNode.valueOf(before), StringNode.valueOf(now));
        values.settle(rule, JsonPathPattern.parse("$"));
        return new Tokens(values.before(), values.now());
      }
    }
    return null;
  }

  /** Two documents as they are compared. */
  record Documents(
      JsonNode before,
      JsonNode now,
      List<JsonNode> tokens,
      IdentityHashMap<JsonNode, UnorderedRule> unordered) {}

  /** Takes out the values that may differ, and settles those that may change. */
  Documents documents(JsonNode baseline, JsonNode actual) {
    for (IgnoreRule rule : rules) {
      JsonPathPattern path = rule.path();
      if (path != null) {
        List<JsonNode> before = taken(baseline, path);
        List<JsonNode> now = taken(actual, path);
        if (!before.isEmpty() || !now.isEmpty()) {
          rule.used();
        }
        if (!before.equals(now)) {
          excused++;
        }
      }
    }
    VolatileJson values = new VolatileJson(moments, baseline, actual);
    for (VolatileRule rule : volatiles) {
      if (rule.subject() instanceof Subject.Json json) {
        values.settle(rule, json.path());
        if (rule.optional()) {
          values.settleMissing(rule, json.path());
        }
      }
    }
    excused += values.excused();
    IdentityHashMap<JsonNode, UnorderedRule> sets = new IdentityHashMap<>();
    for (UnorderedRule rule : unordered) {
      JsonWalk.replace(
          values.before(),
          rule.path(),
          value -> {
            if (value.isArray()) {
              rule.used();
              sets.putIfAbsent(value, rule);
            }
            return value;
          });
    }
    return new Documents(values.before(), values.now(), values.tokens(), sets);
  }

  private static List<JsonNode> taken(JsonNode root, JsonPathPattern path) {
    List<JsonNode> taken = new ArrayList<>();
    JsonWalk.edit(
        root,
        path,
        value -> {
          taken.add(value);
          return null;
        });
    return taken;
  }

  /** Returns the text without its parts that may differ. */
  String strip(String text) {
    String stripped = text;
    for (IgnoreRule rule : rules) {
      Pattern part = rule.text();
      if (part != null) {
        String shorter = part.matcher(stripped).replaceAll("");
        if (!shorter.equals(stripped)) {
          rule.used();
          stripped = shorter;
        }
      }
    }
    return stripped;
  }

  /** Settles what volatility rules find in texts; returns both texts as they are compared. */
  List<String> found(String before, String now) {
    String was = before;
    String is = now;
    for (VolatileRule rule : volatiles) {
      if (rule.subject() instanceof Subject.Found found) {
        VolatileCheck check = new VolatileCheck(rule, rule.type(), moments);
        FoundText first = FoundText.of(was, found.pattern(), check::recorded);
        FoundText second = FoundText.of(is, found.pattern(), check::now);
        if (!first.values().isEmpty() || !second.values().isEmpty()) {
          rule.used();
        }
        if (!first.values().equals(second.values())) {
          excused++;
        }
        was = first.text();
        is = second.text();
      }
    }
    return List.of(was, is);
  }

  /** Settles lines, which begin at 1. */
  void lines(List<MarkupText> before, List<MarkupText> now) {
    for (VolatileRule rule : volatiles) {
      if (rule.subject() instanceof Subject.Line line) {
        VolatileCheck check = new VolatileCheck(rule, rule.type(), moments);
        List<String> was = settledLines(before, line, rule, check, true);
        List<String> is = settledLines(now, line, rule, check, false);
        count(rule, was, is);
      }
    }
  }

  private static List<String> settledLines(
      List<MarkupText> lines,
      Subject.Line subject,
      VolatileRule rule,
      VolatileCheck check,
      boolean recorded) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (subject.matches(i + 1)) {
        lines.set(i, settled(lines.get(i), rule, check, recorded, values));
      }
    }
    return values;
  }

  /** Settles attributes and texts of documents. */
  void markup(MarkupNode before, MarkupNode now) {
    for (VolatileRule rule : volatiles) {
      if (rule.subject() instanceof Subject.Markup markup) {
        VolatileCheck check = new VolatileCheck(rule, rule.type(), moments);
        List<String> was = new ArrayList<>();
        List<String> is = new ArrayList<>();
        settleMarkup(before, "", markup, rule, check, true, was);
        settleMarkup(now, "", markup, rule, check, false, is);
        count(rule, was, is);
      }
    }
  }

  private void count(VolatileRule rule, List<String> was, List<String> is) {
    if (!was.isEmpty() || !is.isEmpty()) {
      rule.used();
    }
    if (!was.equals(is)) {
      excused++;
    }
  }

  private static void settleMarkup(
      MarkupNode node,
      String path,
      Subject.Markup subject,
      VolatileRule rule,
      VolatileCheck check,
      boolean recorded,
      List<String> values) {
    node.attributes()
        .replaceAll(
            (name, value) ->
                subject.path().matches(path + "/@" + name)
                    ? settled(value, rule, check, recorded, values)
                    : value);
    List<String> paths = node.childPaths(path);
    for (int i = 0; i < paths.size(); i++) {
      MarkupNode child = node.children().get(i);
      MarkupText text = child.text();
      if (text == null) {
        settleMarkup(child, paths.get(i), subject, rule, check, recorded, values);
      } else if (subject.path().matches(paths.get(i))) {
        child.text(settled(text, rule, check, recorded, values));
      }
    }
  }

  private static MarkupText settled(
      MarkupText text,
      VolatileRule rule,
      VolatileCheck check,
      boolean recorded,
      List<String> values) {
    if (text.settled()) {
      return text;
    }
    String steady = recorded ? check.recorded(text.shown()) : check.now(text.shown());
    if (steady == null) {
      return text;
    }
    values.add(text.shown());
    return text.settledAs(rule.at() + " " + steady);
  }
}
