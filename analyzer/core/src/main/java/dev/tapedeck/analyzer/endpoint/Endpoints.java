// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Path templates that were learned from requests; tells of any request which endpoint it is for.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class Endpoints {
  /** What is known before any request: values that show in a segment's own text. */
  public static final Endpoints NONE = new Endpoints(Map.of());

  private final Map<String, Map<String, TemplateNode>> hosts;

  Endpoints(Map<String, Map<String, TemplateNode>> hosts) {
    this.hosts = hosts;
  }

  /** Returns the endpoint of an exchange; null when its request was not captured. */
  public @Nullable EndpointKey of(Exchange exchange) {
    HttpRequest request = exchange.request();
    return request == null ? null : of(request.method(), request.authority(), request.target());
  }

  /**
   * Returns the endpoint of a request.
   *
   * @param authority host and port; null when the request named none, or when those that were
   *     learned from had none either
   * @param target as sent
   */
  public EndpointKey of(String method, @Nullable String authority, String target) {
    RequestPath path = RequestPath.of(target);
    String host = ObservedPath.host(authority);
    TemplateNode node = hosts.getOrDefault(host, Map.of()).get(method);
    TemplateWriter template = new TemplateWriter();
    for (int i = 0; i < path.segments().size(); i++) {
      if (path.rooted()) {
        template.slash();
      }
      String text = path.segments().get(i);
      node = step(node, text, path.kind(i), path.rooted(), template);
    }
    if (path.more()) {
      template.rest();
    }
    return new EndpointKey(
        method, authority == null ? null : host, template.text(), template.parameters());
  }

  private static @Nullable TemplateNode step(
      @Nullable TemplateNode node,
      String text,
      @Nullable ParameterKind kind,
      boolean rooted,
      TemplateWriter template) {
    if (kind != null) {
      ParameterKind learned = node == null ? null : node.anyKind();
      template.parameter(learned == null ? kind : learned.and(kind));
      return node == null ? null : node.any();
    }
    TemplateNode named = node == null ? null : node.names().get(text);
    if (node == null || named != null || text.isEmpty()) {
      template.name(text, rooted);
      return named;
    }
    SegmentPattern pattern = node.patterns().isEmpty() ? null : SegmentPattern.of(text);
    TemplateNode matching = pattern == null ? null : node.patterns().get(pattern);
    if (pattern != null && matching != null) {
      template.pattern(pattern);
      return matching;
    }
    ParameterKind any = node.anyKind();
    if (any != null && node.takesNames()) {
      template.parameter(any);
      return node.any();
    }
    template.name(text, rooted);
    return null;
  }

  /** Writes a template and names its parameters. */
  private static final class TemplateWriter {
    private final StringBuilder text = new StringBuilder();
    private final List<PathParameter> parameters = new ArrayList<>(2);
    private int segment = -1;

    void slash() {
      text.append('/');
      segment++;
    }

    void name(String name, boolean inPath) {
      RequestPath.appendName(text, name, inPath);
    }

    void parameter(ParameterKind kind) {
      String base = kind.parameterName();
      int sameName = 1;
      for (PathParameter parameter : parameters) {
        sameName += parameter.kind().parameterName().equals(base) ? 1 : 0;
      }
      String name = sameName == 1 ? base : base + sameName;
      parameters.add(new PathParameter(name, kind, Math.max(0, segment)));
      text.append('{').append(name).append('}');
    }

    void pattern(SegmentPattern pattern) {
      for (int i = 0; i < pattern.kinds().size(); i++) {
        name(pattern.parts().get(i), true);
        parameter(pattern.kinds().get(i));
      }
      name(pattern.parts().get(pattern.kinds().size()), true);
    }

    void rest() {
      text.append("/{rest}");
      parameters.add(new PathParameter("rest", ParameterKind.MIXED, segment + 1));
    }

    String text() {
      return text.toString();
    }

    List<PathParameter> parameters() {
      return parameters;
    }
  }
}
