// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.analyzer.rules.JsonPathPattern.Step;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes the values at a path out of a document: members are removed, elements become null so that
 * their neighbours keep their places.
 */
final class JsonPruner {
  private final List<Step> steps;
  private final List<JsonNode> taken = new ArrayList<>();

  private JsonPruner(List<Step> steps) {
    this.steps = steps;
  }

  /** Returns what was taken out, in document order. The root itself stays. */
  static List<JsonNode> prune(JsonNode root, JsonPathPattern path) {
    JsonPruner pruner = new JsonPruner(path.steps());
    if (!path.steps().isEmpty()) {
      pruner.descend(root, 0);
    }
    return pruner.taken;
  }

  private void descend(JsonNode node, int at) {
    Step step = steps.get(at);
    boolean last = at == steps.size() - 1;
    if (node instanceof ObjectNode object) {
      for (String name : List.copyOf(object.propertyNames())) {
        JsonNode value = object.get(name);
        if (step.any() || name.equals(step.member())) {
          if (last) {
            taken.add(value);
            object.remove(name);
            continue;
          }
          descend(value, at + 1);
        }
        if (step.deep()) {
          descend(value, at);
        }
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        JsonNode value = array.get(i);
        if (step.any() || i == step.index()) {
          if (last) {
            taken.add(value);
            array.set(i, NullNode.getInstance());
            continue;
          }
          descend(value, at + 1);
        }
        if (step.deep()) {
          descend(value, at);
        }
      }
    }
  }
}
