// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a request was addressed to, whatever the values in its path.
 *
 * @param method as sent
 * @param host of the authority in lower case, with its port where that is not the usual one; null
 *     when the request named none
 * @param template the path with its parameters in braces, without query
 * @param parameters in order; none when the path is always the same
 */
public record EndpointKey(
    String method, @Nullable String host, String template, List<PathParameter> parameters)
    implements Comparable<EndpointKey> {
  public EndpointKey {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(template, "template");
    parameters = List.copyOf(parameters);
  }

  /** Returns method and template, such as {@code GET /orders/{id}}. */
  public String label() {
    return method + " " + template;
  }

  /** Orders by template, method and host. */
  @Override
  public int compareTo(EndpointKey other) {
    int byTemplate = template.compareTo(other.template);
    int byMethod = byTemplate != 0 ? byTemplate : method.compareTo(other.method);
    return byMethod != 0 ? byMethod : orEmpty(host).compareTo(orEmpty(other.host));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The same method, host and template are one endpoint, whatever is known of the parameters. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EndpointKey that
        && method.equals(that.method)
        && Objects.equals(host, that.host)
        && template.equals(that.template);
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, host, template);
  }
}
