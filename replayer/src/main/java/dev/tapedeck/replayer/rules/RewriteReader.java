// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.analyzer.rules.RulesDocument;
import dev.tapedeck.analyzer.rules.RulesException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rules that rewrite requests. Each has one subject and one action.
 *
 * <p>Secrets come from the environment or from files, so that rules files can be shared; messages
 * and descriptions never show them.
 */
final class RewriteReader {
  static final Set<String> KEYS =
      Set.of(
          "host",
          "header",
          "path",
          "query",
          "json",
          "form",
          "credentials",
          "set",
          "env",
          "file",
          "add",
          "remove",
          "replace",
          "with",
          "endpoint",
          "reason");

  private static final List<String> SUBJECTS =
      List.of("host", "header", "path", "query", "json", "form", "credentials");
  private static final List<String> ACTIONS =
      List.of("set", "env", "file", "add", "remove", "replace", "with");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private final Path folder;
  private final UnaryOperator<@Nullable String> environment;

  /**
   * Makes a reader.
   *
   * @param folder that names of files are relative to
   * @param environment the value of a variable; null when it is not set
   */
  RewriteReader(Path folder, UnaryOperator<@Nullable String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  RewriteRule read(RulesDocument.Entries rule) throws RulesException {
    String subject = only(rule, SUBJECTS, "a rewrite rule");
    List<String> actions = new ArrayList<>();
    for (String action : ACTIONS) {
      if (rule.has(action)) {
        actions.add(action);
      }
    }
    String name = String.valueOf(rule.text(subject));
    try {
      String where = rule.text("endpoint");
      EndpointPattern endpoint = where == null ? EndpointPattern.ANY : EndpointPattern.parse(where);
      String does = actions.isEmpty() ? "" : " " + String.join(" ", actions);
      String said = subject.equals("host") ? "host" : subject + " " + name;
      return new RewriteRule(
          RuleLine.of(rule), said + does, endpoint, rewrite(rule, subject, name, actions));
    } catch (PatternSyntaxException e) {
      throw rule.error("no regular expression: " + e.getDescription(), e);
    } catch (IllegalArgumentException e) {
      throw rule.error(String.valueOf(e.getMessage()), e);
    }
  }

  private static String only(RulesDocument.Entries rule, List<String> keys, String what)
      throws RulesException {
    List<String> found = keys.stream().filter(rule::has).toList();
    if (found.size() != 1) {
      throw rule.error(what + " has exactly one of " + String.join(", ", keys));
    }
    return found.get(0);
  }

  private Rewrite rewrite(
      RulesDocument.Entries rule, String subject, String name, List<String> actions)
      throws RulesException {
    switch (subject) {
      case "host" -> {
        allow(rule, actions, List.of());
        return Rewrite.setHost(field(rule, "host", bytes(name)));
      }
      case "path" -> {
        allow(rule, actions, List.of("with"));
        return Rewrite.changePath(Pattern.compile(bytes(name)), replacement(rule));
      }
      case "credentials" -> {
        allow(rule, actions, List.of("env", "file"));
        return Rewrite.setField("Authorization", credentials(rule, name));
      }
      case "header" -> {
        return header(rule, name, actions);
      }
      case "json" -> {
        allow(rule, actions, List.of("set", "env", "file"));
        return Rewrite.json(JsonPathPattern.parse(name), value(rule));
      }
      case "form" -> {
        allow(rule, actions, List.of("set", "env", "file", "remove"));
        return Rewrite.form(bytes(name), isRemoval(rule) ? null : value(rule));
      }
      default -> {
        allow(rule, actions, List.of("set", "env", "file", "remove", "add"));
        String add = rule.text("add");
        return add != null
            ? Rewrite.addQuery(bytes(name), bytes(add))
            : Rewrite.query(bytes(name), isRemoval(rule) ? null : value(rule));
      }
    }
  }

  private Rewrite header(RulesDocument.Entries rule, String name, List<String> actions)
      throws RulesException {
    if (!TOKEN.matcher(name).matches()) {
      throw rule.errorAt("header", "header '" + name + "': no name of a field");
    }
    if (rule.has("replace")) {
      if (!actions.equals(List.of("replace", "with"))) {
        throw rule.error("replace goes with with, and with nothing else");
      }
      Pattern pattern = Pattern.compile(bytes(String.valueOf(rule.text("replace"))));
      String with = field(rule, "with", replacement(rule));
      return Rewrite.changeField(name, value -> pattern.matcher(value).replaceAll(with));
    }
    allow(rule, actions, List.of("set", "env", "file", "remove", "add"));
    String add = rule.text("add");
    if (add != null) {
      return Rewrite.addField(name, field(rule, "add", bytes(add)));
    }
    return isRemoval(rule)
        ? Rewrite.removeField(name)
        : Rewrite.setField(name, field(rule, "header", value(rule)));
  }

  private static void allow(RulesDocument.Entries rule, List<String> actions, List<String> allowed)
      throws RulesException {
    boolean fine = allowed.isEmpty() ? actions.isEmpty() : actions.size() == 1;
    if (!fine || !allowed.containsAll(actions)) {
      throw rule.error(
          allowed.isEmpty()
              ? "this rule has no action of its own"
              : "this rule has exactly one of " + String.join(", ", allowed));
    }
  }

  private static boolean isRemoval(RulesDocument.Entries rule) throws RulesException {
    String remove = rule.text("remove");
    if (remove != null && !remove.equals("true")) {
      throw rule.errorAt("remove", "remove: expected true");
    }
    return remove != null;
  }

  private String credentials(RulesDocument.Entries rule, String scheme) throws RulesException {
    String secret = field(rule, "credentials", value(rule));
    return switch (scheme) {
      case "bearer" -> "Bearer " + secret;
      case "basic" -> {
        if (secret.indexOf(':') < 0) {
          throw rule.errorAt("credentials", "basic: expected user:password");
        }
        byte[] pair = secret.getBytes(StandardCharsets.ISO_8859_1);
        yield "Basic " + Base64.getEncoder().encodeToString(pair);
      }
      default -> throw rule.errorAt("credentials", "credentials: expected basic or bearer");
    };
  }

  private String value(RulesDocument.Entries rule) throws RulesException {
    String variable = rule.text("env");
    String file = rule.text("file");
    if (variable != null) {
      String value = environment.apply(variable);
      if (value == null) {
        throw rule.errorAt("env", "environment variable " + variable + " is not set");
      }
      return bytes(value);
    } else if (file != null) {
      try {
        return bytes(Files.readString(folder.resolve(file)).stripTrailing());
      } catch (IOException e) {
        throw rule.error("file " + file + " cannot be read", e);
      }
    }
    String set = rule.anyText("set");
    if (set == null) {
      throw rule.error("expected one of set, env and file");
    }
    return bytes(set);
  }

  /** A backslash and a dollar sign mean themselves, but for groups such as $1. */
  private static String replacement(RulesDocument.Entries rule) throws RulesException {
    String with = rule.anyText("with");
    if (with == null) {
      throw rule.error("expected with");
    }
    return bytes(with).replaceAll("\\$(?![0-9{])", Matcher.quoteReplacement("\\$"));
  }

  /** A line break would begin another field (RFC 9110, section 5.5). */
  private static String field(RulesDocument.Entries rule, String key, String value)
      throws RulesException {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0 || value.indexOf('\0') >= 0) {
      throw rule.errorAt(key, "a field's value holds no line break");
    }
    return value;
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
