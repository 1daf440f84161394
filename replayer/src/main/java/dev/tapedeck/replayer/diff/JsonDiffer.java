// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.replayer.rules.UnorderedRule;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;

/**
 * Compares JSON documents value by value.
 *
 * <p>The order of an object's members means nothing, the order of an array's elements does, unless
 * a rule says otherwise. Array elements are aligned, so that one that is lost or new is reported as
 * that and its neighbours are not; the same elements in another order are one difference.
 */
final class JsonDiffer {
  private final DifferenceKind kind;
  private final Renaming renaming;
  private final Secrets secrets;
  private final IdentityHashMap<JsonNode, UnorderedRule> unordered;
  private final List<JsonNode> tokens;
  private final List<Mismatch> found = new ArrayList<>();

  /** Whether what is compared is part of a token, or stands below a secret name. */
  private boolean secret;

  JsonDiffer(Renaming renaming, Secrets secrets) {
    this(DifferenceKind.JSON, renaming, secrets, new IdentityHashMap<>(), List.of());
  }

  /**
   * Creates a differ.
   *
   * @param kind of the differences
   * @param unordered recorded arrays whose order means nothing, by identity
   * @param tokens recorded objects that stand for secrets, by identity
   */
  JsonDiffer(
      DifferenceKind kind,
      Renaming renaming,
      Secrets secrets,
      IdentityHashMap<JsonNode, UnorderedRule> unordered,
      List<JsonNode> tokens) {
    this.kind = kind;
    this.renaming = renaming;
    this.secrets = secrets;
    this.unordered = unordered;
    this.tokens = tokens;
  }

  /** Returns the differences of two documents. Used once. */
  List<Mismatch> compare(JsonNode baseline, JsonNode actual) {
    return compare(JsonPaths.ROOT, baseline, actual);
  }

  /** Returns the differences of two values, whose path is that. Used once. */
  List<Mismatch> compare(String path, JsonNode baseline, JsonNode actual) {
    compare(path, "", baseline, actual);
    return found;
  }

  private void compare(String path, String name, JsonNode baseline, JsonNode actual) {
    boolean outer = secret;
    secret |= isToken(baseline) || secrets.hides(name);
    if (Settled.of(baseline) != null || Settled.of(actual) != null) {
      if (!baseline.equals(actual)) {
        boolean sameType = typeOf(baseline) == typeOf(actual);
        add(path, name, sameType ? Change.FORMAT : Change.TYPE, baseline, actual);
      }
    } else if (baseline.isObject() && actual.isObject()) {
      compareObjects(path, baseline, actual);
    } else if (baseline.isArray() && actual.isArray()) {
      compareArrays(path, name, baseline, actual);
    } else if (typeOf(baseline) != typeOf(actual)) {
      add(path, name, Change.TYPE, baseline, actual);
    } else if (!sameScalar(baseline, actual)) {
      boolean sameNumber =
          baseline.isNumber() && baseline.decimalValue().compareTo(actual.decimalValue()) == 0;
      add(path, name, sameNumber ? Change.TYPE : Change.VALUE, baseline, actual);
    }
    secret = outer;
  }

  @SuppressWarnings("ReferenceEquality") // An equal object elsewhere is no token.
  private boolean isToken(JsonNode node) {
    return !tokens.isEmpty() && tokens.stream().anyMatch(token -> token == node);
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

  /** Returns whether nothing of two values differs. */
  private boolean same(JsonNode baseline, JsonNode actual) {
    if (baseline.isObject() && actual.isObject()) {
      return baseline.size() == actual.size()
          && baseline.properties().stream()
              .allMatch(
                  member -> {
                    JsonNode now = actual.get(member.getKey());
                    return now != null && same(member.getValue(), now);
                  });
    } else if (baseline.isArray() && actual.isArray()) {
      boolean same = baseline.size() == actual.size();
      for (int i = 0; same && i < baseline.size(); i++) {
        same = same(baseline.get(i), actual.get(i));
      }
      return same;
    }
    boolean settled = Settled.of(baseline) != null || Settled.of(actual) != null;
    return settled
        ? baseline.equals(actual)
        : typeOf(baseline) == typeOf(actual) && sameScalar(baseline, actual);
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
    List<JsonNode> before = baseline.valueStream().toList();
    List<JsonNode> now = actual.valueStream().toList();
    ArrayAlignment.Visitor visitor = visitor(path, name, before, now);
    UnorderedRule rule = unordered.get(baseline);
    if (rule != null) {
      new SetPairing(rule.key(), this::same).pair(before, now, visitor);
      return;
    }
    Numbering numbers = Numbering.of(before, now, this::same);
    if (ArrayAlignment.isReordered(numbers.before(), numbers.now())) {
      add(path, name, Change.ORDER, baseline, actual);
      return;
    }
    ArrayAlignment.align(numbers.before(), numbers.now(), visitor);
  }

  private ArrayAlignment.Visitor visitor(
      String path, String name, List<JsonNode> before, List<JsonNode> now) {
    return new ArrayAlignment.Visitor() {
      @Override
      public void paired(int from, int to) {
        compare(JsonPaths.element(path, from), name, before.get(from), now.get(to));
      }

      @Override
      public void missing(int from) {
        add(JsonPaths.element(path, from), name, Change.MISSING, before.get(from), null);
      }

      @Override
      public void added(int to) {
        add(JsonPaths.element(path, to), name, Change.ADDED, null, now.get(to));
      }
    };
  }

  private void add(
      String path,
      String name,
      Change change,
      @Nullable JsonNode baseline,
      @Nullable JsonNode actual) {
    JsonNode was = plain(baseline);
    JsonNode is = plain(actual);
    found.add(
        new Mismatch(
            Difference.shown(path, kind, change, text(name, was), text(name, is)), was, is));
  }

  private static @Nullable JsonNode plain(@Nullable JsonNode node) {
    Settled settled = node == null ? null : Settled.of(node);
    return settled == null ? node : settled.value();
  }

  private @Nullable String text(String name, @Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    return secret ? secrets.secretJson(node) : secrets.json(name, node);
  }

  private static JsonNodeType typeOf(JsonNode node) {
    Settled settled = Settled.of(node);
    return settled == null ? node.getNodeType() : settled.value().getNodeType();
  }
}
