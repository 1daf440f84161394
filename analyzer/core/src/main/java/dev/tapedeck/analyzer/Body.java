// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A message's body in its three forms.
 *
 * <p>{@code framed} is what moved after the head, with chunk sizes and trailers: head and framed
 * bytes together are the message as recorded. {@code wire} is the body after transfer decoding,
 * {@code content} after content decoding too.
 *
 * <p>Bytes that were lost are left out of all three; the message's completeness says so.
 *
 * <p>Content codings are undone when {@link #content} or {@link #anomalies} is asked for, once.
 *
 * <p><b>Threads:</b> immutable as far as can be seen.
 */
public final class Body {
  /** No body. */
  public static final Body NONE =
      new Body(Framing.NONE, ByteRope.EMPTY, ByteRope.EMPTY, ByteRope.EMPTY, List.of());

  private final Framing framing;
  private final ByteRope framed;
  private final ByteRope wire;
  private final @Nullable Function<ByteRope, Content> decoder;
  private @Nullable Content content;

  /**
   * Makes a body.
   *
   * @param framing what ends the body
   * @param framed bytes after the head as recorded
   * @param wire after transfer decoding
   * @param content after content decoding; the same object as {@code wire} when there is no coding
   * @param anomalies of decoding
   */
  @SuppressWarnings("ReferenceEquality") // The same object says that there is no coding.
  public Body(
      Framing framing, ByteRope framed, ByteRope wire, ByteRope content, List<Anomaly> anomalies) {
    this(
        framing,
        framed,
        wire,
        content == wire && anomalies.isEmpty() ? null : unused -> new Content(content, anomalies));
  }

  private Body(
      Framing framing,
      ByteRope framed,
      ByteRope wire,
      @Nullable Function<ByteRope, Content> decoder) {
    this.framing = framing;
    this.framed = framed;
    this.wire = wire;
    this.decoder = decoder;
  }

  /** Returns a body without codings: its content is the wire bytes. */
  public static Body plain(Framing framing, ByteRope framed, ByteRope wire) {
    return new Body(framing, framed, wire, null);
  }

  /**
   * Returns a body with codings.
   *
   * @param decoder undoes them from the wire bytes, the same on every call, on any thread
   */
  public static Body coded(
      Framing framing, ByteRope framed, ByteRope wire, Function<ByteRope, Content> decoder) {
    return new Body(framing, framed, wire, decoder);
  }

  /**
   * What content decoding gives.
   *
   * @param bytes the content
   * @param anomalies of decoding
   */
  public record Content(ByteRope bytes, List<Anomaly> anomalies) {
    public Content {
      anomalies = List.copyOf(anomalies);
    }
  }

  /** What ends a body (RFC 9112, section 6). */
  public enum Framing {
    NONE,
    CONTENT_LENGTH,
    CHUNKED,
    CLOSE,
    /** Frames, the last of which ends the stream (RFC 9113, section 8.1). */
    FRAMES
  }

  /** Returns what ends the body. */
  public Framing framing() {
    return framing;
  }

  /** Returns the bytes after the head as recorded. */
  public ByteRope framed() {
    return framed;
  }

  /** Returns the bytes after transfer decoding. */
  public ByteRope wire() {
    return wire;
  }

  /** Returns the bytes after content decoding; those of {@link #wire} when there is no coding. */
  public ByteRope content() {
    return decoder == null ? wire : decoded().bytes();
  }

  /** Returns whether {@link #content} has to be decoded from {@link #wire}. */
  public boolean isCoded() {
    return decoder != null;
  }

  /** Returns the same body in storage of its own. */
  @SuppressWarnings("ReferenceEquality") // The same object needs to be copied once.
  public Body detached() {
    if (framed.segments().isEmpty()) {
      return this;
    }
    ByteRope ownFramed = framed.detached();
    ByteRope ownWire = wire == framed ? ownFramed : wire.detached();
    return new Body(framing, ownFramed, ownWire, decoder);
  }

  /**
   * Returns a body of the same kind with other bytes, such as the same ones read again.
   *
   * @param newFramed bytes after the head
   * @param newWire these after transfer decoding
   */
  public Body with(ByteRope newFramed, ByteRope newWire) {
    return new Body(framing, newFramed, newWire, decoder);
  }

  /** Returns the anomalies of content decoding. */
  public List<Anomaly> anomalies() {
    return decoder == null ? List.of() : decoded().anomalies();
  }

  /** Two threads may both decode: they find the same. */
  private Content decoded() {
    Content known = content;
    if (known == null) {
      known = decoder == null ? new Content(wire, List.of()) : decoder.apply(wire);
      content = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Body that
        && framing == that.framing
        && framed.equals(that.framed)
        && wire.equals(that.wire)
        && content().equals(that.content())
        && anomalies().equals(that.anomalies());
  }

  @Override
  public int hashCode() {
    return Objects.hash(framing, framed, wire);
  }

  /** Returns the framing and the length; never the content. */
  @Override
  public String toString() {
    return "Body[" + framing + ", " + wire.length() + " bytes]";
  }
}
