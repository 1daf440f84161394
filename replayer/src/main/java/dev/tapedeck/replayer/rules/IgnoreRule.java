// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.Glob;
import dev.tapedeck.analyzer.rules.JsonPathPattern;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One declaration of what may differ. Exactly one of header, path, body and text is what it is
 * about.
 *
 * <p><b>Threads:</b> any; uses are counted.
 */
public final class IgnoreRule implements CountedRule {
  private final RuleLine at;
  private final String description;
  private final EndpointPattern endpoint;
  private final @Nullable Pattern header;
  private final @Nullable JsonPathPattern path;
  private final @Nullable Pattern text;
  private final LongAdder uses = new LongAdder();

  private IgnoreRule(
      RuleLine at,
      String description,
      EndpointPattern endpoint,
      @Nullable Pattern header,
      @Nullable JsonPathPattern path,
      @Nullable Pattern text) {
    this.at = at;
    this.description = description;
    this.endpoint = endpoint;
    this.header = header;
    this.path = path;
    this.text = text;
  }

  /** The rule for header fields whose name matches. */
  static IgnoreRule header(RuleLine at, String name, EndpointPattern endpoint) {
    return new IgnoreRule(
        at, describe("header " + name, endpoint), endpoint, Glob.name(name), null, null);
  }

  /** The rule for values of JSON bodies. */
  static IgnoreRule path(RuleLine at, JsonPathPattern path, EndpointPattern endpoint) {
    return new IgnoreRule(
        at, describe("path " + path.text(), endpoint), endpoint, null, path, null);
  }

  /** The rule for parts of text bodies. */
  static IgnoreRule text(RuleLine at, Pattern text, EndpointPattern endpoint) {
    return new IgnoreRule(
        at, describe("text " + text.pattern(), endpoint), endpoint, null, null, text);
  }

  /** The rule for whole bodies. */
  static IgnoreRule body(RuleLine at, EndpointPattern endpoint) {
    return new IgnoreRule(at, describe("body", endpoint), endpoint, null, null, null);
  }

  private static String describe(String subject, EndpointPattern endpoint) {
    return endpoint.text().isEmpty() ? subject : subject + " of " + endpoint.text();
  }

  @Override
  public RuleLine at() {
    return at;
  }

  @Override
  public String description() {
    return description;
  }

  /** Returns whether the rule is for answers to that request. */
  public boolean isFor(String method, String target) {
    return endpoint.matches(method, target);
  }

  /** Returns what matches the lower-case names of its fields; null when it is not about fields. */
  public @Nullable Pattern header() {
    return header;
  }

  /** Returns the values of JSON bodies it is about; null when it is not about those. */
  public @Nullable JsonPathPattern path() {
    return path;
  }

  /** Returns the parts of text bodies it is about; null when it is not about those. */
  public @Nullable Pattern text() {
    return text;
  }

  /** Returns whether it is about whole bodies. */
  public boolean wholeBody() {
    return header == null && path == null && text == null;
  }

  /** Counts that it applied to something. */
  public void used() {
    uses.increment();
  }

  @Override
  public long uses() {
    return uses.sum();
  }
}
