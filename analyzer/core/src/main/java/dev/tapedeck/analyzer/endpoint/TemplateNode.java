// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What may stand behind one beginning of a template. */
final class TemplateNode {
  private final Map<String, TemplateNode> names = new HashMap<>();
  private final Map<SegmentPattern, TemplateNode> patterns = new HashMap<>();
  private @Nullable TemplateNode any;
  private @Nullable ParameterKind anyKind;
  private boolean takesNames;

  Map<String, TemplateNode> names() {
    return names;
  }

  Map<SegmentPattern, TemplateNode> patterns() {
    return patterns;
  }

  /** Notes what stands behind a parameter, whether or not names count as its values. */
  void any(TemplateNode behind, ParameterKind kind, boolean alsoNames) {
    any = behind;
    anyKind = kind;
    takesNames = alsoNames;
  }

  /** Returns what stands behind a parameter; null when none was observed here. */
  @Nullable TemplateNode any() {
    return any;
  }

  /** Returns the kind of a parameter here; null when none was observed. */
  @Nullable ParameterKind anyKind() {
    return anyKind;
  }

  /** Returns whether a name that is not known is a value of the parameter. */
  boolean takesNames() {
    return takesNames;
  }
}
