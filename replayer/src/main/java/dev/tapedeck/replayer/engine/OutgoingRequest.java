// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.result.FailureReason;
import java.util.List;

/** What is sent for a recorded request. */
public sealed interface OutgoingRequest {
  /**
   * An HTTP/1 request.
   *
   * @param runs its bytes, head and framed body, in order; views of the recorded ones where nothing
   *     was replaced
   */
  record Http1(List<Bytes> runs) implements OutgoingRequest {
    public Http1 {
      runs = List.copyOf(runs);
    }

    /** Returns how many bytes it has. */
    public long lengthBytes() {
      long sum = 0;
      for (Bytes run : runs) {
        sum += run.length();
      }
      return sum;
    }
  }

  /**
   * An HTTP/2 request.
   *
   * @param lines fields of its head, pseudo-header fields among them, in order
   * @param pieces of its body, a DATA frame each; none for a request that ends with its head
   * @param trailers often none
   */
  record Http2(List<Line> lines, List<Piece> pieces, List<Line> trailers)
      implements OutgoingRequest {
    public Http2 {
      lines = List.copyOf(lines);
      pieces = List.copyOf(pieces);
      trailers = List.copyOf(trailers);
    }
  }

  /**
   * A field of a head or of trailers.
   *
   * @param name in lower case
   * @param value ISO 8859-1 text, a character a byte
   */
  record Line(String name, String value) {}

  /**
   * A part of a body.
   *
   * @param afterNanos how long after the head it was sent in the recording, at the recorded pace
   */
  record Piece(long afterNanos, Bytes bytes) {}

  /**
   * Nothing: the request cannot be sent as it should be.
   *
   * @param reason why it fails
   */
  record Withheld(FailureReason reason) implements OutgoingRequest {}
}
