// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.List;

/**
 * A request or an answer, as recorded.
 *
 * <p><b>Ownership:</b> the byte runs are views of the capture's blocks; keeping a message keeps
 * them.
 */
public sealed interface HttpMessage permits HttpRequest, HttpResponse {
  /** Returns such as {@code HTTP/1.1}, as sent. */
  String version();

  /** Returns the start line and header fields with the empty line that ends them, as recorded. */
  Bytes head();

  /** Returns the header fields in order and case as sent; their spans point into the head. */
  HeaderFields headers();

  /** Returns the trailer fields, none when the message is not chunked. */
  HeaderFields trailers();

  /** Returns the body. */
  Body body();

  /** Returns where the message's bytes lie in its stream and when they moved. */
  MessageSpan span();

  /** Returns how much of the message was captured. */
  Completeness completeness();

  /** Returns what is odd about it. */
  List<Anomaly> anomalies();
}
