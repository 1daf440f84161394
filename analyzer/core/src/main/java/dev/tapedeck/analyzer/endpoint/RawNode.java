// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** What was observed behind one beginning of a path. */
final class RawNode {
  private final Map<String, RawNode> names = new HashMap<>();
  private final EnumMap<ParameterKind, RawNode> values = new EnumMap<>(ParameterKind.class);
  private long requests;

  void add(ObservedPath path, long count) {
    RawNode node = this;
    node.requests += count;
    for (Object step : path.steps()) {
      node =
          step instanceof ParameterKind kind
              ? node.values.computeIfAbsent(kind, k -> new RawNode())
              : node.names.computeIfAbsent((String) step, name -> new RawNode());
      node.requests += count;
    }
  }

  /** Adds all that was observed behind another beginning. */
  void addAll(RawNode other) {
    requests += other.requests;
    other.names.forEach(
        (name, node) -> names.computeIfAbsent(name, n -> new RawNode()).addAll(node));
    other.values.forEach(
        (kind, node) -> values.computeIfAbsent(kind, k -> new RawNode()).addAll(node));
  }

  Map<String, RawNode> names() {
    return names;
  }

  Map<ParameterKind, RawNode> values() {
    return values;
  }

  long requests() {
    return requests;
  }
}
