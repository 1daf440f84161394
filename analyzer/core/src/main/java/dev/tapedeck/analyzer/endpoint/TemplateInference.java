// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which names are values of a parameter, by how many there are.
 *
 * <p>Methods of a host are looked at together: what is a value to one of them is to all, but one
 * method's many values make no value of a name that only another one has.
 */
final class TemplateInference {
  /** So many names are values wherever they stand, but at the level of resources. */
  private static final int MANY_NAMES = 20;

  /** So many are where nearly all are followed by the same name, as users by their orders. */
  private static final int MANY_ALIKE = 8;

  /** So many are where nearly all look like values. */
  private static final int MANY_ODD = 6;

  /** So many are at the level of resources, where names are rather those of tables or services. */
  private static final int MANY_RESOURCES = 50;

  /** So many segments that differ in a number only are one with a parameter. */
  private static final int MANY_OF_PATTERN = 3;

  /** The same for numbers right behind a letter, as in {@code step1}. */
  private static final int MANY_OF_TIGHT_PATTERN = 6;

  /** A resource that is asked for so often, and so much more than others, is no value. */
  private static final int OFTEN = 20;

  private static final int OFTEN_FACTOR = 10;
  private static final double NEARLY_ALL = 0.8;
  private static final Pattern VERSION = Pattern.compile("[vV]?\\d+([.]\\d+)*");

  /** Returns the templates of a host's methods. */
  Map<String, TemplateNode> infer(Map<String, RawNode> methods) {
    return infer(methods, true);
  }

  private Map<String, TemplateNode> infer(Map<String, RawNode> methods, boolean resources) {
    Set<SegmentPattern> patterns = new HashSet<>();
    methods.values().forEach(node -> addPatterns(node, patterns));
    Set<String> values = new HashSet<>();
    methods.values().forEach(node -> addValues(node, patterns, resources, values));

    Map<String, Grouped> grouped = new TreeMap<>();
    methods.forEach((method, node) -> grouped.put(method, new Grouped(node, patterns, values)));
    Map<String, TemplateNode> inferred = new HashMap<>();
    grouped.keySet().forEach(method -> inferred.put(method, new TemplateNode()));
    Set<String> names = new HashSet<>();
    grouped.values().forEach(group -> names.addAll(group.names.keySet()));
    for (String name : names) {
      behind(grouped, group -> group.names.get(name), resources && leadsToResources(name))
          .forEach((method, node) -> inferredOf(inferred, method).names().put(name, node));
    }
    for (SegmentPattern pattern : patterns) {
      behind(grouped, group -> group.patterns.get(pattern), false)
          .forEach((method, node) -> inferredOf(inferred, method).patterns().put(pattern, node));
    }
    Map<String, TemplateNode> behindAny = behind(grouped, group -> group.any, false);
    grouped.forEach(
        (method, group) -> {
          TemplateNode node = behindAny.get(method);
          ParameterKind kind = group.anyKind;
          if (node != null && kind != null) {
            inferredOf(inferred, method).any(node, kind, group.takesNames);
          }
        });
    return inferred;
  }

  private static TemplateNode inferredOf(Map<String, TemplateNode> inferred, String method) {
    return inferred.computeIfAbsent(method, m -> new TemplateNode());
  }

  private Map<String, TemplateNode> behind(
      Map<String, Grouped> grouped, Function<Grouped, @Nullable RawNode> step, boolean resources) {
    Map<String, RawNode> nodes = new HashMap<>();
    grouped.forEach(
        (method, group) -> {
          RawNode node = step.apply(group);
          if (node != null) {
            nodes.put(method, node);
          }
        });
    return nodes.isEmpty() ? Map.of() : infer(nodes, resources);
  }

  private static boolean leadsToResources(String name) {
    return SegmentShape.isBeforeVersion(name) || VERSION.matcher(name).matches();
  }

  private void addPatterns(RawNode node, Set<SegmentPattern> patterns) {
    Map<SegmentPattern, Integer> counts = new HashMap<>();
    for (String name : node.names().keySet()) {
      SegmentPattern pattern = SegmentPattern.of(name);
      if (pattern != null) {
        counts.merge(pattern, 1, Integer::sum);
      }
    }
    counts.forEach(
        (pattern, count) -> {
          if (count >= (pattern.isTight() ? MANY_OF_TIGHT_PATTERN : MANY_OF_PATTERN)) {
            patterns.add(pattern);
          }
        });
  }

  private void addValues(
      RawNode node, Set<SegmentPattern> patterns, boolean resources, Set<String> values) {
    Map<String, RawNode> names = new HashMap<>(node.names());
    names
        .keySet()
        .removeIf(name -> name.isEmpty() || SegmentPattern.isName(name) || isOneOf(name, patterns));
    if (resources) {
      names.keySet().removeIf(TemplateInference::leadsToResources);
      removeOften(names);
    }
    int count = names.size();
    boolean many =
        resources
            ? count >= MANY_RESOURCES
            : count >= MANY_NAMES
                || (count >= MANY_ALIKE && areFollowedAlike(names))
                || (count >= MANY_ODD && areOdd(names.keySet()));
    if (many) {
      values.addAll(names.keySet());
    }
  }

  private static boolean isOneOf(String name, Set<SegmentPattern> patterns) {
    if (patterns.isEmpty()) {
      return false;
    }
    SegmentPattern pattern = SegmentPattern.of(name);
    return pattern != null && patterns.contains(pattern);
  }

  private static void removeOften(Map<String, RawNode> names) {
    long[] sorted = names.values().stream().mapToLong(RawNode::requests).sorted().toArray();
    if (sorted.length > 0) {
      long bound = Math.max(OFTEN, OFTEN_FACTOR * sorted[sorted.length / 2]);
      names.values().removeIf(node -> node.requests() >= bound);
    }
  }

  private static boolean areFollowedAlike(Map<String, RawNode> names) {
    Map<String, Integer> counts = new HashMap<>();
    for (RawNode node : names.values()) {
      for (String next : node.names().keySet()) {
        if (!next.isEmpty()) {
          counts.merge(next, 1, Integer::sum);
        }
      }
    }
    return counts.values().stream().anyMatch(count -> count >= NEARLY_ALL * names.size());
  }

  private static boolean areOdd(Set<String> names) {
    return names.stream().filter(TemplateInference::isOdd).count() >= NEARLY_ALL * names.size();
  }

  /** Digits, several hyphens, spaces and letters beyond ASCII are rare in names of resources. */
  private static boolean isOdd(String name) {
    int separators = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (SegmentShape.isDigit(c) || c == ' ' || c == ',' || c == '@' || c > 0x7f) {
        return true;
      }
      separators += c == '-' || c == '_' || c == '+' ? 1 : 0;
    }
    return separators >= 2;
  }

  /** What stands behind each kind of step. */
  private static final class Grouped {
    private final Map<String, RawNode> names = new HashMap<>();
    private final Map<SegmentPattern, RawNode> patterns = new HashMap<>();
    private @Nullable RawNode any;
    private @Nullable ParameterKind anyKind;
    private boolean takesNames;

    Grouped(RawNode node, Set<SegmentPattern> known, Set<String> values) {
      node.values().forEach((kind, behind) -> addToAny(kind, behind));
      node.names()
          .forEach(
              (name, behind) -> {
                if (values.contains(name)) {
                  addToAny(ParameterKind.SLUG, behind);
                  takesNames = true;
                } else if (isOneOf(name, known)) {
                  SegmentPattern pattern = SegmentPattern.of(name);
                  if (pattern != null) {
                    patterns.computeIfAbsent(pattern, p -> new RawNode()).addAll(behind);
                  }
                } else {
                  names.put(name, behind);
                }
              });
    }

    private void addToAny(ParameterKind kind, RawNode behind) {
      RawNode sum = any == null ? new RawNode() : any;
      sum.addAll(behind);
      any = sum;
      anyKind = anyKind == null ? kind : anyKind.and(kind);
    }
  }
}
