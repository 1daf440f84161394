// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.List;

/**
 * An answer, final or interim.
 *
 * @param status as sent, 0 when it cannot be read
 * @param reason as sent, often empty
 */
public record HttpResponse(
    int status,
    String reason,
    String version,
    Bytes head,
    HeaderFields headers,
    HeaderFields trailers,
    Body body,
    MessageSpan span,
    Completeness completeness,
    List<Anomaly> anomalies)
    implements HttpMessage {
  public HttpResponse {
    anomalies = List.copyOf(anomalies);
  }

  /** Returns the same message in storage of its own, which keeps no block of the capture. */
  public HttpResponse detached() {
    Bytes ownHead = head.detached();
    return new HttpResponse(
        status,
        reason,
        version,
        ownHead,
        headers.detachedWith(head, ownHead),
        trailers,
        body.detached(),
        span,
        completeness,
        anomalies);
  }
}
