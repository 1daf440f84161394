// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Small random documents, and the same with one value changed. */
final class RandomJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private RandomJson() {}

  static JsonNode document(Random random) {
    ObjectNode root = NODES.objectNode();
    fill(root, random, 3);
    return root;
  }

  private static void fill(ObjectNode object, Random random, int depth) {
    int members = random.nextInt(4);
    for (int i = 0; i < members; i++) {
      object.set("m" + i, value(random, depth));
    }
  }

  private static JsonNode value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(random.nextInt(5));
      case 3 -> NODES.stringNode("s" + random.nextInt(5));
      case 4 -> NODES.stringNode("");
      case 5 -> {
        ObjectNode object = NODES.objectNode();
        fill(object, random, depth - 1);
        yield object;
      }
      default -> {
        ArrayNode array = NODES.arrayNode();
        int length = random.nextInt(4);
        for (int i = 0; i < length; i++) {
          array.add(value(random, depth - 1));
        }
        yield array;
      }
    };
  }

  /** Returns a copy with one scalar replaced by a text that occurs nowhere else. */
  static JsonNode mutated(JsonNode document, Random random) {
    JsonNode copy = document.deepCopy();
    List<Runnable> places = new ArrayList<>();
    collect(copy, places);
    if (!places.isEmpty()) {
      places.get(random.nextInt(places.size())).run();
    }
    return copy;
  }

  private static void collect(JsonNode node, List<Runnable> places) {
    JsonNode replacement = NODES.stringNode("changed");
    if (node instanceof ObjectNode object) {
      for (String name : List.copyOf(object.propertyNames())) {
        JsonNode value = object.get(name);
        if (value.isContainer()) {
          collect(value, places);
        } else {
          places.add(() -> object.set(name, replacement));
        }
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int index = i;
        if (array.get(i).isContainer()) {
          collect(array.get(i), places);
        } else {
          places.add(() -> array.set(index, replacement));
        }
      }
    }
  }
}
