// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.plan.PlannedRequest;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a recorded request what is sent: the recorded bytes, with some of them replaced.
 *
 * <p><b>Threads:</b> the event loop of the request's connection, several at once.
 */
public interface RequestSplicer {
  /**
   * Returns what is sent for the request. Called once, or again when the target refused to look at
   * it, when it is due and ready and its connection is open, right before its first byte is
   * written: what it depends on has been answered, or has failed.
   *
   * @param recorded the request as recorded, with its body
   */
  OutgoingRequest splice(PlannedRequest request, HttpRequest recorded);

  /**
   * Returns the payload of a message behind an upgrade to WebSocket, right before it is sent; null
   * while something that it depends on has not come: then it is asked for again.
   *
   * @param index of the message among the client's texts and bytes, 0-based
   * @param recorded its payload
   */
  default @Nullable Bytes message(PlannedRequest request, int index, Bytes recorded) {
    return recorded;
  }

  /**
   * Returns whether a conversation that goes on has said all that others wait for, so that they
   * need not wait for its end.
   */
  default boolean hasSaidAll(PlannedRequest request) {
    return false;
  }
}
