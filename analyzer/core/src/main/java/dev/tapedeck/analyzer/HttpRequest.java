// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request.
 *
 * @param method as sent
 * @param target as sent
 * @param version such as {@code HTTP/1.1}; {@code HTTP/0.9} when the line has none
 * @param authority from the target or the Host field; null when neither names one
 */
public record HttpRequest(
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
    List<Anomaly> anomalies)
    implements HttpMessage {
  public HttpRequest {
    anomalies = List.copyOf(anomalies);
  }

  /** Returns the same message in storage of its own, which keeps no block of the capture. */
  public HttpRequest detached() {
    Bytes ownHead = head.detached();
    return new HttpRequest(
        method,
        target,
        version,
        authority,
        ownHead,
        headers.detachedWith(head, ownHead),
        trailers,
        body.detached(),
        span,
        completeness,
        anomalies);
  }
}
