// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects observed requests and infers path templates from them.
 *
 * <p>What a segment's text shows to be a value (numbers, UUIDs, digests, dates) is a parameter at
 * once; names become one where many different ones stand in the same place.
 *
 * <p><b>Deterministic:</b> what is learned depends on the set of requests, not on their order.
 *
 * <p><b>Limits:</b> holds distinct paths, in which values are already left out, of up to {@value
 * #DEFAULT_MAX_CHARS} characters. Of more than that, those whose hash ends with enough zero bits
 * are kept (adaptive sampling after Wegman), which is the same set in whatever order they come.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class EndpointLearner {
  public static final long DEFAULT_MAX_CHARS = 4L << 20;

  private static final int MAX_LEVEL = 62;

  private final long maxChars;
  private final Map<ObservedPath, Count> sample = new HashMap<>();
  private long chars;
  private int level;

  /** Makes a learner with the default limit. */
  public EndpointLearner() {
    this(DEFAULT_MAX_CHARS);
  }

  EndpointLearner(long maxChars) {
    this.maxChars = maxChars;
  }

  /** Notes the request of an exchange, when it was captured. */
  public void add(Exchange exchange) {
    HttpRequest request = exchange.request();
    if (request != null) {
      add(request.method(), request.authority(), request.target());
    }
  }

  /**
   * Notes a request.
   *
   * @param authority host and port; null when the request named none, or when they do not matter
   * @param target as sent
   */
  public void add(String method, @Nullable String authority, String target) {
    ObservedPath path = ObservedPath.of(method, authority, RequestPath.of(target));
    Count known = sample.get(path);
    if (known != null) {
      known.requests++;
    } else if (isSampled(path)) {
      sample.put(path, new Count());
      chars += path.chars();
      while (chars > maxChars && level < MAX_LEVEL) {
        level++;
        leaveOut();
      }
    }
  }

  private boolean isSampled(ObservedPath path) {
    return Long.numberOfTrailingZeros(path.hash()) >= level;
  }

  private void leaveOut() {
    for (Iterator<ObservedPath> paths = sample.keySet().iterator(); paths.hasNext(); ) {
      ObservedPath path = paths.next();
      if (!isSampled(path)) {
        chars -= path.chars();
        paths.remove();
      }
    }
  }

  /** Returns the templates of all that was noted so far. */
  public Endpoints learned() {
    Map<String, Map<String, RawNode>> hosts = new HashMap<>();
    sample.forEach(
        (path, count) ->
            hosts
                .computeIfAbsent(path.host(), host -> new HashMap<>())
                .computeIfAbsent(path.method(), method -> new RawNode())
                .add(path, count.requests));
    Map<String, Map<String, TemplateNode>> learned = new HashMap<>();
    TemplateInference inference = new TemplateInference();
    hosts.forEach((host, methods) -> learned.put(host, inference.infer(methods)));
    return new Endpoints(learned);
  }

  private static final class Count {
    private long requests = 1;
  }
}
