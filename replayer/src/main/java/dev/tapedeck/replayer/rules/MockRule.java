// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One declaration of how requests for mocked answers are matched: what may differ from the recorded
 * request, or for {@link Subject#HEADER} what has to be the same.
 *
 * <p><b>Threads:</b> any; uses are counted.
 */
public final class MockRule implements CountedRule {
  private final RuleLine at;
  private final Subject subject;
  private final String text;
  private final EndpointPattern endpoint;
  private final @Nullable Pattern upstream;
  private final @Nullable Pattern pattern;
  private final @Nullable JsonPathPattern json;
  private final LongAdder uses = new LongAdder();

  /** What a rule is about. */
  public enum Subject {
    /** A parameter of the query. */
    QUERY,
    /** A field of a form. */
    FORM,
    /** Values of a JSON body. */
    JSON,
    /** Parts of a text body. */
    TEXT,
    /** Parts of the path. */
    PATH,
    /** The whole body. */
    BODY,
    /** A header field. */
    HEADER;

    /** Returns the key in rules files. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  MockRule(
      RuleLine at,
      Subject subject,
      String text,
      EndpointPattern endpoint,
      @Nullable Pattern upstream,
      @Nullable Pattern pattern,
      @Nullable JsonPathPattern json) {
    this.at = at;
    this.subject = subject;
    this.text = text;
    this.endpoint = endpoint;
    this.upstream = upstream;
    this.pattern = pattern;
    this.json = json;
  }

  @Override
  public RuleLine at() {
    return at;
  }

  @Override
  public String description() {
    String described = subject.key() + " " + text;
    return endpoint.text().isEmpty() ? described : described + " of " + endpoint.text();
  }

  /** Returns what the rule is about. */
  public Subject subject() {
    return subject;
  }

  /** Returns whether the rule is for such requests; the upstream is written {@code host:port}. */
  public boolean isFor(String upstreamName, String method, String target) {
    return endpoint.matches(method, target)
        && (upstream == null || upstream.matcher(upstreamName).matches());
  }

  /** Returns whether the rule is about the parameter or field of that name. */
  public boolean names(String name) {
    return pattern != null && pattern.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  /** Returns the name of a header field in lower case. */
  public String fieldName() {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Returns the text without what the rule finds in it. */
  public String strip(String whole) {
    return pattern == null ? whole : pattern.matcher(whole).replaceAll("");
  }

  /** Returns which values of a JSON body it is about; null when it is not about those. */
  public @Nullable JsonPathPattern json() {
    return json;
  }

  /**
   * Returns the rule that excuses the same in differences of bodies; null when it is of no body.
   */
  public @Nullable IgnoreRule asIgnoreRule() {
    if (json != null) {
      return IgnoreRule.path(at, json, EndpointPattern.ANY);
    }
    return subject == Subject.TEXT && pattern != null
        ? IgnoreRule.text(at, pattern, EndpointPattern.ANY)
        : null;
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
