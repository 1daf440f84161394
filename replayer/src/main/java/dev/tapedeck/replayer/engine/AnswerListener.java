// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.List;

/**
 * Takes every whole answer of a replay.
 *
 * <p><b>Order:</b> called before anything that depends on the answer becomes ready, so that values
 * that it minted are known by then.
 *
 * <p><b>Threads:</b> the event loop of the answer's connection, several at once: what takes long
 * makes requests late. <b>Ownership:</b> the answer may be kept.
 */
@FunctionalInterface
public interface AnswerListener {
  /**
   * A request was answered.
   *
   * @param request what was planned
   * @param answer the final answer, whole; its content codings are not undone
   */
  void answered(PlannedRequest request, HttpResponse answer);

  /**
   * The target sent a message in a conversation that goes on.
   *
   * @param index among those that count, its close too, 0-based
   */
  default void heard(PlannedRequest request, int index, StreamMessage message) {
    // Most are interested in the whole conversation only.
  }

  /**
   * A request was answered with a conversation, such as WebSocket messages, that is over now.
   *
   * @param messages of the target, in the order in which they came
   */
  default void conversed(
      PlannedRequest request, HttpResponse answer, List<StreamMessage> messages) {
    answered(request, answer);
  }
}
