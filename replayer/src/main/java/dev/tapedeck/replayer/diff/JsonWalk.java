// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.analyzer.rules.JsonPathPattern.Step;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replaces the values at a path of a document. A member whose replacement is null is removed; an
 * element becomes a JSON null, so that its neighbours keep their places.
 */
public final class JsonWalk {
  private final List<Step> steps;
  private final Change change;

  private JsonWalk(List<Step> steps, Change change) {
    this.steps = steps;
    this.change = change;
  }

  /** Says what stands in a value's place: the value itself to leave it. */
  @FunctionalInterface
  public interface Change {
    /** Returns what stands there instead; null for nothing. */
    @Nullable JsonNode apply(JsonNode value);
  }

  /** Replaces in document order, and returns the root, which may be another one. */
  static JsonNode replace(JsonNode root, JsonPathPattern path, UnaryOperator<JsonNode> change) {
    if (path.steps().isEmpty()) {
      return change.apply(root);
    }
    new JsonWalk(path.steps(), change::apply).descend(root, 0);
    return root;
  }

  /** Replaces or removes in document order. The root itself stays. */
  public static void edit(JsonNode root, JsonPathPattern path, Change change) {
    if (!path.steps().isEmpty()) {
      new JsonWalk(path.steps(), change).descend(root, 0);
    }
  }

  @SuppressWarnings("ReferenceEquality") // The same object says that nothing is replaced.
  private void descend(JsonNode node, int at) {
    Step step = steps.get(at);
    boolean last = at == steps.size() - 1;
    if (node instanceof ObjectNode object) {
      for (String name : List.copyOf(object.propertyNames())) {
        JsonNode value = object.get(name);
        if (step.any() || name.equals(step.member())) {
          if (last) {
            JsonNode now = change.apply(value);
            if (now == null) {
              object.remove(name);
              continue;
            } else if (now != value) {
              object.set(name, now);
            }
          } else {
            descend(value, at + 1);
          }
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
            JsonNode now = change.apply(value);
            if (now != value) {
              array.set(i, now == null ? NullNode.getInstance() : now);
            }
            if (now == null) {
              continue;
            }
          } else {
            descend(value, at + 1);
          }
        }
        if (step.deep()) {
          descend(value, at);
        }
      }
    }
  }
}
