// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Role;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One of the messages that an exchange carries inside itself: a WebSocket message, a server-sent
 * event, a gRPC message.
 *
 * <p><b>Units:</b> {@link #span()} holds times in nanoseconds since the Unix epoch. Its positions
 * are those of the stream for WebSocket over HTTP/1, and offsets into the body elsewhere: into its
 * content for events, into its wire bytes for gRPC and for WebSocket over HTTP/2.
 *
 * <p><b>Threads:</b> immutable. <b>Ownership:</b> the payload may be a view of the capture's
 * blocks; keeping a message keeps them.
 *
 * @param sender who sent it
 * @param kind what it is; null when its first byte was not captured, so that nothing says it
 * @param payload what it carries, unmasked and decompressed: the text or bytes of a message, the
 *     reason of a close, the data of an event. Lost bytes are left out
 * @param wireBytes how many captured bytes of payload there were before decompression
 * @param frames how many frames it came in; 1 where there is no such thing
 * @param compressed whether it was sent compressed
 * @param closeCode of a close (RFC 6455, section 7.4); null elsewhere and where none was sent
 * @param eventName the {@code event} field of an event; null elsewhere and where none was sent
 * @param eventId the {@code id} field of an event; null elsewhere and where none was sent
 * @param retryMillis the {@code retry} field of an event; null elsewhere and where none was sent
 * @param span where it lies and when it moved
 * @param completeness how much of it was captured
 * @param anomalies what is odd about it
 * @param framed the frames of a client's WebSocket message as sent, one after another, masked and
 *     compressed as they were; empty elsewhere, where that was not asked for, and where not all of
 *     them were kept
 */
public record StreamMessage(
    Role sender,
    @Nullable Kind kind,
    ByteRope payload,
    long wireBytes,
    int frames,
    boolean compressed,
    @Nullable Integer closeCode,
    @Nullable String eventName,
    @Nullable String eventId,
    @Nullable Long retryMillis,
    MessageSpan span,
    Completeness completeness,
    List<Anomaly> anomalies,
    ByteRope framed) {
  public StreamMessage {
    Objects.requireNonNull(sender, "sender");
    if (wireBytes < 0 || frames < 1) {
      throw new IllegalArgumentException("wireBytes=" + wireBytes + " frames=" + frames);
    }
    anomalies = List.copyOf(anomalies);
  }

  /** What a message is. Names in JSON are these in lower case. */
  public enum Kind {
    /** A WebSocket message that says it is UTF-8 text. */
    TEXT,
    /** A WebSocket message of bytes. */
    BINARY,
    /** A WebSocket close, whose payload is the reason. */
    CLOSE,
    /** A WebSocket ping. */
    PING,
    /** A WebSocket pong. */
    PONG,
    /** A server-sent event. */
    EVENT,
    /** A gRPC message. */
    GRPC;

    /** Returns the name used in JSON. */
    public String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns a builder of a whole, uncompressed message without payload, in one frame. */
  public static Builder newBuilder(Role sender, @Nullable Kind kind, MessageSpan span) {
    return new Builder(sender, kind, span);
  }

  /** Collects a message's parts; confined to one thread. */
  public static final class Builder {
    private final Role sender;
    private final @Nullable Kind kind;
    private final MessageSpan span;
    private ByteRope payload = ByteRope.EMPTY;
    private long wireBytes;
    private int frames = 1;
    private boolean compressed;
    private @Nullable Integer closeCode;
    private @Nullable String eventName;
    private @Nullable String eventId;
    private @Nullable Long retryMillis;
    private Completeness completeness = Completeness.COMPLETE;
    private List<Anomaly> anomalies = List.of();
    private ByteRope framed = ByteRope.EMPTY;

    private Builder(Role sender, @Nullable Kind kind, MessageSpan span) {
      this.sender = sender;
      this.kind = kind;
      this.span = span;
    }

    /** Sets a payload that was sent as it is. */
    public Builder payload(ByteRope bytes) {
      return payload(bytes, bytes.length(), false);
    }

    /**
     * Sets the payload.
     *
     * @param bytes after decompression
     * @param bytesOnWire how many they were before
     */
    public Builder payload(ByteRope bytes, long bytesOnWire, boolean isCompressed) {
      payload = bytes;
      wireBytes = bytesOnWire;
      compressed = isCompressed;
      return this;
    }

    public Builder frames(int count) {
      frames = count;
      return this;
    }

    public Builder closeCode(@Nullable Integer code) {
      closeCode = code;
      return this;
    }

    public Builder eventName(@Nullable String name) {
      eventName = name;
      return this;
    }

    public Builder eventId(@Nullable String id) {
      eventId = id;
      return this;
    }

    public Builder retryMillis(@Nullable Long millis) {
      retryMillis = millis;
      return this;
    }

    public Builder completeness(Completeness value) {
      completeness = value;
      return this;
    }

    public Builder anomalies(List<Anomaly> found) {
      anomalies = found;
      return this;
    }

    public Builder framed(ByteRope frames) {
      framed = frames;
      return this;
    }

    public StreamMessage build() {
      return new StreamMessage(
          sender,
          kind,
          payload,
          wireBytes,
          frames,
          compressed,
          closeCode,
          eventName,
          eventId,
          retryMillis,
          span,
          completeness,
          anomalies,
          framed);
    }
  }
}
