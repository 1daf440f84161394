// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.replayer.rules.VolatileRule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.JsonNodeType;
import tools.jackson.databind.node.POJONode;

/**
 * Stands in a document for a volatile value that is what it should be. Two are equal when the same
 * rule settled them and what may not change is the same.
 */
final class Settled {
  private final VolatileRule rule;
  private final String steady;
  private final JsonNode value;

  private Settled(VolatileRule rule, String steady, JsonNode value) {
    this.rule = rule;
    this.steady = steady;
    this.value = value;
  }

  static JsonNode node(VolatileRule rule, String steady, JsonNode value) {
    return JsonNodeFactory.instance.pojoNode(new Settled(rule, steady, value));
  }

  /** Returns what a node of a document stands for; null when it stands for itself. */
  static @Nullable Settled of(JsonNode node) {
    return node instanceof POJONode pojo && pojo.getPojo() instanceof Settled settled
        ? settled
        : null;
  }

  /** Returns the value that came. */
  JsonNode value() {
    return value;
  }

  /** Null and a value are the same where a rule says so. */
  private @Nullable JsonNodeType type() {
    return rule.nullable() ? null : value.getNodeType();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Settled settled
        && settled.rule.equals(rule)
        && settled.type() == type()
        && (settled.steady.equals(steady) || value.isNull() || settled.value.isNull());
  }

  @Override
  public int hashCode() {
    return Objects.hash(rule, type());
  }

  /** Returns the value, as its document would be written. */
  @Override
  public String toString() {
    return value.toString();
  }
}
