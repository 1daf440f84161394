// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A rules file as YAML, whose errors name the line. Unknown keys are refused, because a misspelt
 * rule that nobody notices is worse than none.
 */
public final class RulesDocument {
  private static final String VERSION = "1";
  private static final String VERSION_KEY = "version";

  /** Rules files need four. */
  private static final int MAX_DEPTH = 32;

  private final String name;

  private RulesDocument(String name) {
    this.name = name;
  }

  /**
   * Reads a text.
   *
   * @param name of the file, for messages
   * @return its top mapping, of version 1; null when it is empty
   * @throws RulesException when it is no YAML, has other keys, or is of another version
   */
  public static @Nullable Entries parse(String name, String yaml, Set<String> keys)
      throws RulesException {
    RulesDocument document = new RulesDocument(name);
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(name).build();
      document.checkDepth(new Parse(settings).parseString(yaml));
      Optional<Node> root = new Compose(settings).composeString(yaml);
      return root.isEmpty() ? null : document.top(root.get(), keys);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new RulesException(name + ":" + line + ": no YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new RulesException(name + ": no YAML: " + e.getMessage(), e);
    }
  }

  /** Nodes are composed by recursion, so what is nested deeply must not come that far. */
  private void checkDepth(Iterable<Event> events) throws RulesException {
    int depth = 0;
    for (Event event : events) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {
          // Scalars, aliases and the like nest nothing.
        }
      }
      if (depth > MAX_DEPTH) {
        int line = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
        throw new RulesException(name + ":" + line + ": nested more than " + MAX_DEPTH + " deep");
      }
    }
  }

  private Entries top(Node root, Set<String> keys) throws RulesException {
    Entries top = entries(root, "a rules file", keys);
    String version = top.text(VERSION_KEY);
    if (version != null && !version.equals(VERSION)) {
      throw top.errorAt(VERSION_KEY, "version " + version + ": only 1 is known");
    }
    return top;
  }

  private Entries entries(Node node, String what, Set<String> known) throws RulesException {
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
    return new Entries(node, keys);
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
    return name + ":" + lineOf(node) + ": ";
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  /**
   * Where a value stands in the text.
   *
   * @param from its first code point, 0-based; a quotation mark is part of it
   * @param to behind its last one
   */
  public record Place(int from, int to) {}

  /** Keys with their values, and where they stand. */
  public final class Entries {
    private final Node node;
    private final Map<String, Node> keys;

    private Entries(Node node, Map<String, Node> keys) {
      this.node = node;
      this.keys = keys;
    }

    /** Returns the name of the file, as it was given. */
    public String file() {
      return name;
    }

    /** Returns the line where the mapping begins, from 1. */
    public int line() {
      return lineOf(node);
    }

    /** Returns whether the key is there. */
    public boolean has(String key) {
      return keys.containsKey(key);
    }

    /** Returns the text of a key; null when it is not there. */
    public @Nullable String text(String key) throws RulesException {
      Node value = keys.get(key);
      return value == null ? null : scalar(value, key);
    }

    /** Returns the text of a key, which may be empty; null when the key is not there. */
    public @Nullable String anyText(String key) throws RulesException {
      Node value = keys.get(key);
      return value instanceof ScalarNode scalar ? scalar.getValue() : text(key);
    }

    /** Returns where the value of a key stands; null when the key is not there. */
    public @Nullable Place place(String key) {
      Node value = keys.get(key);
      if (value == null) {
        return null;
      }
      int from = value.getStartMark().map(Mark::getIndex).orElse(0);
      return new Place(from, value.getEndMark().map(Mark::getIndex).orElse(from));
    }

    /** Returns the mappings in the list of a key, none when it is not there. */
    public List<Entries> list(String key, String what, Set<String> known) throws RulesException {
      Node value = keys.get(key);
      if (value == null) {
        return List.of();
      }
      if (!(value instanceof SequenceNode sequence)) {
        throw RulesDocument.this.error(value, key + ": expected a list");
      }
      List<Entries> list = new ArrayList<>();
      for (Node element : sequence.getValue()) {
        list.add(entries(element, what, known));
      }
      return list;
    }

    /** Returns an exception that names the mapping's line. */
    public RulesException error(String problem) {
      return RulesDocument.this.error(node, problem);
    }

    /** Returns an exception that names the mapping's line and what showed the problem. */
    public RulesException error(String problem, Throwable cause) {
      return new RulesException(at(node) + problem, cause);
    }

    /** Returns an exception that names the line of a key's value. */
    public RulesException errorAt(String key, String problem) {
      return RulesDocument.this.error(keys.getOrDefault(key, node), problem);
    }
  }
}
