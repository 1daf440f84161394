// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Compares JSON documents value by value.
 *
 * <p>The order of an object's members means nothing, the order of an array's elements does. Array
 * elements are aligned, so that one that is lost or new is reported as that and its neighbours are
 * not; the same elements in another order are one difference.
 */
final class JsonDiffer {
  private final Renaming renaming;
  private final Secrets secrets;
  private final List<Difference> found = new ArrayList<>();

  JsonDiffer(Renaming renaming, Secrets secrets) {
    this.renaming = renaming;
    this.secrets = secrets;
  }

  /** Returns the differences of two documents. Used once. */
  List<Difference> compare(JsonNode baseline, JsonNode actual) {
    compare(JsonPaths.ROOT, "", baseline, actual);
    return found;
  }

  private void compare(String path, String name, JsonNode baseline, JsonNode actual) {
    if (baseline.isObject() && actual.isObject()) {
      compareObjects(path, baseline, actual);
    } else if (baseline.isArray() && actual.isArray()) {
      compareArrays(path, name, baseline, actual);
    } else if (!typeOf(baseline).equals(typeOf(actual))) {
      add(path, name, Change.TYPE, baseline, actual);
    } else if (!sameScalar(baseline, actual)) {
      boolean sameNumber =
          baseline.isNumber() && baseline.decimalValue().compareTo(actual.decimalValue()) == 0;
      add(path, name, sameNumber ? Change.TYPE : Change.VALUE, baseline, actual);
    }
  }

  private boolean sameScalar(JsonNode baseline, JsonNode actual) {
    if (baseline.isString()) {
      return renaming.same(baseline.stringValue(), actual.stringValue());
    }
    if (baseline.isNumber()) {
      // 1 and 1.0 are one number, but not to clients whose field is an integer.
      return baseline.isIntegralNumber() == actual.isIntegralNumber()
          && (baseline.decimalValue().compareTo(actual.decimalValue()) == 0
              || renaming.same(baseline.asString(), actual.asString()));
    }
    return baseline.equals(actual);
  }

  private void compareObjects(String path, JsonNode baseline, JsonNode actual) {
    for (Map.Entry<String, JsonNode> member : baseline.properties()) {
      String name = member.getKey();
      String memberPath = JsonPaths.member(path, name);
      JsonNode now = actual.get(name);
      if (now == null) {
        add(memberPath, name, Change.MISSING, member.getValue(), null);
      } else {
        compare(memberPath, name, member.getValue(), now);
      }
    }
    for (Map.Entry<String, JsonNode> member : actual.properties()) {
      String name = member.getKey();
      if (baseline.get(name) == null) {
        add(JsonPaths.member(path, name), name, Change.ADDED, null, member.getValue());
      }
    }
  }

  private void compareArrays(String path, String name, JsonNode baseline, JsonNode actual) {
    Map<JsonNode, Integer> numbers = new HashMap<>();
    int[] before = numbered(baseline, numbers);
    int[] now = numbered(actual, numbers);
    if (ArrayAlignment.isReordered(before, now)) {
      add(path, name, Change.ORDER, baseline, actual);
      return;
    }
    ArrayAlignment.align(
        before,
        now,
        new ArrayAlignment.Visitor() {
          @Override
          public void paired(int from, int to) {
            compare(JsonPaths.element(path, from), name, baseline.get(from), actual.get(to));
          }

          @Override
          public void missing(int from) {
            String element = JsonPaths.element(path, from);
            add(element, name, Change.MISSING, baseline.get(from), null);
          }

          @Override
          public void added(int to) {
            String element = JsonPaths.element(path, to);
            add(element, name, Change.ADDED, null, actual.get(to));
          }
        });
  }

  /** Gives equal elements equal numbers. */
  private static int[] numbered(JsonNode array, Map<JsonNode, Integer> numbers) {
    int[] result = new int[array.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = numbers.computeIfAbsent(array.get(i), unused -> numbers.size());
    }
    return result;
  }

  private void add(
      String path,
      String name,
      Change change,
      @Nullable JsonNode baseline,
      @Nullable JsonNode actual) {
    found.add(
        new Difference(
            path, DifferenceKind.JSON, change, text(name, baseline), text(name, actual)));
  }

  private @Nullable String text(String name, @Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    return Clip.text(secrets.json(name, node).toString());
  }

  private static String typeOf(JsonNode node) {
    return node.getNodeType().name();
  }
}
