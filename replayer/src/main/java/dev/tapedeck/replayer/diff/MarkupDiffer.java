// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.replayer.markup.MarkupNode;
import dev.tapedeck.replayer.markup.MarkupText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Compares the trees of XML or HTML documents element by element: attributes by name, what is in an
 * element in order.
 */
final class MarkupDiffer {
  private static final Set<String> NAMES = Set.of("name", "key", "id", "property");
  private static final Set<String> VALUES = Set.of("value", "content");

  private final DifferenceKind kind;
  private final Renaming renaming;
  private final Secrets secrets;
  private final List<Mismatch> found = new ArrayList<>();

  MarkupDiffer(DifferenceKind kind, Renaming renaming, Secrets secrets) {
    this.kind = kind;
    this.renaming = renaming;
    this.secrets = secrets;
  }

  /** Returns the differences of two documents. Used once. */
  List<Mismatch> compare(MarkupNode baseline, MarkupNode actual) {
    compareChildren("", baseline, actual);
    return found;
  }

  private void compare(String path, MarkupNode baseline, MarkupNode actual) {
    MarkupText was = baseline.text();
    MarkupText is = actual.text();
    if (was != null && is != null) {
      compareTexts(path, was, is, false);
      return;
    }
    compareAttributes(path, baseline.attributes(), actual.attributes());
    compareChildren(path, baseline, actual);
  }

  private void compareTexts(String path, MarkupText was, MarkupText is, boolean secret) {
    if (!same(was, is)) {
      Change change = was.settled() != is.settled() ? Change.FORMAT : Change.VALUE;
      add(path, change, was.shown(), is.shown(), secret);
    }
  }

  private boolean same(MarkupText was, MarkupText is) {
    return (was.equals(is) && (was.settled() || renaming.keepsAll()))
        || (!was.settled() && !is.settled() && renaming.same(was.shown(), is.shown()));
  }

  private void compareAttributes(
      String path, Map<String, MarkupText> before, Map<String, MarkupText> now) {
    Map<String, MarkupText> all = new LinkedHashMap<>(before);
    now.forEach(all::putIfAbsent);
    boolean named = all.entrySet().stream().anyMatch(this::namesSecret);
    for (String name : all.keySet()) {
      MarkupText was = before.get(name);
      MarkupText is = now.get(name);
      String own = path + "/@" + name;
      boolean secret = named && VALUES.contains(name);
      if (was == null) {
        add(own, Change.ADDED, null, is == null ? null : is.shown(), secret);
      } else if (is == null) {
        add(own, Change.MISSING, was.shown(), null, secret);
      } else {
        compareTexts(own, was, is, secret);
      }
    }
  }

  /** Form fields and properties are named by one attribute and hold their value in another. */
  private boolean namesSecret(Map.Entry<String, MarkupText> attribute) {
    return NAMES.contains(attribute.getKey()) && secrets.hides(attribute.getValue().shown());
  }

  private void compareChildren(String path, MarkupNode baseline, MarkupNode actual) {
    List<MarkupNode> before = baseline.children();
    List<MarkupNode> now = actual.children();
    List<String> paths = baseline.childPaths(path);
    List<String> pathsNow = actual.childPaths(path);
    Numbering numbers = Numbering.of(before, now, this::same);
    if (ArrayAlignment.isReordered(numbers.before(), numbers.now())) {
      add(path.isEmpty() ? "/" : path, Change.ORDER, baseline.shown(), actual.shown());
      return;
    }
    ArrayAlignment.align(
        numbers.before(),
        numbers.now(),
        new ArrayAlignment.Visitor() {
          @Override
          public void paired(int from, int to) {
            MarkupNode one = before.get(from);
            MarkupNode other = now.get(to);
            if (one.name().equals(other.name())) {
              compare(paths.get(from), one, other);
            } else {
              add(paths.get(from), Change.TYPE, one.shown(), other.shown());
            }
          }

          @Override
          public void missing(int from) {
            add(paths.get(from), Change.MISSING, before.get(from).shown(), null);
          }

          @Override
          public void added(int to) {
            add(pathsNow.get(to), Change.ADDED, null, now.get(to).shown());
          }
        });
  }

  /** Returns whether nothing of two nodes differs. */
  private boolean same(MarkupNode baseline, MarkupNode actual) {
    MarkupText was = baseline.text();
    MarkupText is = actual.text();
    if (was != null || is != null) {
      return was != null && is != null && same(was, is);
    }
    if (!baseline.name().equals(actual.name())
        || baseline.children().size() != actual.children().size()
        || !baseline.attributes().keySet().equals(actual.attributes().keySet())) {
      return false;
    }
    for (Map.Entry<String, MarkupText> attribute : baseline.attributes().entrySet()) {
      MarkupText now = actual.attributes().get(attribute.getKey());
      if (now == null || !same(attribute.getValue(), now)) {
        return false;
      }
    }
    for (int i = 0; i < baseline.children().size(); i++) {
      if (!same(baseline.children().get(i), actual.children().get(i))) {
        return false;
      }
    }
    return true;
  }

  private void add(String path, Change change, @Nullable String was, @Nullable String is) {
    add(path, change, was, is, false);
  }

  private void add(
      String path, Change change, @Nullable String was, @Nullable String is, boolean named) {
    boolean value = change == Change.VALUE || change == Change.FORMAT;
    boolean secret = named || isSecret(path);
    found.add(
        new Mismatch(
            Difference.shown(path, kind, change, shown(secret, was), shown(secret, is)),
            value && was != null ? node(was) : null,
            value && is != null ? node(is) : null));
  }

  private @Nullable String shown(boolean secret, @Nullable String text) {
    return secret && text != null ? secrets.mask(text) : secrets.text(text);
  }

  /** Returns whether an element or attribute on the way has a secret name. */
  private boolean isSecret(String path) {
    for (String step : path.split("/", -1)) {
      int index = step.indexOf('[');
      String name = step.substring(step.startsWith("@") ? 1 : 0, index < 0 ? step.length() : index);
      if (secrets.hides(name.substring(name.indexOf(':') + 1))) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode node(String text) {
    return StringNode.valueOf(text);
  }
}
