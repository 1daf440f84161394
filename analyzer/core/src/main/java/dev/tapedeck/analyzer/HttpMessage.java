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

  /** How far the body after transfer decoding lies from both ends of the framed one. */
  private final char frameBefore;

  private final char frameBehind;
  private final Body.Framing framing;
  private final @Nullable Function<ByteRope, Body.Content> decoder;
  private final long from;
  private final long firstEpochNanos;
  private final long lastEpochNanos;

  /** Null while there are none. */
  private @Nullable MessageDetails details;

  HttpMessage(String version, MessageBuilder parts) {
    this.version = version;
    bytes = parts.bytes;
    headLength = parts.headLength;
    framing = parts.framing;
    decoder = parts.decoder;
    frameBefore = (char) parts.frameBefore;
    frameBehind = (char) parts.frameBehind;
    from = parts.from;
    firstEpochNanos = parts.firstEpochNanos;
    lastEpochNanos = parts.lastEpochNanos;
    details = MessageDetails.of(parts);
  }

  /** Makes the same message in storage of its own. */
  HttpMessage(HttpMessage other) {
    version = other.version;
    bytes = other.bytes.detached();
    headLength = other.headLength;
    framing = other.framing;
    decoder = other.decoder;
    frameBefore = other.frameBefore;
    frameBehind = other.frameBehind;
    from = other.from;
    firstEpochNanos = other.firstEpochNanos;
    lastEpochNanos = other.lastEpochNanos;
    MessageDetails known = other.details;
    details = known == null ? null : known.detachedWith(other.head(), head());
  }

  private MessageDetails details() {
    MessageDetails known = details;
    if (known == null) {
      known = MessageDetails.plain(from + bytes.length());
      details = known;
    }
    return known;
  }

  /** Returns such as {@code HTTP/1.1}, as sent. */
  public final String version() {
    return version;
  }

  /** Returns the start line and header fields with the empty line that ends them, as recorded. */
  public final Bytes head() {
    return bytes.slice(0, headLength);
  }

  /**
   * Returns the empty lines that stand before it in its stream and are no part of it (RFC 9112,
   * section 2.2); none before most messages, and before answers.
   */
  public final Bytes blankLines() {
    MessageDetails known = details;
    return known == null ? Bytes.empty() : known.blankLines;
  }

  /** Returns the target: that given, else what lies there in the head. */
  final String targetText(int textFrom, int textTo) {
    MessageDetails all = details();
    String known = all.targetIfKnown();
    if (known == null) {
      known = textTo <= textFrom ? "" : bytes.toLatin1(textFrom, textTo);
      all.target(known);
    }
    return known;
  }

  /** Returns the header fields in order and case as sent; their spans point into the head. */
  public final HeaderFields headers() {
    MessageDetails all = details();
    HeaderFields known = all.headersIfKnown();
    if (known == null) {
      known = HeaderFields.inHead(head());
      all.headers(known);
    }
    return known;
  }

  /** Returns the trailer fields, none when the message is not chunked. */
  public final HeaderFields trailers() {
    MessageDetails known = details;
    return known == null ? HeaderFields.NONE : known.trailers;
  }

  /** Returns the body. */
  public final Body body() {
    if (framing == Body.Framing.NONE && details == null && headLength == bytes.length()) {
      return Body.NONE;
    }
    MessageDetails all = details();
    Body known = all.bodyIfKnown();
    if (known == null) {
      known = bodyBehindHead();
      all.body(known);
    }
    return known;
  }

  private Body bodyBehindHead() {
    ByteRope framed = ByteRope.of(bytes.slice(headLength, bytes.length()));
    boolean decoded = frameBefore > 0 || frameBehind > 0;
    ByteRope wire =
        decoded
            ? ByteRope.of(bytes.slice(headLength + frameBefore, bytes.length() - frameBehind))
            : framed;
    return decoder == null
        ? Body.plain(framing, framed, wire)
        : Body.coded(framing, framed, wire, decoder);
  }

  /** Returns where the message's bytes lie in its stream and when they moved. */
  public final MessageSpan span() {
    return new MessageSpan(from, to(), firstEpochNanos, lastEpochNanos);
  }

  private long to() {
    MessageDetails known = details;
    return known == null ? from + bytes.length() : known.to;
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
    MessageDetails known = details;
    Body given = known == null ? null : known.givenBody;
    return bytes.length() + (given == null ? 0 : given.framed().length());
  }

  /** Returns how much of the message was captured. */
  public final Completeness completeness() {
    MessageDetails known = details;
    return known == null ? Completeness.COMPLETE : known.completeness;
  }

  /** Returns what is odd about it. */
  public final List<Anomaly> anomalies() {
    MessageDetails known = details;
    return known == null ? List.of() : known.anomalies;
  }

  final boolean hasPartsOf(HttpMessage that) {
    return version.equals(that.version)
        && head().equals(that.head())
        && blankLines().equals(that.blankLines())
        && headers().equals(that.headers())
        && trailers().equals(that.trailers())
        && body().equals(that.body())
        && span().equals(that.span())
        && completeness() == that.completeness()
        && anomalies().equals(that.anomalies());
  }

  @Override
  public final int hashCode() {
    return Objects.hash(head(), from, to(), firstEpochNanos, lastEpochNanos);
  }
}
