// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads rules files: YAML as {@code docs/rules.schema.json} describes it. Unknown keys are refused,
 * because a misspelt rule that nobody notices is worse than none.
 */
public final class RulesReader {
  static final Set<String> TOP_KEYS = Set.of("version", "ignore");
  static final Set<String> IGNORE_KEYS = Set.of("header", "path", "text", "endpoint", "reason");
  private static final String VERSION = "1";

  private final String name;

  private RulesReader(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read
   * @throws RulesException when it is no rules file; the message names the line
   */
  public static ReplayRules read(Path file) throws IOException, RulesException {
    String yaml;
    try {
      yaml = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new RulesException(file + ": no YAML: not encoded as UTF-8", e);
    }
    return parse(file.toString(), yaml);
  }

  /**
   * Reads a text.
   *
   * @param name of the file, for messages
   * @throws RulesException when it is no rules file; the message names the line
   */
  public static ReplayRules parse(String name, String yaml) throws RulesException {
    RulesReader reader = new RulesReader(name);
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(name).build();
      Optional<Node> root = new Compose(settings).composeString(yaml);
      return root.isEmpty() ? ReplayRules.NONE : reader.rules(root.get());
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new RulesException(name + ":" + line + ": no YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new RulesException(name + ": no YAML: " + e.getMessage(), e);
    }
  }

  private ReplayRules rules(Node root) throws RulesException {
    Map<String, Node> top = mapping(root, "a rules file", TOP_KEYS);
    Node version = top.get("version");
    if (version != null && !scalar(version, "version").equals(VERSION)) {
      throw error(version, "version " + scalar(version, "version") + ": only 1 is known");
    }
    List<IgnoreRule> ignore = new ArrayList<>();
    Node list = top.get("ignore");
    if (list instanceof SequenceNode sequence) {
      for (Node rule : sequence.getValue()) {
        ignore.add(ignoreRule(rule));
      }
    } else if (list != null) {
      throw error(list, "ignore: expected a list");
    }
    return new ReplayRules(ignore);
  }

  private IgnoreRule ignoreRule(Node node) throws RulesException {
    Map<String, Node> keys = mapping(node, "an ignore rule", IGNORE_KEYS);
    int line = line(node);
    try {
      Node where = keys.get("endpoint");
      EndpointPattern endpoint =
          where == null ? EndpointPattern.ANY : EndpointPattern.parse(scalar(where, "endpoint"));
      Node header = keys.get("header");
      Node path = keys.get("path");
      Node text = keys.get("text");
      if (header != null && path == null && text == null) {
        return IgnoreRule.header(line, scalar(header, "header"), endpoint);
      }
      if (path != null && header == null && text == null) {
        String value = scalar(path, "path");
        return value.equals("body")
            ? IgnoreRule.body(line, endpoint)
            : IgnoreRule.path(line, JsonPathPattern.parse(value), endpoint);
      }
      if (text != null && header == null && path == null) {
        return IgnoreRule.text(line, Pattern.compile(scalar(text, "text")), endpoint);
      }
    } catch (PatternSyntaxException e) {
      throw new RulesException(at(node) + "text: " + e.getDescription(), e);
    } catch (IllegalArgumentException e) {
      throw new RulesException(at(node) + e.getMessage(), e);
    }
    throw error(node, "an ignore rule has exactly one of header, path and text");
  }

  private Map<String, Node> mapping(Node node, String what, Set<String> known)
      throws RulesException {
    if (!(node instanceof MappingNode mapping)) {
      throw error(node, "expected " + what + " with keys " + sorted(known));
    }
    Map<String, Node> keys = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = scalar(tuple.getKeyNode(), "a key");
      if (!known.contains(key)) {
        throw error(tuple.getKeyNode(), "unknown key '" + key + "'; known are " + sorted(known));
      }
      if (keys.put(key, tuple.getValueNode()) != null) {
        throw error(tuple.getKeyNode(), "key '" + key + "' is repeated");
      }
    }
    return keys;
  }

  private static String sorted(Set<String> keys) {
    return String.join(", ", keys.stream().sorted().toList());
  }

  private String scalar(Node node, String what) throws RulesException {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
      return scalar.getValue();
    }
    throw error(node, what + ": expected a text");
  }

  private RulesException error(Node node, String problem) {
    return new RulesException(at(node) + problem);
  }

  private String at(Node node) {
    return name + ":" + line(node) + ": ";
  }

  private static int line(@Nullable Node node) {
    Optional<Mark> mark = node == null ? Optional.empty() : node.getStartMark();
    return mark.map(found -> found.getLine() + 1).orElse(1);
  }
}
