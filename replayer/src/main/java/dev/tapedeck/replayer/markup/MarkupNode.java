// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.markup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An element, or a text between elements.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class MarkupNode {
  /** The name of a text, as in XPath. */
  public static final String TEXT = "text()";

  private final String name;
  private final Map<String, MarkupText> attributes = new LinkedHashMap<>();
  private final List<MarkupNode> children = new ArrayList<>();
  private @Nullable MarkupText text;

  private MarkupNode(String name) {
    this.name = name;
  }

  static MarkupNode element(String name) {
    return new MarkupNode(name);
  }

  static MarkupNode text(String text) {
    MarkupNode node = new MarkupNode(TEXT);
    node.text = MarkupText.of(text);
    return node;
  }

  /** Returns the element's name as written, or {@link #TEXT}. */
  public String name() {
    return name;
  }

  /** Returns the attributes by name; may be changed. */
  public Map<String, MarkupText> attributes() {
    return attributes;
  }

  /** Returns what is in the element; may be changed. */
  public List<MarkupNode> children() {
    return children;
  }

  /** Returns the text; null for an element. */
  public @Nullable MarkupText text() {
    return text;
  }

  /** Gives a text another key. */
  public void text(MarkupText other) {
    text = other;
  }

  void attribute(String key, String value) {
    attributes.putIfAbsent(key, MarkupText.of(value));
  }

  /**
   * Returns the path of each child: with its place among those of its name, from 1, where there are
   * several.
   */
  public List<String> childPaths(String path) {
    Map<String, Integer> counts = new HashMap<>();
    children.forEach(child -> counts.merge(child.name, 1, Integer::sum));
    Map<String, Integer> seen = new HashMap<>();
    List<String> paths = new ArrayList<>();
    for (MarkupNode child : children) {
      int nth = seen.merge(child.name, 1, Integer::sum);
      boolean alone = Objects.equals(counts.get(child.name), 1);
      paths.add(path + "/" + child.name + (alone ? "" : "[" + nth + "]"));
    }
    return paths;
  }

  /** Returns the beginning of what the node is, for people. */
  public String shown() {
    if (text != null) {
      return text.shown();
    }
    StringBuilder shown = new StringBuilder();
    show(shown);
    return shown.toString();
  }

  private void show(StringBuilder shown) {
    if (text != null) {
      shown.append(text.shown());
      return;
    }
    shown.append('<').append(name);
    attributes.forEach(
        (key, value) ->
            shown.append(' ').append(key).append("=\"").append(value.shown()).append('"'));
    shown.append('>');
    for (MarkupNode child : children) {
      child.show(shown);
    }
    shown.append("</").append(name).append('>');
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MarkupNode node
        && node.name.equals(name)
        && Objects.equals(node.text, text)
        && node.attributes.equals(attributes)
        && node.children.equals(children);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, text, attributes, children);
  }
}
