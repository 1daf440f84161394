// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import java.util.Objects;

/**
 * A parameter of a path template.
 *
 * @param name unique within its template
 * @param kind what its values look like
 * @param segment 0-based place of its segment in the path, between slashes; several parameters may
 *     share one, such as those of {@code {id}-{id2}.json}
 */
public record PathParameter(String name, ParameterKind kind, int segment) {
  public PathParameter {
    Objects.requireNonNull(kind, "kind");
    if (name.isEmpty() || segment < 0) {
      throw new IllegalArgumentException("name=" + name + " segment=" + segment);
    }
  }
}
