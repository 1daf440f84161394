// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.plan.PlannedRequest;

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
}
