// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What few messages have, and what was made of one because somebody asked for it. Nearly all
 * messages have none, and are half as large for that.
 *
 * <p><b>Threads:</b> what was given is immutable; two threads may both make a part, and make the
 * same.
 */
final class MessageDetails {
  /** The position after the message's last byte. */
  final long to;

  final Completeness completeness;
  final HeaderFields trailers;
  final List<Anomaly> anomalies;
  final @Nullable HeaderFields givenHeaders;
  final @Nullable Body givenBody;
  final @Nullable String givenTarget;
  final Bytes blankLines;
  private @Nullable HeaderFields headers;
  private @Nullable Body body;
  private @Nullable String target;

  private MessageDetails(
      long to,
      Completeness completeness,
      HeaderFields trailers,
      List<Anomaly> anomalies,
      @Nullable HeaderFields givenHeaders,
      @Nullable Body givenBody,
      @Nullable String givenTarget,
      Bytes blankLines) {
    this.to = to;
    this.completeness = completeness;
    this.trailers = trailers;
    this.anomalies = anomalies;
    this.givenHeaders = givenHeaders;
    this.givenBody = givenBody;
    this.givenTarget = givenTarget;
    this.blankLines = blankLines;
  }

  /** Returns those of a message of which nothing but its bytes is known. */
  static MessageDetails plain(long to) {
    return new MessageDetails(
        to, Completeness.COMPLETE, HeaderFields.NONE, List.of(), null, null, null, Bytes.empty());
  }

  /** Returns what the bytes of a message do not tell; null when there is nothing of that kind. */
  @SuppressWarnings("ReferenceEquality") // The same object says that there is none.
  static @Nullable MessageDetails of(MessageBuilder parts) {
    Body body = parts.body;
    boolean noBody = body == Body.NONE && parts.headLength == parts.bytes.length();
    if ((body == null || noBody)
        && parts.headers == null
        && parts.target == null
        && parts.trailers == HeaderFields.NONE
        && parts.completeness == Completeness.COMPLETE
        && parts.anomalies.isEmpty()
        && parts.blankLines.isEmpty()
        && parts.to == parts.from + parts.bytes.length()) {
      return null;
    }
    return new MessageDetails(
        parts.to,
        parts.completeness,
        parts.trailers,
        parts.anomalies.isEmpty() ? List.of() : List.copyOf(parts.anomalies),
        parts.headers,
        body,
        parts.target,
        parts.blankLines);
  }

  /** Returns the same of a message in storage of its own. */
  MessageDetails detachedWith(Bytes head, Bytes ownHead) {
    MessageDetails detached =
        new MessageDetails(
            to,
            completeness,
            trailers,
            anomalies,
            givenHeaders == null ? null : givenHeaders.detachedWith(head, ownHead),
            givenBody == null ? null : givenBody.detached(),
            givenTarget,
            blankLines);
    HeaderFields knownHeaders = headers;
    Body knownBody = body;
    detached.headers = knownHeaders == null ? null : knownHeaders.detachedWith(head, ownHead);
    detached.body = knownBody == null ? null : knownBody.detached();
    detached.target = target;
    return detached;
  }

  @Nullable HeaderFields headersIfKnown() {
    return givenHeaders == null ? headers : givenHeaders;
  }

  void headers(HeaderFields made) {
    headers = made;
  }

  @Nullable Body bodyIfKnown() {
    return givenBody == null ? body : givenBody;
  }

  void body(Body made) {
    body = made;
  }

  @Nullable String targetIfKnown() {
    return givenTarget == null ? target : givenTarget;
  }

  void target(String made) {
    target = made;
  }
}
