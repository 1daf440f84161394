// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamEvent;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one HTTP/1 exchange in the two streams of its connection.
 *
 * @param request which way the request went
 */
record StreamWindow(
    Direction request, long requestFrom, long requestTo, long responseFrom, long responseTo) {

  /** Returns what an event holds of them, as if the streams began with them; null when nothing. */
  StreamEvent.@Nullable Data cut(StreamEvent.Data data) {
    boolean isRequest = data.stream().direction() == request;
    long from = isRequest ? requestFrom : responseFrom;
    long to = isRequest ? requestTo : responseTo;
    long first = Math.max(from, data.position());
    long end = Math.min(to, data.position() + data.originalLength());
    if (first >= end) {
      return null;
    }
    int skipped = (int) Math.min(first - data.position(), data.capturedLength());
    int captured = (int) Math.max(0, Math.min(end - first, data.capturedLength() - skipped));
    Bytes payload = data.payload();
    CallRef call = data.call();
    return new StreamEvent.Data(
        data.stamp(),
        data.stream(),
        first - from,
        end - first,
        captured,
        payload == null ? null : payload.slice(skipped, skipped + captured),
        call);
  }
}
