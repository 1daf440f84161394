// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.replayer.plan.PlannedRequest;

/**
 * Makes of a recorded request what is sent: the recorded bytes, with some of them replaced.
 *
 * <p><b>Threads:</b> the event loop of the request's connection, several at once.
 */
@FunctionalInterface
public interface RequestSplicer {
  /**
   * Returns what is sent for the request. Called once, or again when the target refused to look at
   * it, when it is due and ready and its connection is open, right before its first byte is
   * written: what it depends on has been answered, or has failed.
   *
   * @param recorded the request as recorded, with its body
   */
  OutgoingRequest splice(PlannedRequest request, HttpRequest recorded);
}
