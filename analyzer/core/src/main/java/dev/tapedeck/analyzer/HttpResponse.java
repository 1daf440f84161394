// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer, final or interim. */
public final class HttpResponse extends HttpMessage {
  private final int status;
  private final String reason;

  /**
   * Makes an answer of its parts.
   *
   * @param status as sent, 0 when it cannot be read
   * @param reason as sent, often empty
   */
  public HttpResponse(
      int status,
      String reason,
      String version,
      Bytes head,
      HeaderFields headers,
      HeaderFields trailers,
      Body body,
      MessageSpan span,
      Completeness completeness,
      List<Anomaly> anomalies) {
    this(
        status,
        reason,
        version,
        new MessageBuilder()
            .head(head)
            .headers(headers)
            .trailers(trailers)
            .body(body)
            .span(span.from(), span.to(), span.firstEpochNanos(), span.lastEpochNanos())
            .completeness(completeness)
            .anomalies(anomalies));
  }

  HttpResponse(int status, String reason, String version, MessageBuilder parts) {
    super(version, parts);
    this.status = status;
    this.reason = reason;
  }

  private HttpResponse(HttpResponse other) {
    super(other);
    status = other.status;
    reason = other.reason;
  }

  /** Returns the status as sent, 0 when it cannot be read. */
  public int status() {
    return status;
  }

  /** Returns the reason as sent, often empty. */
  public String reason() {
    return reason;
  }

  /** Returns the same message in storage of its own, which keeps no block of the capture. */
  public HttpResponse detached() {
    return new HttpResponse(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HttpResponse that
        && status == that.status
        && reason.equals(that.reason)
        && hasPartsOf(that);
  }

  /** Returns the status and the length; never the content. */
  @Override
  public String toString() {
    return "HttpResponse[" + status + ", " + keptBytes() + " bytes]";
  }
}
