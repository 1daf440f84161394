// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.List;

/**
 * A message's body in its three forms.
 *
 * <p>{@code framed} is what moved after the head, with chunk sizes and trailers: head and framed
 * bytes together are the message as recorded. {@code wire} is the body after transfer decoding,
 * {@code content} after content decoding too.
 *
 * <p>Bytes that were lost are left out of all three; the message's completeness says so.
 *
 * @param framing what ends the body
 * @param framed bytes after the head as recorded
 * @param wire after transfer decoding
 * @param content after content decoding; the same object as {@code wire} when there is no coding
 * @param anomalies of decoding
 */
public record Body(
    Framing framing, ByteRope framed, ByteRope wire, ByteRope content, List<Anomaly> anomalies) {
  /** No body. */
  public static final Body NONE =
      new Body(Framing.NONE, ByteRope.EMPTY, ByteRope.EMPTY, ByteRope.EMPTY, List.of());

  public Body {
    anomalies = List.copyOf(anomalies);
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
}
