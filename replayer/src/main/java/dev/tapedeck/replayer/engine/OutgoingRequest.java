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
   * Nothing: the request cannot be sent as it should be.
   *
   * @param reason why it fails
   */
  record Withheld(FailureReason reason) implements OutgoingRequest {}
}
