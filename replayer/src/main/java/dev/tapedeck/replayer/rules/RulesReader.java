// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.analyzer.rules.RulesDocument;
import dev.tapedeck.analyzer.rules.RulesException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads rules files: YAML as {@code docs/rules.schema.json} describes it. Unknown keys are refused,
 * because a misspelt rule that nobody notices is worse than none.
 */
public final class RulesReader {
  static final Set<String> TOP_KEYS =
      Set.of("version", "rewrite", "ignore", "volatile", "unordered", "latency", "mock");
  static final Set<String> IGNORE_KEYS = Set.of("header", "path", "text", "endpoint", "reason");

  private RulesReader() {}

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read
   * @throws RulesException when it is no rules file; the message names the line
   */
  public static ReplayRules read(Path file) throws IOException, RulesException {
    if (Files.isDirectory(file)) {
      throw new RulesException(file + ": is a directory: name a rules file");
    }
    String yaml;
    try {
      yaml = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new RulesException(file + ": no YAML: not encoded as UTF-8", e);
    }
    Path folder = file.resolveSibling("");
    return parse(file.toString(), yaml, new RewriteReader(folder, System::getenv));
  }

  /**
   * Returns the text of a file, in which the files that its rules name are named absolutely, so
   * that a copy means the same wherever it lies.
   *
   * @throws IOException when it cannot be read
   * @throws RulesException when it is no rules file; the message names the line
   */
  public static String withAbsoluteFiles(Path file) throws IOException, RulesException {
    String yaml = Files.readString(file);
    RulesDocument.Entries top = RulesDocument.parse(file.toString(), yaml, TOP_KEYS);
    NavigableMap<RulesDocument.Place, String> changes =
        new TreeMap<>(Comparator.comparingInt(RulesDocument.Place::from).reversed());
    if (top != null) {
      for (RulesDocument.Entries rule : top.list("rewrite", "a rewrite rule", RewriteReader.KEYS)) {
        RulesDocument.Place place = rule.place("file");
        if (place != null) {
          Path named = file.resolveSibling(String.valueOf(rule.text("file")));
          changes.put(place, quoted(named.toAbsolutePath().normalize().toString()));
        }
      }
    }
    StringBuilder changed = new StringBuilder(yaml);
    changes.forEach(
        (place, name) ->
            changed.replace(
                yaml.offsetByCodePoints(0, place.from()),
                yaml.offsetByCodePoints(0, place.to()),
                name));
    return changed.toString();
  }

  /** YAML 1.2, section 7.3.1. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * Reads several files as one: rules of the first count before those of the next.
   *
   * @throws IOException when one cannot be read
   * @throws RulesException when one is no rules file; the message names it and the line
   */
  public static ReplayRules readAll(List<Path> files) throws IOException, RulesException {
    ReplayRules all = ReplayRules.NONE;
    for (Path file : files) {
      all = all.and(read(file));
    }
    return all;
  }

  /**
   * Reads a text, as a file of the working directory.
   *
   * @param name of the file, for messages
   * @throws RulesException when it is no rules file; the message names the line
   */
  public static ReplayRules parse(String name, String yaml) throws RulesException {
    return parse(name, yaml, new RewriteReader(Path.of(""), System::getenv));
  }

  static ReplayRules parse(String name, String yaml, RewriteReader rewrites) throws RulesException {
    RulesDocument.Entries top = RulesDocument.parse(name, yaml, TOP_KEYS);
    if (top == null) {
      return ReplayRules.NONE;
    }
    List<RewriteRule> rewrite = new ArrayList<>();
    for (RulesDocument.Entries rule : top.list("rewrite", "a rewrite rule", RewriteReader.KEYS)) {
      rewrite.add(rewrites.read(rule));
    }
    List<IgnoreRule> ignore = new ArrayList<>();
    for (RulesDocument.Entries rule : top.list("ignore", "an ignore rule", IGNORE_KEYS)) {
      ignore.add(ignoreRule(rule));
    }
    List<VolatileRule> volatiles = new ArrayList<>();
    for (RulesDocument.Entries rule :
        top.list("volatile", "a volatile rule", NoiseReader.VOLATILE_KEYS)) {
      volatiles.add(NoiseReader.volatileRule(rule));
    }
    List<UnorderedRule> unordered = new ArrayList<>();
    for (RulesDocument.Entries rule :
        top.list("unordered", "an unordered rule", NoiseReader.UNORDERED_KEYS)) {
      unordered.add(NoiseReader.unordered(rule));
    }
    List<LatencyRule> latency = new ArrayList<>();
    for (RulesDocument.Entries rule :
        top.list("latency", "a latency rule", NoiseReader.LATENCY_KEYS)) {
      latency.add(NoiseReader.latency(rule));
    }
    List<MockRule> mock = new ArrayList<>();
    for (RulesDocument.Entries rule : top.list("mock", "a mock rule", MockRuleReader.KEYS)) {
      mock.add(MockRuleReader.read(rule));
    }
    return new ReplayRules(rewrite, ignore, volatiles, unordered, latency, mock);
  }

  private static IgnoreRule ignoreRule(RulesDocument.Entries rule) throws RulesException {
    try {
      String where = rule.text("endpoint");
      EndpointPattern endpoint = where == null ? EndpointPattern.ANY : EndpointPattern.parse(where);
      String header = rule.text("header");
      String path = rule.text("path");
      String text = rule.text("text");
      if (header != null && path == null && text == null) {
        return IgnoreRule.header(RuleLine.of(rule), header, endpoint);
      }
      if (path != null && header == null && text == null) {
        return path.equals("body")
            ? IgnoreRule.body(RuleLine.of(rule), endpoint)
            : IgnoreRule.path(RuleLine.of(rule), JsonPathPattern.parse(path), endpoint);
      }
      if (text != null && header == null && path == null) {
        return IgnoreRule.text(RuleLine.of(rule), Pattern.compile(text), endpoint);
      }
    } catch (PatternSyntaxException e) {
      throw rule.error("text: " + e.getDescription(), e);
    } catch (IllegalArgumentException e) {
      throw rule.error(String.valueOf(e.getMessage()), e);
    }
    throw rule.error("an ignore rule has exactly one of header, path and text");
  }
}
