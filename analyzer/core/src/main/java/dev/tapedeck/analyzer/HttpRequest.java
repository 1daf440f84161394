// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request. */
public final class HttpRequest extends HttpMessage {
  private final String method;
  private final @Nullable String authority;

  /** Where the target lies in the head, when it was not given. */
  private final int targetFrom;

  private final int targetTo;

  /**
   * Makes a request of its parts.
   *
   * @param method as sent
   * @param target as sent
   * @param version such as {@code HTTP/1.1}; {@code HTTP/0.9} when the line has none
   * @param authority from the target or the Host field; null when neither names one
   */
  public HttpRequest(
      String method,
      String target,
      String version,
      @Nullable String authority,
      Bytes head,
      HeaderFields headers,
      HeaderFields trailers,
      Body body,
      MessageSpan span,
      Completeness completeness,
      List<Anomaly> anomalies) {
    super(
        version,
        new MessageBuilder()
            .head(head)
            .headers(headers)
            .trailers(trailers)
            .target(target)
            .body(body)
            .span(span.from(), span.to(), span.firstEpochNanos(), span.lastEpochNanos())
            .completeness(completeness)
            .anomalies(anomalies));
    this.method = method;
    this.authority = authority;
    this.targetFrom = 0;
    this.targetTo = 0;
  }

  private HttpRequest(HttpRequest other, Body body) {
    super(
        other.version(),
        new MessageBuilder()
            .head(other.head())
            .headers(other.headers())
            .trailers(other.trailers())
            .target(other.target())
            .blankLines(other.blankLines())
            .body(body)
            .span(
                other.span().from(),
                other.span().to(),
                other.firstEpochNanos(),
                other.lastEpochNanos())
            .completeness(other.completeness())
            .anomalies(other.anomalies()));
    this.method = other.method;
    this.authority = other.authority;
    this.targetFrom = 0;
    this.targetTo = 0;
  }

  HttpRequest(
      String method,
      int targetFrom,
      int targetTo,
      String version,
      @Nullable String authority,
      MessageBuilder parts) {
    super(version, parts);
    this.method = method;
    this.authority = authority;
    this.targetFrom = targetFrom;
    this.targetTo = targetTo;
  }

  private HttpRequest(HttpRequest other) {
    super(other);
    method = other.method;
    authority = other.authority;
    targetFrom = other.targetFrom;
    targetTo = other.targetTo;
  }

  /** Returns the method as sent. */
  public String method() {
    return method;
  }

  /** Returns the target as sent. */
  public String target() {
    return targetText(targetFrom, targetTo);
  }

  /** Returns the authority from the target or the Host field; null when neither names one. */
  public @Nullable String authority() {
    return authority;
  }

  /** Returns the same request with another body. */
  public HttpRequest with(Body body) {
    return new HttpRequest(this, body);
  }

  /** Returns the same message in storage of its own, which keeps no block of the capture. */
  public HttpRequest detached() {
    return new HttpRequest(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HttpRequest that
        && method.equals(that.method)
        && target().equals(that.target())
        && Objects.equals(authority, that.authority)
        && hasPartsOf(that);
  }

  /** Returns the method and the length; never the content. */
  @Override
  public String toString() {
    return "HttpRequest[" + method + ", " + keptBytes() + " bytes]";
  }
}
