// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request or an answer, as recorded.
 *
 * <p>Nearly all messages lie in the capture in one run, and nothing is odd about them: of such a
 * one the run is kept with a few offsets, and header fields and body are made when they are asked
 * for, once.
 *
 * <p><b>Ownership:</b> the byte runs are views of the capture's blocks; keeping a message keeps
 * them.
 *
 * <p><b>Threads:</b> immutable as far as can be seen: two threads may both make a part, and make
 * the same.
 */
public abstract sealed class HttpMessage permits HttpRequest, HttpResponse {
  private final String version;

  /** The head, with the body behind it where that was not given. */
  private final Bytes bytes;

  private final int headLength;

  /** Where the body after transfer decoding lies in the bytes; −1 when the body was given. */
  private final int wireFrom;

  private final int wireTo;
  private final Body.Framing framing;
  private final @Nullable Function<ByteRope, Body.Content> decoder;
  private final HeaderFields trailers;
  private final long from;
  private final long to;
  private final long firstEpochNanos;
  private final long lastEpochNanos;
  private final Completeness completeness;
  private final List<Anomaly> anomalies;
  private @Nullable HeaderFields headers;
  private @Nullable Body body;

  HttpMessage(String version, MessageBuilder parts) {
    this.version = version;
    bytes = parts.bytes;
    headLength = parts.headLength;
    headers = parts.headers;
    body = parts.body;
    framing = parts.framing;
    decoder = parts.decoder;
    wireFrom = parts.wireFrom;
    wireTo = parts.wireTo;
    trailers = parts.trailers;
    from = parts.from;
    to = parts.to;
    firstEpochNanos = parts.firstEpochNanos;
    lastEpochNanos = parts.lastEpochNanos;
    completeness = parts.completeness;
    anomalies = parts.anomalies.isEmpty() ? List.of() : List.copyOf(parts.anomalies);
  }

  /** Makes the same message in storage of its own. */
  HttpMessage(HttpMessage other) {
    version = other.version;
    bytes = other.bytes.detached();
    headLength = other.headLength;
    Body otherBody = other.body;
    body = otherBody == null ? null : otherBody.detached();
    framing = other.framing;
    decoder = other.decoder;
    wireFrom = other.wireFrom;
    wireTo = other.wireTo;
    trailers = other.trailers;
    from = other.from;
    to = other.to;
    firstEpochNanos = other.firstEpochNanos;
    lastEpochNanos = other.lastEpochNanos;
    completeness = other.completeness;
    anomalies = other.anomalies;
    HeaderFields otherHeaders = other.headers;
    headers = otherHeaders == null ? null : otherHeaders.detachedWith(other.head(), head());
  }

  /** Returns such as {@code HTTP/1.1}, as sent. */
  public final String version() {
    return version;
  }

  /** Returns the start line and header fields with the empty line that ends them, as recorded. */
  public final Bytes head() {
    return bytes.slice(0, headLength);
  }

  /** Returns text of the head. */
  final String headText(int textFrom, int textTo) {
    return textTo <= textFrom ? "" : bytes.toLatin1(textFrom, textTo);
  }

  /** Returns the header fields in order and case as sent; their spans point into the head. */
  public final HeaderFields headers() {
    HeaderFields known = headers;
    if (known == null) {
      known = HeaderFields.inHead(head());
      headers = known;
    }
    return known;
  }

  /** Returns the trailer fields, none when the message is not chunked. */
  public final HeaderFields trailers() {
    return trailers;
  }

  /** Returns the body. */
  public final Body body() {
    Body known = body;
    if (known == null) {
      known = bodyBehindHead();
      body = known;
    }
    return known;
  }

  private Body bodyBehindHead() {
    ByteRope framed = ByteRope.of(bytes.slice(headLength, bytes.length()));
    boolean decoded = wireFrom > headLength || wireTo < bytes.length();
    ByteRope wire = decoded ? ByteRope.of(bytes.slice(wireFrom, wireTo)) : framed;
    return decoder == null
        ? Body.plain(framing, framed, wire)
        : Body.coded(framing, framed, wire, decoder);
  }

  /** Returns where the message's bytes lie in its stream and when they moved. */
  public final MessageSpan span() {
    return new MessageSpan(from, to, firstEpochNanos, lastEpochNanos);
  }

  /** Returns when its first byte moved, Unix epoch. */
  public final long firstEpochNanos() {
    return firstEpochNanos;
  }

  /** Returns when its last byte moved, Unix epoch. */
  public final long lastEpochNanos() {
    return lastEpochNanos;
  }

  /** Returns how many bytes of its stream it keeps. */
  public final long keptBytes() {
    return bytes.length() + (wireFrom < 0 ? body().framed().length() : 0);
  }

  /** Returns how much of the message was captured. */
  public final Completeness completeness() {
    return completeness;
  }

  /** Returns what is odd about it. */
  public final List<Anomaly> anomalies() {
    return anomalies;
  }

  final boolean hasPartsOf(HttpMessage that) {
    return version.equals(that.version)
        && head().equals(that.head())
        && headers().equals(that.headers())
        && trailers.equals(that.trailers)
        && body().equals(that.body())
        && span().equals(that.span())
        && completeness == that.completeness
        && anomalies.equals(that.anomalies);
  }

  @Override
  public final int hashCode() {
    return Objects.hash(head(), from, to, firstEpochNanos, lastEpochNanos);
  }
}
